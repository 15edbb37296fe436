// @ts-check
/* Events, claims and what holds for a time as cards, each with its evidence. */
import { citation } from "./citation.js";
import { claimants, putForward } from "./claims.js";
import { claims, claimsProposing, events, file } from "./data.js";
import { boundWords, dateWords, inForce, shortDay } from "./dates.js";
import { showText } from "./dialog.js";
import { actorLink, actorLinks, h, link, span } from "./elements.js";
import {
	badge,
	codedBadge,
	codes,
	dateLine,
	eventLinks,
	evidenceLines,
	fact,
	heldWords,
	parties,
	passageRows,
	statusBadge,
	summaryWords,
	undoneBadge,
} from "./evidence.js";
import { asOf, shown } from "./shown.js";
import { WORDS, capital, t } from "./words.js";

/** @param {Happening} e @param {{full?: boolean}} [how] @returns {HTMLElement} */
export function eventCard(e, how = {}) {
	const undone = e.factuality !== "Actual";
	const proposed = (e.proposes || []).map((id) => events.get(id)).filter((it) => !!it);
	const more = [
		fact("On behalf of", actorLinks(e.on_behalf_of || [])),
		fact("About", (e.targets || []).length ? actorLinks(e.about || []) : []),
		fact("Place", actorLinks(e.place || [])),
		fact("Part of", eventLinks(e.part_of)),
		fact("In response to", eventLinks(e.responds_to)),
		fact("Answered by", eventLinks(e.answered_by)),
		fact("Put forward by", eventLinks((e.proposed_by || []).filter((id) => !claims.has(id)))),
		fact(
			"Date",
			e.basis
				? [[t(WORDS.basis[e.basis] || e.basis), boundWords(e.earliest, e.latest)].filter(Boolean).join("; ")]
				: [],
		),
		fact("Codes", codes(e)),
		fact("Note", e.note ? [h("bdi", null, e.note)] : []),
		fact("Passages", passageRows(e.evidence)),
	].filter((row) => !!row);
	const spoken = [...(e.asserts || []).map((id) => ["asserts", id]), ...(e.denies || []).map((id) => ["denies", id])];
	return h(
		"article",
		{ class: `card q${e.quad_class || 0}${e.feed ? " coded" : ""}${undone ? " undone" : ""}`, "data-event": e.id },
		h("div", { class: "card-head" }, dateLine(e.edtf), how.full ? null : span(capital(e.class_label), "class")),
		how.full ? null : h("h4", { class: "title" }, link("v:" + e.id, e.label)),
		h(
			"p",
			{ class: "badges" },
			undoneBadge(e),
			codedBadge(e),
			e.summary ? badge(summaryWords(e)) : null,
			shown.possible.has(e.id) ? badge("Date may lie outside the range") : null,
		),
		undone && putForward(e) ? h("p", { class: "soft" }, putForward(e)) : null,
		parties(e),
		...proposed.map((it) =>
			h("p", { class: "proposes" }, span("Puts forward: ", "soft"), link("v:" + it.id, it.label), " ", undoneBadge(it)),
		),
		evidenceLines(e.evidence),
		...(how.full ? claimsProposing.get(e.id) || [] : []).map((claim) => claimCard(claim, "in")),
		...spoken.map(([verb, id]) => {
			const claim = claims.get(id);
			return claim ? claimCard(claim, verb) : null;
		}),
		more.length ? h("details", { open: how.full }, h("summary", null, "Details"), h("dl", null, ...more)) : null,
		h(
			"button",
			{
				type: "button",
				class: "quiet cite",
				"data-key": "cite-" + e.id,
				"aria-label": t("Cite: {0}", e.label),
				onclick: () => showText(t("Citation"), citation(e)),
			},
			"Cite",
		),
	);
}

/** A claim with its speaker on one side and the denial beside it. @param {Claim} claim @param {string} [verb] */
export function claimCard(claim, verb) {
	const voices = (/** @type {Voice[] | undefined} */ list) => {
		/** @type {Map<string, Voice[]>} */ const by = new Map();
		for (const voice of list || []) file(by, voice.actors.join(), voice);
		return [...by.values()].map((own) =>
			h(
				"p",
				null,
				...actorLinks(own[0].actors),
				...own.map((voice) => h("span", { class: "when" }, link("v:" + voice.event, dateWords(voice.edtf), "soft"))),
			),
		);
	};
	const said = voices(claim.asserted_by);
	const against = [
		...voices(claim.denied_by),
		...(claim.contradicted_by || []).map((id) => {
			const other = claims.get(id);
			return other
				? h(
						"p",
						null,
						...actorLinks(claimants(other)),
						span(` ${t("claims")} (${t(other.status).toLowerCase()}): `, "soft"),
						link("c:" + id, other.label),
					)
				: null;
		}),
	].filter((row) => !!row);
	return h(
		"div",
		{ class: "claim " + (claim.status || "").toLowerCase() },
		h(
			"p",
			{ class: "claim-head" },
			span(
				/** @type {Record<string, string>} */ ({
					denies: "Denies the claim",
					asserts: "Claims",
					in: "Put forward in the claim",
				})[verb || ""] || "Claim",
				"soft",
			),
			statusBadge(claim.status),
		),
		h("p", { class: "title" }, link("c:" + claim.id, claim.label)),
		h(
			"div",
			{ class: "sides" },
			h(
				"div",
				{ class: "says" },
				h("p", { class: "side-name" }, "Said by"),
				...(said.length ? said : claimants(claim).map((id) => h("p", null, actorLink(id)))),
			),
			h(
				"div",
				{ class: "denies" },
				h("p", { class: "side-name" }, "Against it"),
				...(against.length ? against : [h("p", { class: "soft" }, "No denial recorded in these sources.")]),
			),
		),
		evidenceLines(claim.evidence),
	);
}

/** @param {Held} item */
export function heldCard(item) {
	const force = inForce(item, asOf());
	const words = { certain: "certain on {0}", possible: "possible on {0}", no: "not on {0}" }[force];
	return h(
		"article",
		{ class: "card held" },
		h(
			"div",
			{ class: "card-head" },
			h("span", { class: "date" }, capital(item.type_label || "") || WORDS.kind[item.kind]),
			item.kind === "tie" ? null : badge(t(words || "", shortDay(asOf())), "force-" + force),
		),
		h("p", { class: "title" }, link("s:" + item.id, item.label)),
		h("p", { class: "parties" }, ...actorLinks(item.left || []), span(" → ", "to"), ...actorLinks(item.right || [])),
		item.kind === "tie" ? null : h("p", { class: "soft" }, capital(heldWords(item))),
		item.started_by ? h("p", { class: "soft" }, "Began with ", ...eventLinks([item.started_by])) : null,
		item.ended_by ? h("p", { class: "soft" }, "Ended with ", ...eventLinks([item.ended_by])) : null,
		evidenceLines(item.evidence),
	);
}
