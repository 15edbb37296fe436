// @ts-check
/* The state and the address: what the page shows is written there and read from there. */
import { coded, codedList, decoded, decodedList, partsOf } from "./coding.js";
import { actors, claims, dayOf, edgeById, events, feeds, held, isoOf, looks } from "./data.js";
import { openDrawer } from "./drawers.js";
import { refresh } from "./page.js";
import { MOST_PATHS } from "./routes.js";
import { large, shown } from "./shown.js";
import { initial, pairs, state, steps } from "./state.js";
import { voices } from "./voices.js";

/** @param {State} now */
export function address(now) {
	const base = initial();
	/** @type {[string, string][]} */
	const parts = [
		["sel", coded(now.sel)],
		["hide", codedList([...now.types].sort())],
		["without", codedList([...now.relations].sort())],
		["facts", codedList([...now.facts].sort())],
		["feeds", codedList([...now.feeds].sort())],
		["ties", now.held !== base.held ? String(+now.held) : ""],
		["loose", now.loose ? "1" : ""],
		["contested", now.contested ? "1" : ""],
		["undated", now.undated ? "" : "0"],
		["certain", now.certain ? "1" : ""],
		["asof", now.asof !== base.asof ? now.asof || "no" : ""],
		["voice", coded(now.voice)],
		["pairs", now.pairs ? "1" : ""],
		["time", now.from || now.to ? `${now.from},${now.to}` : ""],
		["ego", now.ego ? `${coded(now.ego)},${now.depth}` : ""],
		["path", now.path.length ? codedList(now.path) + (now.pick ? "," + now.pick : "") : ""],
		["view", now.view === base.view ? "" : now.view],
		["sort", now.sort === base.sort ? "" : coded(now.sort)],
		["theme", now.theme],
		["keys", now.keys ? "" : "0"],
		["lang", now.lang],
		["story", now.story ? String(now.story) : ""],
		["at", now.camera.map((v, i) => (i < 2 ? Math.round(v * 10) / 10 : Math.round(v * 1e4) / 1e4)).join(",")],
		[
			"pins",
			[...now.pins]
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([id, [x, y]]) => [coded(id), Math.round(x), Math.round(y)].join("~"))
				.join(","),
		],
	];
	return parts
		.filter(([, value]) => value)
		.map(([key, value]) => key + "=" + value)
		.join("&");
}

/** @param {string} hash @returns {State} */
export function fromAddress(hash) {
	const now = initial();
	const got = partsOf(hash);
	now.story = Math.max(0, Math.min(steps.length, Math.floor(Number(got.get("story")) || 0)));
	if (now.story && [...got.keys()].every((key) => /^(story|lang|theme|keys)$/.test(key)))
		for (const [key, value] of partsOf(steps[now.story - 1].state)) got.set(key, value);
	/** @param {string} key */
	const text = (key) => got.get(key) || "";
	const day = (/** @type {string} */ value) =>
		/^\d{4}-\d\d-\d\d$/.test(value) && isoOf(dayOf(value, 0)) === value ? value : "";
	const whole = (/** @type {string} */ value, /** @type {number} */ most) =>
		/^\d+$/.test(value || "") ? Math.min(most, Number(value)) : 0;
	now.sel = valid(decoded(text("sel")));
	now.types = new Set(decodedList(text("hide")).filter((key) => looks.has(key)));
	now.relations = new Set(decodedList(text("without")));
	now.facts = new Set(decodedList(text("facts")));
	now.feeds = new Set(decodedList(text("feeds")).filter((key) => feeds.has(key)));
	if (text("ties")) now.held = text("ties") === "1";
	now.loose = text("loose") === "1";
	now.contested = text("contested") === "1";
	now.undated = text("undated") !== "0";
	now.certain = text("certain") === "1";
	if (got.has("asof")) now.asof = day(text("asof"));
	now.voice = voices.has(decoded(text("voice"))) ? decoded(text("voice")) : "";
	now.pairs = text("pairs") === "1";
	now.lang = ["en", "es"].includes(text("lang")) ? text("lang") : "";
	[now.from, now.to] = [0, 1].map((i) => day(text("time").split(",")[i] || ""));
	const [ego, depth] = decodedList(text("ego"));
	if (ego && actors.has(ego)) [now.ego, now.depth] = [ego, Math.max(1, whole(depth, 3))];
	const [a, b, pick] = decodedList(text("path"));
	if (actors.has(a) && actors.has(b)) [now.path, now.pick] = [[a, b], whole(pick, MOST_PATHS - 1)];
	now.view = text("view") === "table" ? "table" : "network";
	now.sort = decoded(text("sort")) || now.sort;
	now.theme = ["light", "dark"].includes(text("theme")) ? text("theme") : "";
	now.keys = text("keys") !== "0";
	const at = text("at").split(",").map(Number);
	if (at.length === 3 && at.every(Number.isFinite) && at[2] > 0.02 && at[2] < 20) now.camera = at;
	for (const pin of text("pins").split(",")) {
		const [id, x, y] = pin.split("~");
		if (actors.has(decoded(id || "")) && Number.isFinite(+x) && Number.isFinite(+y))
			now.pins.set(decoded(id), [+x, +y]);
	}
	return now;
}

/** @param {string} sel */
function valid(sel) {
	const [kind, id] = [sel.slice(0, 2), sel.slice(2)];
	const known = { "n:": actors, "e:": edgeById, "v:": events, "c:": claims, "s:": held, "p:": pairs }[kind];
	return known ? (known.has(id) ? sel : "") : kind === "b:" && id.split("|").length === 3 ? sel : "";
}

/** @param {Partial<State>} patch @param {boolean} [step]  a step that the Back button undoes */
export function change(patch, step) {
	Object.assign(state, patch);
	refresh();
	remember(step);
}

let remembered = "";
/** Is this what the address says already? @param {string} hash */
export const isRemembered = (hash) => hash === remembered;
/** Hold this for the address, without writing it. @param {string} text */
export const takeAsRemembered = (text) => {
	clearTimeout(due);
	due = undefined;
	remembered = text;
};

/** A browser takes milliseconds for an address: a large page, whose state may just be moving, writes it at rest. */
const REST = 150;
/** @type {ReturnType<typeof setTimeout> | undefined} */ let due;
/** @param {boolean} [step]  a step that the Back button undoes */
export function remember(step) {
	const now = address(state);
	if (now === remembered) return;
	if (step && due) writeAddress();
	remembered = now;
	if (step || !large) return writeAddress(step);
	clearTimeout(due);
	due = setTimeout(() => writeAddress(), REST);
}
/** @param {boolean} [step] */
function writeAddress(step) {
	clearTimeout(due);
	due = undefined;
	try {
		history[step ? "pushState" : "replaceState"](null, "", "#" + remembered);
	} catch {
		/* inside a sandboxed frame there is no address to write */
	}
}
window.addEventListener("pagehide", () => due && writeAddress());

/** @param {string} sel */
export function choose(sel) {
	const shownIn = sel.startsWith("n:") && state.ego && state.ego !== sel.slice(2) && !shown.nodes.has(sel.slice(2));
	change({ sel, ...(shownIn ? { ego: "" } : {}) }, true);
	if (sel) openDrawer("panel", true);
}
