// @ts-check
/* The bars of the time chart: built once for a width, then only what differs is changed. */
import { STACKED, bins, tickWords } from "./days.js";
import { s } from "./elements.js";
import { surface } from "./surfaces.js";

const HIGH = 58;

/** Bars of all bins in an SVG element, and the two ways in which they change. @param {Element} chart */
export function barChart(chart) {
	/** For each bin its group and its bars in the order of `STACK`. @type {{group: Element, bars: Element[]}[]} */
	let columns = [];
	/** @type {any} */ let drawn = null;
	/** How high each bar is now. */
	const heights = new Float32Array(bins.length * STACKED.length);
	let wide = 0,
		marked = [0, -1];

	/** @param {number} width */
	function build(width) {
		const step = width / bins.length,
			gap = Math.min(3, step * 0.16),
			every = Math.max(1, Math.ceil(52 / step));
		columns = bins.map((_, i) => {
			const bars = STACKED.map((quad) =>
				s("rect", {
					class: `bar q${quad % 5}${quad > 4 ? " coded" : ""}`,
					fill: surface(quad % 5),
					x: (i * step + gap / 2).toFixed(1),
					width: Math.max(1, step - gap).toFixed(1),
					height: 0,
				}),
			);
			return { group: s("g", {}, ...bars), bars };
		});
		const ticks = bins.flatMap((bin, i) => {
			const words = tickWords(bin, i, every);
			const props = { class: "tick" + (/^\d{4}$/.test(words) ? " year" : ""), y: HIGH + 17 };
			return words ? [s("text", { ...props, x: ((i + 0.5) * step).toFixed(1) }, words)] : [];
		});
		chart.setAttribute("viewBox", `0 0 ${width} ${HIGH + 20}`);
		chart.replaceChildren(
			s("line", { class: "base", x1: 0, x2: width, y1: HIGH + 0.5, y2: HIGH + 0.5 }),
			...columns.map(({ group }) => group),
			...ticks,
		);
		heights.fill(0);
		[wide, drawn, marked] = [width, null, [0, bins.length - 1]];
	}

	return {
		/** Events by bin and quad class, against the fullest bin of all events. @param {number[][]} sums @param {number} most @param {number} width */
		draw(sums, most, width) {
			if (width !== wide) build(width);
			if (sums === drawn) return;
			drawn = sums;
			columns.forEach(({ bars }, i) => {
				let y = HIGH;
				STACKED.forEach((quad, place) => {
					const tall = (sums[i][quad] / most) * (HIGH - 6);
					y -= tall;
					const at = i * STACKED.length + place;
					if (!tall && !heights[at]) return;
					heights[at] = tall;
					bars[place].setAttribute("height", tall ? Math.max(0.5, tall - 0.6).toFixed(1) : "0");
					bars[place].setAttribute("y", y.toFixed(1));
				});
			});
		},
		/** The range that is shown, as the numbers of its first and last bin. @param {number} lo @param {number} hi */
		mark(lo, hi) {
			for (const i of new Set([...between(lo, marked[0]), ...between(hi, marked[1])]))
				columns[i].group.classList.toggle("out", i < lo || i > hi);
			marked = [lo, hi];
		},
	};
}

/** The numbers from one to another, both among them. @param {number} a @param {number} b */
const between = (a, b) => Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => Math.min(a, b) + i);
