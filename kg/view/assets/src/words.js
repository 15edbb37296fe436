// @ts-check
/* Words of the interface and small helpers for texts. */
import { raw } from "./data.js";

export const FAMILIES = ["q4", "q3", "q1", "q2", "q0", "tie"];

/** What English words are in the language chosen; empty for English. @type {Map<string, string>} */
let dictionary = new Map();
/** @param {Record<string, string>} words  other words by the English ones */
export const translate = (words) => (dictionary = new Map(Object.entries(words)));

/** One word or term in the language chosen. @param {string} text */
export const worded = (text) => dictionary.get(text) || text;
/** The words for an English text, its blanks {0}, {1} … filled. @param {string} text @param {...(string | number)} values */
export const t = (text, ...values) =>
	(dictionary.get(text) || text).replace(/\{(\d)\}/g, (_, i) => String(values[Number(i)]));

/** The same for a text that may stand between spaces, or not be ours at all. @param {string} text */
export const say = (text) => {
	const bare = text.trim(),
		word = dictionary.get(bare);
	return word ? text.replace(bare, () => word) : text;
};

export const WORDS = {
	get months() {
		return t("January February March April May June July August September October November December").split(" ");
	},
	/** @type {Record<string, string>} */
	family: {
		q1: "Verbal cooperation",
		q2: "Material cooperation",
		q3: "Verbal conflict",
		q4: "Material conflict",
		q0: "Uncoded",
		tie: "Offices and ties",
	},
	/** @type {Record<string, string>} */
	factuality: {
		Planned: "Planned, not reported as done",
		Promised: "Promised, not reported as done",
		Intended: "Intended, not reported as done",
		Threatened: "Threatened, not reported as done",
		Alleged: "Alleged, not established",
	},
	/** @type {Record<string, string>} */
	voiced: { Alleged: "alleged by", Threatened: "threatened by", Promised: "promised by" },
	/** @type {Record<string, string>} */
	basis: {
		explicit: "stated in the source",
		section: "from the section of the source",
		relative: "relative to another event",
		context: "from context",
		publication: "from the date of publication",
		none: "not stated",
	},
	/** @type {Record<string, string>} */
	kind: { measure: "Measure", tenure: "Office", tie: "Tie" },
};

// No word of the data finds what every object has, such as `constructor`.
for (const words of [WORDS.family, WORDS.factuality, WORDS.voiced, WORDS.basis, WORDS.kind, raw.documents])
	Object.setPrototypeOf(words, null);

/** @param {number} n @param {string} one @param {string} [many] */
export const count = (n, one, many) => `${n} ${t(n === 1 ? one : many || one + "s")}`;

/** @param {string[]} parts */
export const listed = (parts) =>
	parts.length < 2 ? parts.join("") : parts.slice(0, -1).join(", ") + ` ${t("and")} ` + parts[parts.length - 1];

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Letters only, without accents and case, for comparing. @param {string} text */
export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export const STANDING = "A link is not an accusation proved. Claims are shown with who makes them and their status.";
