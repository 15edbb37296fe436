// @ts-check
/* What a first filter needs, gone through while nobody waits, so that the first one is as quick as the next. */
import { renderer } from "./camera.js";
import { looks } from "./data.js";
import { bins } from "./days.js";
import { large, shown } from "./shown.js";
import { state } from "./state.js";

/** Act when the browser has nothing else to do. @param {() => void} act */
const idly = (act) =>
	"requestIdleCallback" in window ? requestIdleCallback(act, { timeout: 2000 }) : setTimeout(act, 60);

/** Derive, count and chart what other filters would leave, in small portions; nothing of it is shown. */
export function rehearse() {
	if (!large) return;
	const crowd = large;
	/** @type {(() => unknown)[]} */ const steps = [];
	for (const type of [...looks.keys()].slice(0, 4)) {
		const next = () => ({ ...state, types: new Set([type]) });
		steps.push(
			() => crowd.derive(next()),
			() => crowd.facets(next()),
			() => crowd.timeline(next(), bins),
			() => crowd.quads(crowd.derive(next())) && crowd.undone(shown),
			() =>
				renderer.setVisible({
					nodes: shown.nodes,
					ghosts: shown.ghosts,
					strands: crowd.strands(shown, state.sel),
				}),
		);
	}
	const go = () => {
		steps.shift()?.();
		if (steps.length) idly(go);
	};
	idly(go);
}
