// @ts-check
/* Bins of the calendar, and how many events lie in each. */
import { dated, events, feeds, isoOf } from "./data.js";
import { shortDay } from "./dates.js";
import { state } from "./state.js";
import { WORDS } from "./words.js";

const counted = [...events.values()].filter((e) => dated(e) && !e.summary);

export const firstDay = counted.reduce((day, e) => Math.min(day, e.lo), Infinity),
	lastDay = counted.reduce((day, e) => Math.max(day, e.hi), counted.length ? -Infinity : 0);

/** @type {Bin[]} */
export const bins = counted.length ? binsOf(firstDay, lastDay) : [];

/** Equal steps of the calendar: days, weeks, months, quarters or years, as the span allows. @param {number} lo @param {number} hi */
function binsOf(lo, hi) {
	const days = hi - lo;
	/** @type {Bin[]} */ const all = [];
	if (days <= 210) {
		const step = days <= 40 ? 1 : 7;
		for (let day = lo; day <= hi; day += step) all.push({ lo: day, hi: day + step - 1 });
		return all;
	}
	const months = days <= 366 * 7 ? 1 : days <= 366 * 25 ? 3 : 12;
	const start = new Date(lo * 864e5);
	let year = start.getUTCFullYear(),
		month = start.getUTCMonth() - (start.getUTCMonth() % months);
	for (;;) {
		const from = Math.round(Date.UTC(year, month, 1) / 864e5),
			to = Math.round(Date.UTC(year, month + months, 1) / 864e5) - 1;
		if (from > hi) return all;
		all.push({ lo: from, hi: to });
		month += months;
		if (month > 11) [year, month] = [year + 1, month - 12];
	}
}

export const rangeWords = () => {
	const from = state.from || isoOf(bins[0].lo),
		to = state.to || isoOf(bins[bins.length - 1].hi);
	return `${shortDay(from)} – ${shortDay(to)}`;
};

/** Vague dates count in each bin by the share of their days that lies in it. @param {Iterable<Happening>} list */
export function histogram(list) {
	const sums = bins.map(() => NONE.slice());
	for (const e of list) {
		if (!dated(e) || e.summary) continue;
		bins.forEach((bin, i) => {
			const share = Math.min(e.hi, bin.hi) - Math.max(e.lo, bin.lo) + 1;
			if (share > 0) sums[i][(e.quad_class || 0) + (e.feed ? 5 : 0)] += share / (e.hi - e.lo + 1);
		});
	}
	return sums;
}

/** Quad classes from the line upwards; the same plus five is what feeds have coded. */
export const STACK = [4, 3, 2, 1, 0],
	STACKED = feeds.size ? [...STACK, ...STACK.map((quad) => quad + 5)] : STACK,
	NONE = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/** @param {Bin} bin @param {number} i @param {number} every */
export function tickWords(bin, i, every) {
	const date = new Date(bin.lo * 864e5),
		month = date.getUTCMonth();
	const long = bin.hi - bin.lo > 300;
	if (long) return i % every ? "" : String(date.getUTCFullYear());
	if (bin.hi - bin.lo < 8) return i % every ? "" : `${date.getUTCDate()} ${WORDS.months[month].slice(0, 3)}`;
	const months = Math.max(1, Math.round((bin.hi - bin.lo) / 30.4)),
		jump = [1, 2, 3, 4, 6, 12].find((n) => n >= every * months) || 12;
	return month === 0 ? String(date.getUTCFullYear()) : month % jump ? "" : WORDS.months[month].slice(0, 3);
}
