// @ts-check
/* The time chart: range, play, certain and possible. */
import { change } from "./address.js";
import { barChart } from "./chart.js";
import { byId, dated, dayOf, events, isoOf } from "./data.js";
import { dayWords, shortDay } from "./dates.js";
import { STACK, bins, histogram } from "./days.js";
import { h, put, s } from "./elements.js";
import { drawPairs } from "./pairs.js";
import { derive, large, shown } from "./shown.js";
import { state } from "./state.js";
import { swatch } from "./surfaces.js";
import { WORDS, count, t } from "./words.js";

/** @type {number | undefined} */ let playing;
/** The language changes: the play button is built anew. */
export const stopPlaying = () => {
	clearInterval(playing);
	playing = undefined;
};

export let drawTime = () => {};

export function buildTime() {
	const section = byId("time");
	if (!bins.length) {
		section.hidden = true;
		return;
	}
	const play = h("button", {
		type: "button",
		class: "icon play",
		"aria-label": "Play",
		onclick: () => (playing ? stop() : start()),
	});
	const icon = s(
		"svg",
		{ viewBox: "0 0 16 16", "aria-hidden": "true" },
		s("path", { class: "fill", d: "M4 2.5v11l9-5.5z" }),
	);
	play.append(icon);
	const words = h("p", { class: "range-words" }),
		note = h("p", { class: "soft range-note" });
	const chart = s("svg", { class: "histogram", role: "img", "aria-label": "Events over time by quad class" });
	const handles = ["First day shown", "Last day shown"].map((title, i) =>
		h("div", {
			class: "handle",
			role: "slider",
			tabindex: 0,
			"aria-label": title,
			"aria-valuemin": 0,
			"aria-valuemax": bins.length - 1,
			onkeydown: (/** @type {KeyboardEvent} */ e) => nudge(i, e),
		}),
	);
	const track = h("div", { class: "track" }, chart, h("div", { class: "rail" }), ...handles);
	const undatedEvents = [...events.values()].filter((e) => !dated(e));
	const box = /** @type {HTMLInputElement} */ (
		h("input", { type: "checkbox", onchange: () => change({ undated: box.checked }) })
	);
	const sure = /** @type {HTMLInputElement} */ (
		h("input", { type: "checkbox", onchange: () => change({ certain: sure.checked }) })
	);
	const sureRow = h("label", { class: "row sure" }, sure, h("span", { class: "words" }, "Only what is certain"));
	const quads = h("ul", { class: "quads" });
	section.replaceChildren(
		h("div", { class: "time-left" }, play, h("div", null, words, note)),
		track,
		h(
			"div",
			{ class: "time-right" },
			quads,
			sureRow,
			undatedEvents.length
				? h(
						"label",
						{ class: "row" },
						box,
						h("span", { class: "words" }, t("{0} not fully dated", undatedEvents.length)),
					)
				: null,
		),
	);

	const index = (/** @type {string} */ iso, /** @type {number} */ otherwise) => {
		if (!iso) return otherwise;
		const day = dayOf(iso, 0),
			i = bins.findIndex((bin) => day <= bin.hi);
		return i < 0 ? bins.length - 1 : i;
	};
	const range = () => [index(state.from, 0), index(state.to, bins.length - 1)];
	const setRange = (/** @type {number} */ a, /** @type {number} */ b) => {
		const [lo, hi] = [Math.max(0, Math.min(a, b)), Math.min(bins.length - 1, Math.max(a, b))];
		change({ from: lo === 0 ? "" : isoOf(bins[lo].lo), to: hi === bins.length - 1 ? "" : isoOf(bins[hi].hi) });
	};
	/** @param {number} which @param {KeyboardEvent} e */
	function nudge(which, e) {
		const now = range();
		const step = {
			ArrowLeft: -1,
			ArrowDown: -1,
			ArrowRight: 1,
			ArrowUp: 1,
			PageDown: -3,
			PageUp: 3,
			Home: -1e6,
			End: 1e6,
		}[e.key];
		if (!step) return;
		e.preventDefault();
		stop();
		now[which] = which
			? Math.max(now[0], Math.min(bins.length - 1, now[1] + step))
			: Math.min(now[1], Math.max(0, now[0] + step));
		setRange(now[0], now[1]);
	}
	/* Press on a handle moves it; press on the chart and drag chooses a range. */
	const binAt = (/** @type {PointerEvent} */ e) => {
		const r = track.getBoundingClientRect();
		return Math.max(0, Math.min(bins.length - 1, Math.floor(((e.clientX - r.left) / r.width) * bins.length)));
	};
	/** @type {{anchor: number, which: number} | null} */ let drag = null;
	track.addEventListener("pointerdown", (e) => {
		const which = handles.indexOf(/** @type {HTMLElement} */ (e.target)),
			now = range();
		stop();
		drag = { anchor: which < 0 ? binAt(e) : now[1 - which], which };
		track.setPointerCapture(e.pointerId);
		if (which >= 0) handles[which].focus();
		else setRange(drag.anchor, drag.anchor);
	});
	track.addEventListener("pointermove", (e) => {
		if (drag) setRange(drag.anchor, binAt(e));
	});
	track.addEventListener("pointerup", () => {
		drag = null;
	});
	track.addEventListener("dblclick", () => setRange(0, bins.length - 1));

	let reach = [0, 0];
	function start() {
		const [lo, hi] = range();
		reach = lo === 0 && hi === bins.length - 1 ? [0, -1] : [lo, hi === bins.length - 1 ? lo - 1 : hi];
		icon.replaceChildren(s("path", { class: "fill", d: "M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z" }));
		play.setAttribute("aria-label", t("Pause"));
		playing = setInterval(step, 900);
		step();
	}
	function step() {
		reach[1] += 1;
		if (reach[1] >= bins.length - 1) {
			setRange(reach[0], bins.length - 1);
			stop();
		} else setRange(reach[0], reach[1]);
	}
	function stop() {
		if (!playing) return;
		clearInterval(playing);
		playing = undefined;
		play.setAttribute("aria-label", t("Play"));
		icon.replaceChildren(s("path", { class: "fill", d: "M4 2.5v11l9-5.5z" }));
	}

	const bars = barChart(chart);
	const whole = large?.timeline(state, bins)?.whole || histogram(events.values()),
		most = Math.max(1, ...whole.map((bin) => bin.reduce((a, b) => a + b, 0)));
	const rows = STACK.map((quad) => {
		const n = h("span", { class: "n" });
		const row = h("li", null, swatch(quad), t(WORDS.family["q" + quad]), n);
		quads.append(row);
		return { quad, row, n };
	});
	const rail = /** @type {HTMLElement} */ (track.querySelector(".rail"));
	let width = 0;
	drawTime = () => {
		width ||= track.clientWidth || 600;
		const step = width / bins.length;
		bars.draw(sums(), most, width);
		const [lo, hi] = range();
		bars.mark(lo, hi);
		[lo, hi + 1].forEach((edge, i) => {
			handles[i].style.left = `${(edge * step).toFixed(1)}px`;
			handles[i].setAttribute("aria-valuenow", String(i ? hi : lo));
			handles[i].setAttribute("aria-valuetext", dayWords(i ? bins[hi].hi : bins[lo].lo));
		});
		rail.style.left = `${(lo * step).toFixed(1)}px`;
		rail.style.width = `${((hi + 1 - lo) * step).toFixed(1)}px`;
		put(words, `${shortDay(bins[lo].lo)} – ${shortDay(bins[hi].hi)}`);
		const unsure = shown.possible.size;
		put(note, unsure ? t("{0} only possibly in it", count(unsure, "event")) : t("Drag to choose a range"));
		box.checked = state.undated;
		sure.checked = state.certain;
		sureRow.hidden = !(state.from || state.to || state.asof || state.certain);
		const byQuad = large?.quads(shown) || quadsOf(shown.events);
		for (const { quad, row, n } of rows) {
			put(n, String(byQuad[quad]));
			row.hidden = !quad && !byQuad[quad];
		}
	};
	watching?.disconnect();
	watching = new ResizeObserver(() => {
		width = track.clientWidth;
		drawTime();
		drawPairs();
	});
	watching.observe(track);
}
/** The observer of the chart that is there now. @type {ResizeObserver | undefined} */
let watching;
/** What the other filters leave, by bin and quad class. */
function sums() {
	const quick = large?.timeline(state, bins);
	if (quick) return quick.sums;
	const open = derive(state, "time").events;
	return histogram([...open].map((id) => /** @type {Happening} */ (events.get(id))));
}
/** @param {Iterable<string>} ids */
function quadsOf(ids) {
	const all = [0, 0, 0, 0, 0];
	for (const id of ids) all[events.get(id)?.quad_class || 0]++;
	return all;
}
