// @ts-check
/* Live counts and the histogram, from columns. */
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
import { derive, derived, filters, known, last } from "./shown.js";

/** Live counts of the legend. @param {any} now */
export function facets(now) {
	if (!known(now)) return null;
	/** @param {Map<string, number>} at @param {(add: (key: number, n: number) => void) => void} fill */
	const sums = (at, fill) => {
		const list = new Float64Array(at.size);
		fill((key, n) => (list[key] += n));
		return new Map([...at].map(([key, i]) => [key, list[i]]));
	};
	const plain = () => (last.now === filters(now) ? last.found : derive(now)); // a filter not in use changes nothing
	const byType = now.types.size ? derive(now, "types") : plain(),
		byRelation =
			now.relations.size || (states.length && !now.held) ? derive({ ...now, held: true }, "relations") : plain(),
		byFact = now.facts.size ? derive(now, "facts") : plain(),
		disputed = derived({ ...now, contested: true });
	let loose = 0;
	for (let i = 0; i < N; i++) if (!degree[i] && !now.types.has(actors[i].type || "")) loose++;
	return {
		types: sums(typeAt, (add) =>
			byType?.nodes.mask.forEach((/** @type {number} */ on, /** @type {number} */ i) => on && add(actorType[i], 1)),
		),
		relations: sums(predicateAt, (add) => {
			for (let i = 0; i < M; i++) if (byRelation?.edges.live[i]) add(edgePredicate[i], byRelation.edges.live[i]);
		}),
		facts: sums(kindAt, (add) =>
			byFact?.events.mask.forEach(
				(/** @type {number} */ on, /** @type {number} */ v) => on && !drawsLine[v] && add(factKind[v], 1),
			),
		),
		contested: disputed?.edges.size || 0,
		loose,
	};
}

/** @type {Map<string, number[][]>} */ const histograms = new Map();

/** Events by bin and quad class, vague ones by the share of their days. @param {any} what @param {{lo: number, hi: number}[]} bins @param {string} key  of the filters that matter */
function histogram(what, bins, key) {
	const kept = histograms.get(key);
	if (kept) return kept;
	const sums = bins.map(() => [0, 0, 0, 0, 0]);
	const mask = what ? what.events.mask : null;
	for (let v = 0; v < V; v++) {
		if ((mask && !mask[v]) || !isDated[v] || isSummary[v]) continue;
		let low = 0,
			high = bins.length - 1;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (bins[middle].hi < lo[v]) low = middle + 1;
			else high = middle;
		}
		for (; low < bins.length && bins[low].lo <= hi[v]; low++) {
			const share = Math.min(hi[v], bins[low].hi) - Math.max(lo[v], bins[low].lo) + 1;
			if (share > 0) sums[low][quad[v]] += share / (hi[v] - lo[v] + 1);
		}
	}
	if (histograms.size > 8) histograms.clear();
	histograms.set(key, sums);
	return sums;
}

/** The histogram of what the other filters leave, and of everything. @param {any} now @param {{lo: number, hi: number}[]} bins */
export function timeline(now, bins) {
	if (!known(now)) return null;
	const key = filters({ ...now, from: "", to: "" });
	return {
		sums: histograms.get(key) || histogram(derive(now, "time"), bins, key),
		whole: histogram(null, bins, "everything"),
	};
}

/** Events shown by quad class. @param {any} what */
export function quads(what) {
	const sums = [0, 0, 0, 0, 0];
	what.events.mask.forEach((/** @type {number} */ on, /** @type {number} */ v) => on && sums[quad[v]]++);
	return sums;
}

/** How many of the events shown are not reported as done. @param {any} what */
export function undone(what) {
	let n = 0;
	for (let v = 0; v < V; v++) if (what.events.mask[v] && !isDone[v]) n++;
	return n;
}
