// @ts-check
/* The legend, which is also the filters. */
import { change } from "./address.js";
import { filtersActive, resetFilters } from "./chips.js";
import { actors, byId, degree, edges, edgesOfEvent, events, family, feedName, feeds, looks } from "./data.js";
import { closeDrawers } from "./drawers.js";
import { h, put, s } from "./elements.js";
import { tally } from "./facets.js";
import { figureIcon, lineIcon } from "./figures.js";
import { factKind } from "./shown.js";
import { state } from "./state.js";
import { viewpoint } from "./viewpoint.js";
import { FAMILIES, WORDS, capital, t } from "./words.js";

/** @type {(() => void)[]} */
export const filterUpdates = [];

/** One row of the legend: a box to tick, a sign, words, a live count. @param {{sign?: Node | null, words: string, kind?: string, on: () => boolean, number: () => number, act: (on: boolean) => void}} row */
function legendRow({ sign, words, kind, on, number, act }) {
	const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", onchange: () => act(box.checked) }));
	const figure = h("span", { class: "n" });
	const row = h(
		"label",
		{ class: "row " + (kind || "") },
		box,
		sign || null,
		h("span", { class: "words" }, words),
		figure,
	);
	filterUpdates.push(() => {
		const n = number();
		box.checked = on();
		put(figure, String(n));
		row.classList.toggle("none", !n);
		row.classList.toggle("off", !box.checked);
	});
	return row;
}

/** @param {"types" | "relations" | "facts" | "feeds"} field @param {string} key */
const toggler = (field, key) => (/** @type {boolean} */ on) => {
	const next = new Set(state[field]);
	if (on) next.delete(key);
	else next.add(key);
	change({ [field]: next });
};

/** @type {Map<string, Map<string, string>>} */
export const relationsByFamily = new Map();

export function buildFilters() {
	filterUpdates.length = 0;
	for (const edge of edges) {
		if (!relationsByFamily.has(family(edge))) relationsByFamily.set(family(edge), new Map());
		relationsByFamily.get(family(edge))?.set(edge.predicate, edge.label);
	}
	const reset = h("button", { type: "button", class: "quiet", onclick: resetFilters }, "Show all");
	filterUpdates.push(() => {
		reset.hidden = !filtersActive();
	});
	const shut = h(
		"button",
		{ type: "button", class: "icon phone-only", "aria-label": "Close the legend", onclick: closeDrawers },
		"×",
	);
	byId("filters").replaceChildren(
		h("div", { class: "side-head" }, h("h2", null, "Legend and filters"), reset, shut),
		viewpoint(),
		legendRow({
			sign: s(
				"svg",
				{ class: "sign", viewBox: "0 0 18 18", width: 18, height: 18, "aria-hidden": "true" },
				s("circle", { cx: 9, cy: 9, r: 8 }),
				s("text", { x: 9, y: 13 }, "≠"),
			),
			words: "Contested only",
			kind: "strong",
			on: () => state.contested,
			number: () => tally.contested,
			act: (on) => change({ contested: on }),
		}),
		feedGroup() || "",
		h(
			"section",
			null,
			h("h3", null, "Actors"),
			...[...looks.values()].map((look) =>
				legendRow({
					sign: figureIcon(look.key),
					words: capital(look.label),
					on: () => !state.types.has(look.key),
					number: () => tally.types.get(look.key) || 0,
					act: toggler("types", look.key),
				}),
			),
			[...actors.keys()].some((id) => !degree(id)) &&
				legendRow({
					sign: null,
					words: "Actors without a relation",
					kind: "minor",
					on: () => state.loose,
					number: () => tally.loose,
					act: (on) => change({ loose: on }),
				}),
		),
		h(
			"section",
			null,
			h("h3", null, "Relations", h("small", null, "by events")),
			...FAMILIES.filter((kind) => relationsByFamily.has(kind)).map(familyGroup),
		),
		undoneGroup() || "",
	);
}

/** @param {string} kind */
function familyGroup(kind) {
	const members = [.../** @type {Map<string, string>} */ (relationsByFamily.get(kind))].sort(([, a], [, b]) =>
		a < b ? -1 : 1,
	);
	const keys = members.map(([key]) => key);
	const sum = () => keys.reduce((total, key) => total + (tally.relations.get(key) || 0), 0);
	const head =
		kind === "tie"
			? legendRow({
					sign: lineIcon(kind),
					words: WORDS.family.tie,
					kind: "group",
					on: () => state.held,
					number: sum,
					act: (on) => change({ held: on }),
				})
			: legendRow({
					sign: lineIcon(kind),
					words: WORDS.family[kind],
					kind: "group",
					on: () => keys.some((key) => !state.relations.has(key)),
					number: sum,
					act: (on) => {
						const next = new Set(state.relations);
						keys.forEach((key) => (on ? next.delete(key) : next.add(key)));
						change({ relations: next });
					},
				});
	const list = h(
		"div",
		{ class: "members", id: "members-" + kind, hidden: true },
		...members.map(([key, words]) =>
			legendRow({
				words,
				kind: "member",
				on: () => !state.relations.has(key) && (kind !== "tie" || state.held),
				number: () => tally.relations.get(key) || 0,
				act: (on) => {
					toggler("relations", key)(on);
					if (on && kind === "tie") change({ held: true });
				},
			}),
		),
	);
	const more = h(
		"button",
		{
			type: "button",
			class: "icon more",
			"aria-expanded": "false",
			"aria-controls": list.id,
			"aria-label": t("{0}: each relation", t(WORDS.family[kind])),
			onclick: () => {
				list.hidden = !list.hidden;
				more.setAttribute("aria-expanded", String(!list.hidden));
			},
		},
		s("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d: "M6 4l4 4-4 4" })),
	);
	if (keys.some((key) => state.relations.has(key))) more.click();
	return h(
		"div",
		{ class: "family", role: "group", "aria-label": WORDS.family[kind] },
		h("div", { class: "family-head" }, head, more),
		list,
	);
}

export const FACTS = ["Planned", "Promised", "Intended", "Threatened", "Alleged", "Summary", "Other"];

function undoneGroup() {
	const found = new Set();
	for (const e of events.values()) if (!edgesOfEvent.has(e.id)) found.add(factKind(e));
	const kinds = FACTS.filter((kind) => found.has(kind));
	if (!kinds.length) return null;
	const words = /** @type {Record<string, string>} */ ({ Summary: "Summaries", Other: "Other events" });
	return h(
		"section",
		null,
		h("h3", null, "Not drawn as lines", h("small", null, "in panel and table")),
		...kinds.map((kind) =>
			legendRow({
				sign: h("span", { class: "swatch " + (words[kind] ? "" : "undone"), "aria-hidden": "true" }),
				words: words[kind] || kind,
				on: () => !state.facts.has(kind),
				number: () => tally.facts.get(kind) || 0,
				act: toggler("facts", kind),
			}),
		),
	);
}

/** What feeds bring stands beside the curated story only marked; each feed can be taken out. */
function feedGroup() {
	if (!feeds.size) return null;
	const machine = [...feeds.values()].some(([, coded]) => coded);
	return h(
		"section",
		null,
		h(
			"h3",
			null,
			machine ? "Machine-coded feeds" : "Feeds of others",
			h("small", null, machine ? "not checked" : "not checked here"),
		),
		...[...feeds.keys()].map((feed) =>
			legendRow({
				sign: lineIcon("q3 coded"),
				words: feedName(feed),
				on: () => !state.feeds.has(feed),
				number: () => tally.feeds.get(feed) || 0,
				act: toggler("feeds", feed),
			}),
		),
	);
}
