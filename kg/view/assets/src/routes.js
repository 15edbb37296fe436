// @ts-check
/* All shortest paths among what is shown. */
import { neighbourhood } from "./around.js";
import { isHeld } from "./data.js";
import { shown } from "./shown.js";
import { state } from "./state.js";

export const MOST_PATHS = 12;
/** All shortest paths among what is shown, whatever the direction of the relations; so many at most. @param {string} from @param {string} to @returns {Path[]} */
export function paths(from, to) {
	const near = neighbourhood(shown.edges.keys());
	const depth = new Map([[from, 0]]);
	for (let rim = [from], d = 1; rim.length && !depth.has(to); d++) {
		const next = [];
		for (const id of rim)
			for (const other of (near.get(id) || new Map()).keys())
				if (!depth.has(other)) {
					depth.set(other, d);
					next.push(other);
				}
		rim = next;
	}
	if (!depth.has(to) || from === to) return [];
	/** @type {string[][]} */ let chains = [[to]];
	for (let d = Number(depth.get(to)) - 1; d >= 0; d--)
		chains = chains
			.flatMap((chain) =>
				[...(near.get(chain[0]) || new Map()).keys()].filter((id) => depth.get(id) === d).map((id) => [id, ...chain]),
			)
			.slice(0, 400);
	const weight = (/** @type {string[]} */ chain) =>
		chain
			.slice(1)
			.reduce(
				(sum, id, i) =>
					sum +
					Math.sqrt(
						(near.get(chain[i])?.get(id) || []).reduce(
							(n, e) => n + (isHeld(e) ? 0 : (shown.edges.get(e) || []).length),
							0,
						),
					),
				0,
			);
	return chains
		.sort((a, b) => weight(b) - weight(a) || (a.join() < b.join() ? -1 : 1))
		.slice(0, MOST_PATHS)
		.map((ids) => ({ ids, steps: ids.slice(1).map((id, i) => near.get(ids[i])?.get(id) || []) }));
}

/** @returns {Path | undefined} */
export const currentPath = () => {
	const all = state.path.length ? paths(state.path[0], state.path[1]) : [];
	return all[state.pick % Math.max(1, all.length)];
};
