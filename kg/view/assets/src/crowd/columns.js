// @ts-check
/* The data of the page as typed arrays, by number instead of id. */
import * as page from "./tables.js";
import { FAMILIES } from "../words.js";

/** @param {Iterable<string>} ids @returns {Map<string, number>} */
const numbered = (ids) => {
	const map = new Map();
	for (const id of ids) map.set(id, map.size);
	return map;
};

/** Lists of numbers, one after the other. @param {Iterable<number>[]} lists */
const chained = (lists) => {
	const start = new Int32Array(lists.length + 1);
	/** @type {number[]} */ const all = [];
	lists.forEach((list, i) => {
		for (const n of list) all.push(n);
		start[i + 1] = all.length;
	});
	return { start, all: Int32Array.from(all) };
};

export const actorIds = [...page.actors.keys()],
	actorAt = numbered(actorIds),
	actors = [...page.actors.values()];

export const typeAt = numbered(new Set(actors.map((a) => a.type || ""))),
	actorType = Uint16Array.from(actors, (a) => typeAt.get(a.type || "") || 0);

export const N = actors.length;

export const eventIds = [...page.events.keys()],
	eventAt = numbered(eventIds),
	events = [...page.events.values()];

export const V = events.length;

export const lo = Float64Array.from(events, (e) => e.lo),
	hi = Float64Array.from(events, (e) => e.hi),
	isDated = Uint8Array.from(events, (e) => +page.dated(e)),
	touches = Uint8Array.from(events, (e) => +page.touchesDispute(e)),
	drawsLine = Uint8Array.from(events, (e) => +page.edgesOfEvent.has(e.id)),
	isDone = Uint8Array.from(events, (e) => +(e.factuality === "Actual")),
	quad = Uint8Array.from(events, (e) => e.quad_class || 0),
	isSummary = Uint8Array.from(events, (e) => +!!e.summary),
	/** how many events it is: a summary of a feed stands for many */
	standsFor = Int32Array.from(events, (e) => e.stands_for || 1);

/** Feeds by number, from 1; 0 is the curated story. */
export const feedAt = new Map([...page.feeds.keys()].map((feed, i) => [feed, i + 1])),
	feedOf = Uint8Array.from(events, (e) => feedAt.get(e.feed || "") || 0);

export const kindAt = numbered(new Set(events.map(page.factKind))),
	factKind = Uint8Array.from(events, (e) => kindAt.get(page.factKind(e)) || 0);

export const parties = chained(
	events.map((e) => page.involved(e).map((/** @type {string} */ id) => actorAt.get(id) ?? -1)),
);

export const stateIds = [...page.held.keys()],
	stateAt = numbered(stateIds),
	states = [...page.held.values()];

export const sides = chained(
	states.map((s) => [...(s.left || []), ...(s.right || [])].map((/** @type {string} */ id) => actorAt.get(id) ?? -1)),
);

/** @type {any[]} */ export const edges = page.edges;

export const M = edges.length;

/** @type {Map<any, number>} */ export const edgeAt = new Map();

edges.forEach((edge, i) => edgeAt.set(edge, i));

export const predicateAt = numbered(new Set(edges.map((e) => e.predicate))),
	edgePredicate = Uint16Array.from(edges, (e) => predicateAt.get(e.predicate) || 0),
	edgeFrom = Int32Array.from(edges, (e) => actorAt.get(e.from) ?? 0),
	edgeTo = Int32Array.from(edges, (e) => actorAt.get(e.to) ?? 0),
	edgeHeld = Uint8Array.from(edges, (e) => +page.isHeld(e)),
	/** how many events an edge has at most: a summary behind it tells no relation */
	edgeMost = Uint16Array.from(edges, (e) => Math.min(e.count || 65535, 65535)),
	edgeDisputed = Uint8Array.from(edges, (e) => +page.disputed(e));

export const edgeFamily = Uint8Array.from(edges, (e) => Math.max(0, FAMILIES.indexOf(page.family(e))));

export const because = chained(
	edges.map((edge, i) =>
		(edge.because || []).flatMap((/** @type {string} */ id) => {
			const at = (edgeHeld[i] ? stateAt : eventAt).get(id);
			return at === undefined ? [] : [at];
		}),
	),
);

/** The members of groups, counted first. @param {number} groups @param {Int32Array[]} columns */
export const inverse = (groups, ...columns) => {
	const start = new Int32Array(groups + 1);
	for (const column of columns) for (const g of column) start[g + 1]++;
	for (let g = 0; g < groups; g++) start[g + 1] += start[g];
	const next = start.slice(),
		all = new Int32Array(start[groups]);
	for (const column of columns) for (let i = 0; i < column.length; i++) all[next[column[i]]++] = i;
	return { start, all };
};

export const edgesOf = inverse(N, edgeFrom, edgeTo);

export const degree = Int32Array.from(actorIds, (_, i) => edgesOf.start[i + 1] - edgesOf.start[i]);
