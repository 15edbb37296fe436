// @ts-check
/* Dates in words, as precisely as the source supports, and what holds on a day. */
import { dayOf, isoOf } from "./data.js";
import { WORDS, t } from "./words.js";

/** @param {string} text @returns {Part | null} */
function datePart(text) {
	const match = /^(-?[\dX]{4,})(?:-([\dX]{2}))?(?:-([\dX]{2}))?([~?%]?)$/.exec(text.trim());
	if (!match) return null;
	const month = Number(match[2]) || 0;
	return {
		year: match[1],
		month: month <= 12 ? month : 0,
		day: Number(match[3]) || 0,
		season: month > 20 && month < 25 ? month : 0,
		mark: match[4],
	};
}

/** @param {Part} part @param {boolean} [bare] */
function partWords(part, bare) {
	const seasons = t("spring summer autumn winter").split(" ");
	const year = part.year.includes("X") ? part.year.replace(/X+$/, (x) => "0".repeat(x.length)) + "s" : part.year;
	const month = part.season ? seasons[part.season - 21] : part.month ? WORDS.months[part.month - 1] : "";
	const words = [part.day ? String(part.day) : "", month, year].filter(Boolean).join(t(" "));
	return bare ? words : markWords(part.mark) + words;
}

/** @param {string} mark */
const markWords = (mark) =>
	mark === "~" ? t("about ") : mark === "?" ? t("perhaps ") : mark === "%" ? t("perhaps about ") : "";

/** A date in words, from EDTF as the source supports it. @param {string | undefined} edtf */
export function dateWords(edtf) {
	if (!edtf) return t("date not known");
	const ends = edtf.split("/");
	const [from, to] = ends.map(datePart);
	if (ends.length === 1) return from ? partWords(from) : edtf;
	const open = ends.map((end) => end === "" || end === "..");
	if (open[0] && open[1]) return t("date not known");
	if (open[0]) return to ? t("by {0}", partWords(to)) : edtf;
	if (open[1]) return from ? t("{0} or later", partWords(from)) : edtf;
	if (!from || !to) return edtf;
	if (from.day && to.day && from.mark === to.mark && from.year === to.year && from.month === to.month)
		return `${markWords(from.mark)}${from.day}–${partWords(to, true)}`;
	if (from.month && to.month && !from.day && !to.day && from.year === to.year && from.mark === to.mark)
		return `${markWords(from.mark)}${WORDS.months[from.month - 1]}–${partWords(to, true)}`;
	return t("{0} to {1}", partWords(from), partWords(to));
}

/** @param {string | number} day */
export const dayWords = (day) => dateWords(typeof day === "number" ? isoOf(day) : day);

/** @param {string | number} day */
export const shortDay = (day) => {
	const part = datePart(typeof day === "number" ? isoOf(day) : day);
	return part ? `${part.day} ${WORDS.months[part.month - 1].slice(0, 3)} ${part.year}` : String(day);
};

/** Is a measure or office in force on a day: certain, possible or no? As `kg.dates.in_force`. @param {Held} item @param {number} day */
export function inForce(item, day) {
	const ends = dayOf(item.earliest_end, NaN);
	if (dayOf(item.earliest_begin, day) > day || dayOf(item.latest_end, day) < day) return "no";
	const lasting = Number.isNaN(ends) ? !item.latest_end : ends > day;
	return dayOf(item.latest_begin, Infinity) <= day && lasting ? "certain" : "possible";
}

/** @param {string | undefined} early @param {string | undefined} late */
export const boundWords = (early, late) =>
	early && late
		? early === late
			? t("on {0}", shortDay(early))
			: t("between {0} and {1}", shortDay(early), shortDay(late))
		: early
			? t("on or after {0}", shortDay(early))
			: late
				? t("by {0}", shortDay(late))
				: "";
