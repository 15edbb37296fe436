// @ts-check
/* What is drawn as one line, counted once for all. */
import * as page from "./tables.js";
import { FAN } from "../strands.js";
import { FAMILIES } from "../words.js";
import { M, N, actorIds, because, edgeFamily, edgeFrom, edgeTo, edges, inverse } from "./columns.js";

/** @type {number[][]} */ export const members = [];

/** @type {number[]} */ export const places = [];

/** @type {number[]} */ export const fans = [];

{
	/** @type {Map<number, number[]>} */ const pairs = new Map();
	for (let i = 0; i < M; i++) {
		const key = Math.min(edgeFrom[i], edgeTo[i]) * N + Math.max(edgeFrom[i], edgeTo[i]);
		const list = pairs.get(key);
		if (list) list.push(i);
		else pairs.set(key, [i]);
	}
	for (const list of pairs.values()) {
		/** @type {number[][]} */ let fan = list.map((i) => [i]);
		if (list.length > FAN) {
			/** @type {Map<string, number[]>} */ const groups = new Map();
			for (const i of list) {
				const key = (edges[i].symmetric ? "both" : edgeFrom[i]) + "|" + edgeFamily[i];
				groups.set(key, [...(groups.get(key) || []), i]);
			}
			fan = [...groups.values()];
		}
		const order = (/** @type {number[]} */ [i]) =>
			(edges[i].symmetric ? 50 : edges[i].from < edges[i].to ? 0 : 100) + edgeFamily[i];
		if (fan.length > 1) fan.sort((a, b) => order(a) - order(b) || a[0] - b[0]);
		fan.forEach((group, place) => {
			members.push(group);
			places.push(place);
			fans.push(fan.length);
		});
	}
}

const S = members.length,
	SPARE = 64;
/** Room for all strands, and for the edges of one bundle that is unfolded. */
export const SLOTS = S + SPARE;

export const strandFrom = new Int32Array(SLOTS),
	strandTo = new Int32Array(SLOTS),
	strandFamily = new Uint8Array(SLOTS),
	strandBoth = new Uint8Array(SLOTS),
	/** forward in the order of ids, as the fans of the SVG */
	forward = new Int8Array(SLOTS);

/** @param {number} s */
function describe(s) {
	const [i] = members[s];
	[strandFrom[s], strandTo[s], strandFamily[s]] = [edgeFrom[i], edgeTo[i], edgeFamily[i]];
	strandBoth[s] = +!!edges[i].symmetric;
	forward[s] = edges[i].from < edges[i].to ? 1 : -1;
}
for (let s = 0; s < S; s++) describe(s);

const touching = inverse(N, strandFrom.subarray(0, S), strandTo.subarray(0, S));

/** The bundle whose edges are drawn one by one, or -1. */
let open = -1;
/** The places of its pair as they were. @type {[number, number, number][]} */
let kept = [];

/** How many strands there are now; the folded form of an open bundle is one of them, but never drawn. */
export const strandCount = () => members.length;
/** @param {number} s */
export const isDrawn = (s) => s !== open;
/** The strands of an actor. @param {number} i */
export function strandsAt(i) {
	const own = [...touching.all.subarray(touching.start[i], touching.start[i + 1])].filter(isDrawn);
	for (let s = S; s < members.length; s++) if (strandFrom[s] === i || strandTo[s] === i) own.push(s);
	return own;
}

/** Draw the edges of the chosen bundle one by one, as the SVG does; every other bundle is folded. @param {string} sel */
function unfold(sel) {
	const named = /^[eb]:/.test(sel) ? strandNamed(sel) : undefined;
	const s = named === undefined || members[named].length < 2 || members[named].length > SPARE ? -1 : named;
	if (s === open) return;
	for (const [one, place, of] of kept) [places[one], fans[one]] = [place, of];
	members.length = places.length = fans.length = S;
	[open, kept] = [s, []];
	if (s < 0) return;
	const pair = [...touching.all.subarray(touching.start[strandFrom[s]], touching.start[strandFrom[s] + 1])]
		.filter((one, at, all) => all.indexOf(one) === at && samePair(one, s))
		.sort((a, b) => places[a] - places[b]);
	kept = pair.map((one) => [one, places[one], fans[one]]);
	const of = pair.length - 1 + members[s].length;
	let place = 0;
	for (const one of pair) {
		if (one !== s) {
			[places[one], fans[one]] = [place++, of];
			continue;
		}
		for (const i of members[s]) {
			members.push([i]);
			places.push(place++);
			fans.push(of);
			describe(members.length - 1);
		}
	}
}
/** @param {number} a @param {number} b */
const samePair = (a, b) =>
	Math.min(strandFrom[a], strandTo[a]) === Math.min(strandFrom[b], strandTo[b]) &&
	Math.max(strandFrom[a], strandTo[a]) === Math.max(strandFrom[b], strandTo[b]);

export const { all: becauseAll, start: becauseStart } = because;

/** @type {Map<string, number> | null} */ let strandAt = null;

export const keyOf = (/** @type {number} */ s) => {
	const first = edges[members[s][0]];
	return members[s].length === 1 ? "e:" + first.id : "b:" + [first.from, first.to, FAMILIES[strandFamily[s]]].join("|");
};

/** @param {string} key */
function strandNamed(key) {
	if (!strandAt) {
		strandAt = new Map();
		for (let s = 0; s < S; s++) {
			strandAt.set(keyOf(s), s);
			for (const i of members[s]) strandAt.set("e:" + edges[i].id, s);
		}
	}
	return strandAt.get(key);
}
/** The strand that is drawn for a key: of an open bundle, the edge itself. @param {string} key */
export function drawnStrand(key) {
	for (let s = S; s < members.length; s++) if (keyOf(s) === key) return s;
	const s = strandNamed(key);
	return s === undefined || !isDrawn(s) ? undefined : s;
}

/** One drawn line, with what a `Strand` has. */
export class Line {
	/** @param {number} s @param {any} what */
	constructor(s, what) {
		this.s = s;
		this.what = what;
		this.place = places[s];
		this.of = fans[s];
	}
	get key() {
		return keyOf(this.s);
	}
	get from() {
		return actorIds[strandFrom[this.s]];
	}
	get to() {
		return actorIds[strandTo[this.s]];
	}
	get edges() {
		return members[this.s].filter((i) => this.what.edges.live[i]).map((i) => edges[i]);
	}
	get live() {
		return [...new Set(this.edges.flatMap((edge) => this.what.edges.get(edge)))];
	}
	get family() {
		return FAMILIES[strandFamily[this.s]];
	}
	get coded() {
		return page.allCoded(this.live);
	}
	get contested() {
		return this.edges.filter(page.disputed).length;
	}
	get both() {
		return !!strandBoth[this.s];
	}
	get label() {
		return page.relationWords(this.edges, this.what);
	}
}

/** @param {any} what @param {string} sel  what is chosen */
export function strands(what, sel) {
	unfold(sel);
	return {
		what,
		*[Symbol.iterator]() {
			for (let s = 0; s < members.length; s++)
				if (isDrawn(s) && members[s].some((i) => what.edges.live[i])) yield new Line(s, what);
		},
	};
}
