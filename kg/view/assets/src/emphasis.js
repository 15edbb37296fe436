// @ts-check
/* What the choice or the path lifts out of the picture. */
import { claims, events, held, involved } from "./data.js";
import { currentPath } from "./routes.js";
import { state } from "./state.js";
import { edgesOfKey } from "./strands.js";

/** What the choice or the path lifts out of the picture. @param {Strand[]} strands */
export function emphasis(strands) {
	const [kind, id] = [state.sel.slice(0, 2), state.sel.slice(2)];
	const chosen = new Set([kind === "n:" ? id : state.sel]);
	/** @type {Set<string>} */ const near = new Set();
	const add = (/** @type {Iterable<string>} */ ids) => {
		for (const one of ids) near.add(one);
	};
	const lift = (/** @type {(strand: Strand) => boolean} */ test, ends = true) => {
		for (const strand of strands)
			if (test(strand)) {
				near.add(strand.key);
				if (ends) add([strand.from, strand.to]);
			}
	};
	const explains = (/** @type {string[]} */ ids) =>
		lift((strand) => strand.edges.some((edge) => (edge.because || []).some((one) => ids.includes(one))));
	if (kind === "n:") {
		add([id]);
		lift((strand) => strand.from === id || strand.to === id);
	} else if (/[ebp]:/.test(kind)) {
		const group = new Set(edgesOfKey(state.sel));
		lift((strand) => {
			const on = strand.edges.some((edge) => group.has(edge));
			if (on) chosen.add(strand.key);
			return on;
		});
	} else if (kind === "v:") {
		add(involved(/** @type {Happening} */ (events.get(id))));
		explains([id]);
	} else if (kind === "s:") {
		const item = held.get(id);
		add([...(item?.left || []), ...(item?.right || [])]);
		explains([id]);
	} else if (kind === "c:") {
		const c = claims.get(id);
		const voices = [...(c?.asserted_by || []), ...(c?.denied_by || [])];
		add([...(c?.about || []), ...voices.flatMap((v) => v.actors)]);
		explains(voices.map((v) => v.event));
	} else if (state.path.length) {
		const path = currentPath();
		add(path ? path.ids : state.path);
		lift((strand) => !!path && path.steps.flat().some((edge) => strand.edges.includes(edge)), false);
	} else return { chosen, near: null };
	return { chosen, near };
}

export const closeUp = () => (state.camera[2] || 0) > 2.4;

/** Edges drawn one by one: those of the chosen bundle, all of them from close up. */
export function unfolded() {
	const group = new Set(/^[eb]:/.test(state.sel) ? edgesOfKey(state.sel) : []);
	const all = closeUp();
	return (/** @type {Edge} */ edge) => all || group.has(edge);
}
