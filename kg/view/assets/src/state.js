// @ts-check
/* The state of the page: one plain object; `change()` is the only way to alter it. */
import { edges, isHeld, pairKey, raw } from "./data.js";

/** @returns {State} */
export const initial = () => ({
	sel: "",
	types: new Set(),
	relations: new Set(),
	facts: new Set(),
	feeds: new Set(),
	held: !!raw.asof,
	loose: false,
	contested: false,
	undated: true,
	certain: false,
	asof: raw.asof,
	voice: "",
	pairs: false,
	story: 0,
	lang: "",
	from: "",
	to: "",
	ego: "",
	depth: 1,
	path: [],
	pick: 0,
	view: "network",
	sort: "date",
	theme: "",
	keys: true,
	camera: [],
	pins: new Map(),
});

/** The guided tour. @type {{title: string, text: string, state: string}[]} */
export const steps = raw.story ? raw.story.steps : [];

/** Two actors between whom lines are drawn. @type {Map<string, [string, string]>} */
export const pairs = new Map();

for (const edge of edges)
	if (!isHeld(edge))
		pairs.set(pairKey(edge.from, edge.to), edge.from < edge.to ? [edge.from, edge.to] : [edge.to, edge.from]);

export let state = initial();
/** Take another state as a whole. @param {State} next */
export const become = (next) => (state = next);

/** The language of the page as built; "" before it is. */
export let spoken = "";
/** @param {string} language */
export const speak = (language) => (spoken = language);

export const tongue = () => state.lang || (/^es\b/.test(navigator.language) ? "es" : "en");
