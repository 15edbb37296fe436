// @ts-check
/* Live counts and the histogram, from columns. */
import { NONE } from "../days.js";
import {
	M,
	N,
	V,
	actorType,
	actors,
	degree,
	drawsLine,
	edgePredicate,
	factKind,
	feedAt,
	feedOf,
	hi,
	isDated,
	isDone,
	isSummary,
	kindAt,
	lo,
	predicateAt,
	quad,
	states,
	typeAt,
} from "./columns.js";
import { derive, disputedEdges, filters, known, last } from "./shown.js";

/** Live counts of the legend. @param {any} now */
export function facets(now) {
	if (!known(now)) return null;
	const plain = last.now === filters(now) ? last.found : derive(now); // a filter not in use changes nothing
	const byType = now.types.size ? derive(now, "types") : plain,
		byRelation =
			now.relations.size || (states.length && !now.held) ? derive({ ...now, held: true }, "relations") : plain,
		byFact = now.facts.size ? derive(now, "facts") : plain;
	const types = new Float64Array(typeAt.size),
		relations = new Float64Array(predicateAt.size),
		facts = new Float64Array(kindAt.size),
		feeds = new Float64Array(feedAt.size + 1);
	let loose = 0;
	for (let i = 0; i < N; i++) {
		types[actorType[i]] += byType.nodes.mask[i];
		if (!degree[i] && !now.types.has(actors[i].type || "")) loose++;
	}
	for (let i = 0; i < M; i++) relations[edgePredicate[i]] += byRelation.edges.live[i];
	for (let v = 0; v < V; v++) if (!drawsLine[v]) facts[factKind[v]] += byFact.events.mask[v];
	if (feedAt.size) {
		const { mask } = (now.feeds.size ? derive({ ...now, feeds: new Set() }, "feeds") : plain).events;
		for (let v = 0; v < V; v++) feeds[feedOf[v]] += mask[v];
	}
	const named = (/** @type {Map<string, number>} */ at, /** @type {Float64Array} */ list) =>
		new Map([...at].map(([key, i]) => [key, list[i]]));
	return {
		types: named(typeAt, types),
		relations: named(predicateAt, relations),
		facts: named(kindAt, facts),
		feeds: named(feedAt, feeds),
		contested: disputedEdges(now, plain),
		loose,
	};
}

/** The first and the last bin of each event that is counted, else -1. @type {{first: Int16Array, last: Int16Array} | null} */
let spans = null;
/** @param {Bin[]} bins */
function spread(bins) {
	if (spans) return spans;
	const first = new Int16Array(V).fill(-1),
		last = new Int16Array(V);
	for (let v = 0; v < V; v++) {
		if (!isDated[v] || isSummary[v] || lo[v] > hi[v]) continue;
		let low = 0,
			high = bins.length - 1;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (bins[middle].hi < lo[v]) low = middle + 1;
			else high = middle;
		}
		first[v] = last[v] = low;
		while (last[v] + 1 < bins.length && bins[last[v] + 1].lo <= hi[v]) last[v]++;
	}
	return (spans = { first, last });
}

/** @type {Map<string, number[][]>} */ const histograms = new Map();

/** Events by bin and quad class, vague ones by the share of their days. @param {any} what @param {{lo: number, hi: number}[]} bins @param {string} key  of the filters that matter */
function histogram(what, bins, key) {
	const kept = histograms.get(key);
	if (kept) return kept;
	const sums = bins.map(() => NONE.slice());
	const mask = what ? what.events.mask : null;
	const { first, last } = spread(bins);
	for (let v = 0; v < V; v++) {
		if (first[v] < 0 || (mask && !mask[v])) continue;
		const kind = feedOf[v] ? quad[v] + 5 : quad[v];
		if (first[v] === last[v]) sums[first[v]][kind]++;
		else
			for (let i = first[v]; i <= last[v]; i++)
				sums[i][kind] += (Math.min(hi[v], bins[i].hi) - Math.max(lo[v], bins[i].lo) + 1) / (hi[v] - lo[v] + 1);
	}
	if (histograms.size > 8) histograms.clear();
	histograms.set(key, sums);
	return sums;
}

/** The histogram of what the other filters leave, and of everything. @param {any} now @param {{lo: number, hi: number}[]} bins */
export function timeline(now, bins) {
	if (!known(now)) return null;
	const key = filters({ ...now, from: "", to: "" }),
		same = key === last.now ? last.found : null;
	return {
		sums: histograms.get(key) || histogram(same || derive(now, "time"), bins, key),
		whole: histogram(null, bins, "everything"),
	};
}

/** Events shown by quad class. @param {any} what */
export function quads(what) {
	const sums = [0, 0, 0, 0, 0],
		mask = what.events.mask;
	for (let v = 0; v < V; v++) if (mask[v]) sums[quad[v]]++;
	return sums;
}

/** How many of the events shown are not reported as done. @param {any} what */
export function undone(what) {
	let n = 0;
	for (let v = 0; v < V; v++) if (what.events.mask[v] && !isDone[v]) n++;
	return n;
}
