// @ts-check
/* Live counts of the legend. */
import { actors, degree, edgesOfEvent, events, feeds, weightOf } from "./data.js";
import { derive, factKind, large } from "./shown.js";
import { state } from "./state.js";

/** @type {{types: Map<string, number>, relations: Map<string, number>, facts: Map<string, number>, feeds: Map<string, number>, contested: number, loose: number}} */
export let tally = {
	types: new Map(),
	relations: new Map(),
	facts: new Map(),
	feeds: new Map(),
	contested: 0,
	loose: 0,
};

export function countFacets() {
	const quick = large?.facets(state);
	if (quick) return void (tally = quick);
	const add = (/** @type {Map<string, number>} */ map, /** @type {string} */ key, n = 1) =>
		map.set(key, (map.get(key) || 0) + n);
	tally = { types: new Map(), relations: new Map(), facts: new Map(), feeds: new Map(), contested: 0, loose: 0 };
	if (feeds.size)
		for (const id of derive({ ...state, feeds: new Set() }).events) {
			const feed = events.get(id)?.feed;
			if (feed) add(tally.feeds, feed);
		}
	for (const id of derive(state, "types").nodes) add(tally.types, actors.get(id)?.type || "");
	for (const [edge, live] of derive({ ...state, held: true }, "relations").edges)
		add(tally.relations, edge.predicate, weightOf([edge], live));
	for (const id of derive(state, "facts").events)
		if (!edgesOfEvent.has(id)) add(tally.facts, factKind(/** @type {Happening} */ (events.get(id))));
	tally.contested = derive({ ...state, contested: true }).edges.size;
	tally.loose = [...actors.keys()].filter((id) => !degree(id) && !state.types.has(actors.get(id)?.type || "")).length;
}
