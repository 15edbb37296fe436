// @ts-check
/* What is drawn as one line: an edge, or a bundle of parallel edges. */
import { allCoded, disputed, edgeById, edges, family, file, isHeld, pairKey } from "./data.js";
import { FAMILIES } from "./words.js";

export const FAN = 4;

/** Fold parallel edges into fans of at most `FAN` strands, but for the edges to be seen one by one. @param {Shown} what @param {(edge: Edge) => boolean} alone @returns {Strand[]} */
export function strandsOf(what, alone) {
	/** @type {Map<string, Edge[]>} */ const pairs = new Map();
	for (const edge of what.edges.keys()) file(pairs, pairKey(edge.from, edge.to), edge);
	/** @type {Strand[]} */ const all = [];
	for (const members of pairs.values()) {
		const fan =
			members.length <= FAN
				? members.map((edge) => [edge])
				: bundled(members).flatMap((group) => (group.some(alone) ? group.map((edge) => [edge]) : [group]));
		const strands = fan
			.map((group) => strandOf(group, what))
			.sort((a, b) => fanOrder(a) - fanOrder(b) || (a.key < b.key ? -1 : 1));
		strands.forEach((strand, i) => all.push({ ...strand, place: i, of: strands.length }));
	}
	return all;
}

/** @param {Edge[]} members */
function bundled(members) {
	/** @type {Map<string, Edge[]>} */ const groups = new Map();
	for (const edge of members)
		file(groups, edge.symmetric ? "both|" + family(edge) : edge.from + "|" + family(edge), edge);
	return [...groups.values()];
}

/** @param {Edge[]} group @param {Shown} what @returns {Strand} */
function strandOf(group, what) {
	const [first] = group;
	const live = [...new Set(group.flatMap((edge) => what.edges.get(edge) || []))];
	return {
		key: group.length === 1 ? "e:" + first.id : "b:" + [first.from, first.to, family(first)].join("|"),
		from: first.from,
		to: first.to,
		edges: group,
		live,
		family: family(first),
		contested: group.filter(disputed).length,
		coded: allCoded(live),
		both: !!first.symmetric,
		label: relationWords(group, what),
		place: 0,
		of: 1,
	};
}

/** The relations of a strand, the most frequent first. @param {Edge[]} group @param {Shown} what */
export function relationWords(group, what) {
	const words = [...group]
		.sort((a, b) => (what.edges.get(b) || []).length - (what.edges.get(a) || []).length)
		.map((edge) => edge.label);
	return words.length > 2 ? `${words.slice(0, 2).join(", ")} +${words.length - 2}` : words.join(", ");
}

/** @param {Strand} strand */
const fanOrder = (strand) => (strand.both ? 50 : strand.from < strand.to ? 0 : 100) + FAMILIES.indexOf(strand.family);

/** @param {string} key @returns {Edge[]} */
export function edgesOfKey(key) {
	if (key.startsWith("e:")) return [edgeById.get(key.slice(2))].filter((e) => !!e);
	if (key.startsWith("p:")) return edges.filter((e) => !isHeld(e) && pairKey(e.from, e.to) === key.slice(2));
	const [from, to, kind] = key.slice(2).split("|");
	return edges.filter(
		(e) =>
			family(e) === kind && ((e.from === from && e.to === to) || (!!e.symmetric && e.from === to && e.to === from)),
	);
}
