// @ts-check
/* Events of each pair: cooperation above the line, conflict below. */
import { dated, events, isHeld, name, pairKey, touchesDispute } from "./data.js";
import { dateWords } from "./dates.js";
import { bins } from "./days.js";
import { s } from "./elements.js";
import { shown } from "./shown.js";
import { pairs, state } from "./state.js";
import { edgesOfKey } from "./strands.js";
import { t } from "./words.js";

/** Events of each pair that draw a line; summaries and what is not done never do. @returns {Lane[]} */
export function lanes() {
	/** @type {Map<string, Set<string>>} */ const found = new Map();
	for (const [edge, live] of shown.edges) {
		if (isHeld(edge)) continue;
		const key = pairKey(edge.from, edge.to);
		if (!found.has(key)) found.set(key, new Set());
		for (const id of live) found.get(key)?.add(id);
	}
	const [kind, id] = [state.sel.slice(0, 2), state.sel.slice(2)];
	const chosen = new Set(/[ebp]:/.test(kind) ? edgesOfKey(state.sel).map((e) => pairKey(e.from, e.to)) : []);
	return [...found]
		.map(([key, ids]) => ({
			key,
			ends: /** @type {[string, string]} */ (pairs.get(key)),
			list: [...ids]
				.map((one) => /** @type {Happening} */ (events.get(one)))
				.filter((e) => e.factuality === "Actual" && !e.summary),
		}))
		.filter(({ ends, list }) => list.length && (kind !== "n:" || ends.includes(id)))
		.sort(
			(a, b) =>
				Number(chosen.has(b.key)) - Number(chosen.has(a.key)) ||
				b.list.length - a.list.length ||
				(a.key < b.key ? -1 : 1),
		);
}

/** Blocks side by side where they do not touch, else on top of each other. @param {{x: number, wide: number}[]} blocks @returns {number[]} */
function stacked(blocks) {
	/** @type {number[]} */ const ends = [];
	return blocks.map(({ x, wide }) => {
		let level = ends.findIndex((end) => end <= x);
		if (level < 0) level = ends.length;
		ends[level] = x + wide + 1;
		return level;
	});
}

const BLOCK = 8;

/** @param {Lane} lane @param {number} width */
export function laneChart(lane, width) {
	const first = bins[0].lo,
		days = bins[bins.length - 1].hi + 1 - first;
	const shapes = lane.list
		.filter(dated)
		.sort((a, b) => a.lo - b.lo || a.hi - b.hi || (a.id < b.id ? -1 : 1))
		.map((e) => {
			const x = ((e.lo - first) / days) * width;
			return { e, x: Math.min(x, width - 7), wide: Math.max(7, ((e.hi + 1 - e.lo) / days) * width - 1) };
		});
	const up = shapes.filter(({ e }) => (e.quad_class || 0) <= 2),
		down = shapes.filter(({ e }) => (e.quad_class || 0) > 2);
	const above = stacked(up),
		below = stacked(down);
	const base = (Math.max(0, ...above.map((n) => n + 1)) || 0) * (BLOCK + 1) + 4;
	const tall = base + Math.max(0, ...below.map((n) => n + 1)) * (BLOCK + 1) + 6;
	const block = (/** @type {typeof shapes[0]} */ { e, x, wide }, /** @type {number} */ y) => {
		const words = `${dateWords(e.edtf)}: ${e.label}`;
		const dispute = touchesDispute(e);
		return s(
			"rect",
			{
				class: `block bar q${e.quad_class || 0}${dispute ? " contested" : ""}${state.sel === "v:" + e.id ? " chosen" : ""}`,
				x: x.toFixed(1),
				y,
				width: wide.toFixed(1),
				height: BLOCK,
				rx: 2,
				role: "button",
				tabindex: -1,
				"data-sel": "v:" + e.id,
				"aria-label": words + (dispute ? ", " + t("contested") : ""),
				"aria-pressed": state.sel === "v:" + e.id,
			},
			s("title", {}, words),
		);
	};
	const blocks = [
		...up.map((shape, i) => block(shape, base - 1 - (above[i] + 1) * (BLOCK + 1) + 1)),
		...down.map((shape, i) => block(shape, base + 2 + below[i] * (BLOCK + 1))),
	].sort((a, b) => Number(a.getAttribute("x")) - Number(b.getAttribute("x")));
	blocks[0]?.setAttribute("tabindex", "0");
	return s(
		"svg",
		{
			class: "lane",
			viewBox: `0 0 ${width} ${tall}`,
			width,
			height: tall,
			role: "group",
			"aria-label": lane.ends.map(name).join(" – "),
		},
		s("line", { class: "base", x1: 0, x2: width, y1: base + 0.5, y2: base + 0.5 }),
		...blocks,
	);
}
