// @ts-check
/* Who is how near to whom among the edges that are drawn. */
import { file } from "./data.js";

/** @param {string} start @param {number} depth @param {Iterable<Edge>} among */
export function around(start, depth, among) {
	const near = neighbourhood(among);
	const found = new Set([start]);
	let rim = [start];
	for (let i = 0; i < depth; i++) {
		rim = rim.flatMap((id) => [...(near.get(id) || new Map()).keys()]).filter((id) => !found.has(id) && found.add(id));
	}
	return found;
}

/** @param {Iterable<Edge>} among @returns {Map<string, Map<string, Edge[]>>} */
export function neighbourhood(among) {
	const near = new Map();
	for (const edge of among)
		for (const [a, b] of [
			[edge.from, edge.to],
			[edge.to, edge.from],
		]) {
			if (!near.has(a)) near.set(a, new Map());
			file(near.get(a), b, edge);
		}
	return near;
}
