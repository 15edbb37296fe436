// @ts-check
/* Who reports it, in which paragraphs; small parts of cards. */
import { cited, claims, edgesOfEvent, events, feedName, feeds, file, name, passages, sources } from "./data.js";
import { boundWords, dateWords, shortDay } from "./dates.js";
import { actorLink, actorLinks, h, link, span } from "./elements.js";
import { WORDS, count, listed, t } from "./words.js";

/** @param {string} words @param {string} [kind] */
export const badge = (words, kind) => h("span", { class: "badge " + (kind || "") }, words);

/** @param {string} status */
export const statusBadge = (status) => badge(status || "Asserted", "status-" + (status || "Asserted").toLowerCase());

/** @param {string | undefined} edtf */
export const dateLine = (edtf) =>
	h(
		"span",
		{ class: "date" },
		dateWords(edtf),
		edtf ? h("code", { title: "EDTF, as the source supports it" }, edtf) : null,
	);

/** Who reports it, in which paragraphs; the passage only where this page was made with it. @param {number[] | undefined} indexes */
export function evidenceLines(indexes) {
	/** @type {Map<string, Cited[]>} */ const groups = new Map();
	for (const i of indexes || [])
		if (cited[i]) file(groups, [cited[i][0], cited[i][5], cited[i][6]].join("\n"), cited[i]);
	if (!groups.size) return h("p", { class: "evidence" }, "No passage recorded.");
	return h(
		"div",
		{ class: "evidence" },
		...[...groups.values()].map((group) => {
			const [source, , , , , reporter, speaker] = group[0];
			const paragraphs = [...new Set(group.map((item) => item[1]))].sort((a, b) => a - b).map(String);
			const quotes = group
				.map(([from, , start, end]) => passages.get(`${from}:${start}-${end}`))
				.filter((text) => !!text);
			return h(
				"div",
				null,
				...quotes.map((text) => h("blockquote", null, h("bdi", null, String(text)))),
				h(
					"p",
					{ title: sources.get(source) || source },
					"Reported by ",
					actorLink(reporter),
					speaker ? [", citing ", actorLink(speaker)] : null,
					...(paragraphs[0] === "0"
						? group.flatMap((item) => (item[7] ? [", ", place(item[7])] : []))
						: [span(`, ${t(paragraphs.length > 1 ? "paragraphs" : "paragraph")} ${listed(paragraphs)}`)]),
				),
			);
		}),
	);
}

/** What a person has not read is told as such. @param {Happening} e */
export const codedBadge = (e) => (e.feed ? badge(codedWords(e.feed), "coded") : null);
/** @param {string} feed */
export const codedWords = (feed) =>
	t(feeds.get(feed)?.[1] ? "Machine-coded: {0}" : "Coded by others: {0}", feedName(feed));
/** What is a summary, and of how many events. @param {Happening} e */
export const summaryWords = (e) =>
	e.stands_for ? t("Stands for {0}", count(e.stands_for, "coded event")) : t("Summary, not counted");

/** An address of the web as a link, anything else as text. @param {string} where */
const place = (where) =>
	/^https?:\/\/[^\s]+$/.test(where)
		? h(
				"a",
				{ href: where, target: "_blank", rel: "noopener noreferrer" },
				h("bdi", null, where.replace(/^https?:\/\//, "").slice(0, 60)),
			)
		: h("bdi", null, where);

/** @param {number[] | undefined} indexes @returns {Node[]} */
export const passageRows = (indexes) =>
	(indexes || [])
		.filter((i) => cited[i])
		.map((i) => {
			const [source, paragraph, start, end, sha] = cited[i];
			return h(
				"div",
				{ class: "passage" },
				...(paragraph
					? [span(t("¶ {0}, characters {1}–{2}", paragraph, start, end)), h("code", null, `sha256 ${sha}…`)]
					: [place(cited[i][7] || "")]),
				sources.size > 1 ? span(sources.get(source) || source, "soft") : null,
			);
		});

/** @param {Happening} e */
export function parties(e) {
	const both =
		(edgesOfEvent.get(e.id) || []).some((edge) => edge.symmetric) ||
		(!(e.targets || []).length && (e.actors || []).length > 1);
	const who = e.actors || [],
		whom = e.targets || [];
	return h(
		"p",
		{ class: "parties" },
		...(both && !whom.length ? who.flatMap((id, i) => [i ? span(" ↔ ", "to") : "", actorLink(id)]) : actorLinks(who)),
		whom.length ? span(" → ", "to") : null,
		...actorLinks(whom),
		!whom.length && (e.about || []).length ? [span(" about ", "soft"), ...actorLinks(e.about || [])] : null,
	);
}

/** @param {string} term @param {(Node | string)[]} values */
export const fact = (term, values) =>
	values.length ? h("div", { class: "fact" }, h("dt", null, term), h("dd", null, ...values)) : null;

/** @param {string[] | undefined} ids @returns {Node[]} */
export const eventLinks = (ids) =>
	(ids || []).map((id) => {
		const e = events.get(id),
			c = claims.get(id);
		const words = e
			? [link("v:" + id, e.label), undoneBadge(e)]
			: c
				? [link("c:" + id, c.label), statusBadge(c.status)]
				: name(id);
		return h("span", { class: "one" }, words);
	});

/** @param {Happening} e */
export const undoneBadge = (e) =>
	e.factuality === "Actual" ? "" : badge(WORDS.factuality[e.factuality] || e.factuality, "undone");

/** @param {Happening} e */
export const codes = (e) =>
	[
		e.cameo && `CAMEO ${e.cameo}`,
		e.plover && `PLOVER ${e.plover}`,
		e.quad_class && t(WORDS.family["q" + e.quad_class]).toLowerCase(),
		typeof e.goldstein === "number" && `Goldstein ${e.goldstein}`,
	]
		.filter(Boolean)
		.map((words, i) => (i ? " · " : "") + words);

/** When something held, as far as it is known. @param {Held} item */
export function heldWords(item) {
	const begin = boundWords(item.earliest_begin, item.latest_begin),
		end = boundWords(item.earliest_end, item.latest_end);
	const known = item.last_known && t("last known in force {0}", shortDay(item.last_known));
	return [begin && t("began {0}", begin), end ? t("ended {0}", end) : t("no end known"), known]
		.filter(Boolean)
		.join("; ");
}
