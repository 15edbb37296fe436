// @ts-check
/* Events of each pair: cooperation above the line, conflict below. */
import { dated, events, isHeld, name, pairKey, touchesDispute } from "./data.js";
import { dateWords } from "./dates.js";
import { bins, tickWords } from "./days.js";
import { s } from "./elements.js";
import { codedWords } from "./evidence.js";
import { label } from "./labels.js";
import { shown } from "./shown.js";
import { pairs, state } from "./state.js";
import { edgesOfKey } from "./strands.js";
import { surface } from "./surfaces.js";
import { WORDS, t } from "./words.js";

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

/** Where the blocks of a lane lie: one for each dated event. @param {Lane} lane @param {number} width */
function laid(lane, width) {
	const first = bins[0].lo,
		days = bins[bins.length - 1].hi + 1 - first;
	const shapes = lane.list
		.filter(dated)
		.sort((a, b) => a.lo - b.lo || a.hi - b.hi || (a.id < b.id ? -1 : 1))
		.map((e) => {
			const x = ((e.lo - first) / days) * width;
			return { e, x: Math.min(x, width - 7), wide: Math.max(7, ((e.hi + 1 - e.lo) / days) * width - 1), y: 0 };
		});
	const up = shapes.filter(({ e }) => (e.quad_class || 0) <= 2),
		down = shapes.filter(({ e }) => (e.quad_class || 0) > 2);
	const above = stacked(up),
		below = stacked(down);
	const base = (Math.max(0, ...above.map((n) => n + 1)) || 0) * (BLOCK + 1) + 4;
	const tall = base + Math.max(0, ...below.map((n) => n + 1)) * (BLOCK + 1) + 6;
	up.forEach((shape, i) => (shape.y = base - (above[i] + 1) * (BLOCK + 1)));
	down.forEach((shape, i) => (shape.y = base + 2 + below[i] * (BLOCK + 1)));
	return { base, tall, shapes: shapes.sort((a, b) => a.x - b.x) };
}
/** How many events of a lane lie above and below the line, and how many have no place on it. @param {Lane} lane */
export function laneCounts(lane) {
	const within = (/** @type {number} */ low) =>
		lane.list.filter((e) => e.quad_class === low || e.quad_class === low + 1).length;
	const loose = lane.list.filter((e) => !dated(e)).length;
	return [t("{0} above", within(1)), t("{0} below", within(3)), ...(loose ? [t("{0} not fully dated", loose)] : [])];
}

/** @param {Lane} lane @param {number} width */
export function laneChart(lane, width) {
	const { base, tall, shapes } = laid(lane, width);
	const blocks = shapes.map(({ e, x, y, wide }, i) => {
		const words = `${dateWords(e.edtf)}: ${e.label}${e.feed ? ` (${codedWords(e.feed)})` : ""}`,
			dispute = touchesDispute(e),
			chosen = state.sel === "v:" + e.id;
		const fill = surface(e.quad_class || 0),
			props = { x: x.toFixed(1), y, width: wide.toFixed(1), height: BLOCK, rx: 2, fill };
		return s(
			"rect",
			{
				class: `block bar q${e.quad_class || 0}${e.feed ? " coded" : ""}${dispute ? " contested" : ""}${chosen ? " chosen" : ""}`,
				...props,
				role: "button",
				tabindex: i ? -1 : 0,
				"data-sel": "v:" + e.id,
				"aria-label": words + (dispute ? ", " + t("contested") : ""),
				"aria-pressed": chosen,
			},
			s("title", {}, words),
		);
	});
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

/** The first lanes with names, counts and years as one drawing that needs no style of the page. @param {number} width @param {number} room  height that lanes may take @param {(key: string) => string} tone @param {string} font */
export function pairsFigure(width, room, tone, font) {
	const all = lanes(),
		left = Math.min(230, width * 0.3),
		wide = width - left - 150;
	const write = (
		/** @type {string} */ words,
		/** @type {number} */ x,
		/** @type {number} */ y,
		/** @type {Record<string, any>} */ props = {},
	) => s("text", { x, y, "font-family": font, "font-size": 11, fill: tone("ink"), ...props }, words);
	/** @type {Element[]} */ const parts = [
		write(t("Events of each pair"), 0, 14, { "font-size": 13, "font-weight": 650 }),
		write(t("Cooperation above the line, conflict below; dashed: what was said is contested."), left, 14, {
			fill: tone("soft"),
		}),
	];
	[1, 2, 3, 4].forEach((quad, i) => {
		const x = left + i * 150;
		const box = { x, y: 24, width: 22, height: BLOCK, rx: 2, "stroke-width": 0.8 };
		parts.push(s("rect", { ...box, fill: surface(quad), stroke: tone("q" + quad) }));
		parts.push(write(t(WORDS.family["q" + quad]), x + 29, 32));
	});
	let y = 44;
	let drawn = 0;
	for (const lane of all) {
		const { base, tall, shapes } = laid(lane, wide),
			names = label(lane.ends.map(name).join(" – "), 11, 500, 30).lines,
			high = Math.max(tall, names.length * 13 + 4),
			top = y + (high - tall) / 2;
		if (drawn && y + high > room) break;
		drawn++;
		names.forEach((row, i) => parts.push(write(row, 0, y + high / 2 + (i - (names.length - 1) / 2) * 13 + 4)));
		parts.push(line(left, top + base + 0.5, left + wide, tone("strong-line")));
		for (const { e, x, y: down, wide: long } of shapes) {
			const color = tone("q" + (e.quad_class || 0)),
				dispute = touchesDispute(e);
			const place = {
				x: (left + x).toFixed(1),
				y: top + down,
				width: long.toFixed(1),
				height: BLOCK,
				rx: 2,
				fill: surface(e.quad_class || 0),
				stroke: color,
				"stroke-width": 0.8,
			};
			const hollow = e.feed ? { "fill-opacity": 0.34, "stroke-dasharray": "1.2 1.6" } : {};
			const dashed = { "fill-opacity": 0.45, "stroke-width": 1.2, "stroke-dasharray": "3 2" };
			parts.push(s("rect", { ...place, ...hollow, ...(dispute ? dashed : {}) }));
		}
		parts.push(
			write(laneCounts(lane).slice(0, 2).join(" · "), left + wide + 12, y + high / 2 + 4, { fill: tone("soft") }),
		);
		y += high + 4;
	}
	const step = wide / bins.length,
		every = Math.max(1, Math.ceil(52 / step));
	bins.forEach((bin, i) => {
		const words = tickWords(bin, i, every);
		if (words)
			parts.push(write(words, left + (i + 0.5) * step, y + 12, { "text-anchor": "middle", fill: tone("soft") }));
	});
	const more = all.length - drawn;
	if (more > 0) parts.push(write(t("{0} more pairs are not drawn.", more), 0, y + 12, { fill: tone("soft") }));
	return { parts, height: y + 20 };
}
/** @param {number} x1 @param {number} y @param {number} x2 @param {string} stroke */
const line = (x1, y, x2, stroke) => s("line", { x1, x2, y1: y, y2: y, stroke, "stroke-width": 1 });
