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

export const S = members.length;

export const strandFrom = Int32Array.from(members, (group) => edgeFrom[group[0]]),
	strandTo = Int32Array.from(members, (group) => edgeTo[group[0]]),
	strandFamily = Uint8Array.from(members, (group) => edgeFamily[group[0]]),
	strandBoth = Uint8Array.from(members, (group) => +!!edges[group[0]].symmetric),
	/** forward in the order of ids, as the fans of `app.js` */
	forward = Int8Array.from(members, (group) => (edges[group[0]].from < edges[group[0]].to ? 1 : -1));

export const strandsOf = inverse(N, strandFrom, strandTo);

export const { all: becauseAll, start: becauseStart } = because;

/** @type {Map<string, number> | null} */ let strandAt = null;

export const keyOf = (/** @type {number} */ s) => {
	const first = edges[members[s][0]];
	return members[s].length === 1 ? "e:" + first.id : "b:" + [first.from, first.to, FAMILIES[strandFamily[s]]].join("|");
};

/** @param {string} key */
export function strandNamed(key) {
	if (!strandAt) {
		strandAt = new Map();
		for (let s = 0; s < S; s++) {
			strandAt.set(keyOf(s), s);
			for (const i of members[s]) strandAt.set("e:" + edges[i].id, s);
		}
	}
	return strandAt.get(key);
}

/** One drawn line, as `Strand` of `app.js`. */
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

/** @param {any} what */
export const strands = (what) => ({
	what,
	*[Symbol.iterator]() {
		for (let s = 0; s < S; s++) if (members[s].some((i) => what.edges.live[i])) yield new Line(s, what);
	},
});
