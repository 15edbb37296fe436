// @ts-check
/* Find actors, events and claims by any of their names. */
import { change, choose } from "./address.js";
import { around } from "./around.js";
import { keepCamera, renderer } from "./camera.js";
import { putForward, standing } from "./claims.js";
import { actors, byId, claims, degree, edgesOfActor, events, isHeld, namesOf, typeWords } from "./data.js";
import { dateWords } from "./dates.js";
import { h, span } from "./elements.js";
import { codedWords } from "./evidence.js";
import { figureIcon } from "./figures.js";
import { shown } from "./shown.js";
import { state } from "./state.js";
import { WORDS, capital, plain, t } from "./words.js";

/** @type {Entry[]} */
let entries = [];

/** Names change with the language; they are collected when somebody searches. */
export const forgetNames = () => (entries = []);
const makeEntries = () => [
	...[...actors.values()].map((a) => ({
		sel: "n:" + a.id,
		words: a.label,
		more: capital(typeWords(a)),
		keys: namesOf(a).map(plain),
		names: namesOf(a),
	})),
	...[...events.values()].map((e) => ({
		sel: "v:" + e.id,
		words: e.label,
		keys: [plain(e.label)],
		more: [
			dateWords(e.edtf),
			e.factuality === "Actual" ? e.class_label : t(WORDS.factuality[e.factuality] || e.factuality),
			putForward(e),
			e.feed && codedWords(e.feed),
		]
			.filter(Boolean)
			.join(" · "),
	})),
	...[...claims.values()].map((c) => ({
		sel: "c:" + c.id,
		words: c.label,
		more: standing(c),
		keys: [plain(c.label)],
	})),
];

/** @param {string} query */
export function found(query) {
	const words = plain(query).split(/\s+/).filter(Boolean);
	if (!words.length) return [];
	const begins = new RegExp("(^|[^\\p{L}])" + words[0].replace(/[^\p{L}\p{N}]/gu, "."), "u");
	const fit = (/** @type {string} */ key) => {
		if (!words.every((word) => key.includes(word))) return 0;
		return (key.startsWith(words[0]) ? 3 : begins.test(key) ? 2 : 1) + 1 / (2 + key.length);
	};
	if (!entries.length) entries = makeEntries();
	const ranked = entries
		.map((entry) => {
			const scores = entry.keys.map(fit),
				score = Math.max(...scores),
				best = scores.indexOf(score);
			const alias = scores[0] ? "" : entry.names?.[best];
			return { score, hit: alias ? { ...entry, more: `${entry.more} · ${t("also")} “${alias}”` } : entry };
		})
		.filter(({ score }) => score > 0)
		.sort((a, b) => b.score - a.score)
		.map(({ hit }) => hit);
	const some = (/** @type {string} */ kind, /** @type {number} */ n) =>
		ranked.filter((hit) => hit.sel.startsWith(kind)).slice(0, n);
	return [...some("n:", 7), ...some("v:", 6), ...some("c:", 4)];
}

export function buildSearch() {
	const input = /** @type {HTMLInputElement} */ (byId("query")),
		list = byId("hits");
	/** @type {Entry[]} */ let hits = [];
	let now = -1;
	const close = () => {
		list.hidden = true;
		now = -1;
		input.setAttribute("aria-expanded", "false");
		input.removeAttribute("aria-activedescendant");
	};
	const take = (/** @type {Entry | undefined} */ hit) => {
		if (!hit) return;
		input.value = hit.words;
		close();
		choose(hit.sel);
		if (hit.sel.startsWith("n:")) showActor(hit.sel.slice(2));
	};
	const mark = (/** @type {number} */ next) => {
		now = (next + hits.length) % hits.length;
		[...list.querySelectorAll("[role=option]")].forEach((row, i) => {
			row.setAttribute("aria-selected", String(i === now));
			if (i === now) row.scrollIntoView({ block: "nearest" });
		});
		input.setAttribute("aria-activedescendant", "hit-" + now);
	};
	const titles = /** @type {Record<string, string>} */ ({ "n:": "Actors", "v:": "Events", "c:": "Claims" });
	const search = () => {
		hits = found(input.value);
		let group = "";
		list.replaceChildren(
			...hits.flatMap((hit, i) => {
				const kind = hit.sel.slice(0, 2),
					fresh = kind !== group;
				group = kind;
				const icon = kind === "n:" ? figureIcon(actors.get(hit.sel.slice(2))?.type || "", 16) : span("", "dot");
				return [
					...(fresh ? [h("div", { class: "hit-group", role: "presentation" }, titles[kind])] : []),
					h(
						"div",
						{
							role: "option",
							id: "hit-" + i,
							"aria-selected": "false",
							onpointerdown: (/** @type {Event} */ e) => {
								e.preventDefault();
								take(hit);
							},
						},
						icon,
						h("span", { class: "words" }, h("bdi", null, hit.words), h("small", null, hit.more)),
					),
				];
			}),
		);
		if (!hits.length && input.value.trim())
			list.replaceChildren(h("div", { class: "hit-group", role: "presentation" }, "Nothing by that name"));
		list.hidden = !input.value.trim();
		input.setAttribute("aria-expanded", String(!list.hidden));
		now = -1;
		if (hits.length) mark(0);
	};
	input.addEventListener("input", search);
	input.addEventListener("focus", () => {
		input.select();
		if (input.value) search();
	});
	input.addEventListener("blur", close);
	input.addEventListener("keydown", (e) => {
		if (e.key === "Escape") {
			e.stopPropagation();
			if (list.hidden) {
				input.value = "";
				input.blur();
			} else close();
		} else if (list.hidden || !hits.length) return;
		else if (e.key === "ArrowDown") mark(now + 1);
		else if (e.key === "ArrowUp") mark(now - 1);
		else if (e.key === "Enter") take(hits[Math.max(0, now)]);
		else return;
		e.preventDefault();
	});
}

/** Bring an actor into view even if a filter hides it. @param {string} id */
function showActor(id) {
	const type = actors.get(id)?.type || "";
	const types = new Set(state.types);
	types.delete(type);
	change({
		view: "network",
		types,
		...(degree(id) || state.loose ? {} : { loose: true }),
		...(shown.nodes.has(id) ? {} : { ego: "" }),
	});
	if (!shown.nodes.has(id) && edgesOfActor.has(id))
		change({
			held: state.held || (edgesOfActor.get(id) || []).every(isHeld),
			from: "",
			to: "",
			relations: new Set(),
			contested: false,
		});
	renderer.fit([id, ...around(id, 1, shown.edges.keys())]);
	keepCamera(true);
}
