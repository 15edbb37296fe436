// @ts-check
/* What a reader sees first: how much there is, how to read it, what is contested and what is not done. */
import { putForward, standing } from "./claims.js";
import { DISPUTED, byDate, claims, dated, events, feeds, held, name, sources } from "./data.js";
import { dateWords, dayWords, inForce, shortDay } from "./dates.js";
import { closeDrawers } from "./drawers.js";
import { h, link, span } from "./elements.js";
import { badge, heldWords, statusBadge } from "./evidence.js";
import { lineIcon } from "./figures.js";
import { few, part } from "./parts.js";
import { asOf, shown } from "./shown.js";
import { state } from "./state.js";
import { toldBy } from "./voices.js";
import { WORDS, count, t } from "./words.js";

/** What a reader sees first: how much there is, how to read it, what is contested and what is not done. */
export function overview() {
	const contested = [...claims.values()].filter((claim) => DISPUTED.has(claim.status));
	const undone = [...events.values()].filter((e) => e.factuality !== "Actual" && shown.events.has(e.id)).sort(byDate);
	const from = [...events.values()].filter(dated);
	const span_ = from.length
		? t(
				" between {0} and {1}",
				dayWords(from.reduce((day, e) => Math.min(day, e.lo), Infinity)),
				dayWords(from.reduce((day, e) => Math.max(day, e.hi), -Infinity)),
			)
		: "";
	return [
		h(
			"header",
			{ class: "panel-head" },
			h(
				"div",
				{ class: "panel-title" },
				h("h2", { tabindex: -1 }, "Who did what to whom"),
				h(
					"button",
					{ type: "button", class: "icon close phone-only", "aria-label": "Close", onclick: closeDrawers },
					"×",
				),
			),
		),
		h(
			"p",
			{ class: "lead" },
			t(
				"{0} and {1}{2}, from {3}. Choose an actor or a line to see its evidence.",
				count(events.size, "event"),
				count(claims.size, "claim"),
				span_,
				count(sources.size, "source"),
			),
		),
		h(
			"div",
			{ class: "key" },
			h("p", null, lineIcon("q3"), span("Words of conflict; thicker means more events")),
			h("p", null, lineIcon("q4"), span("Deeds of conflict")),
			h("p", null, lineIcon("q1"), span("Words of cooperation")),
			h("p", null, lineIcon("q2"), span("Deeds of cooperation")),
			h("p", null, lineIcon("q3", true), span("Dashed with ≠: what was said is contested")),
			feeds.size
				? h("p", null, lineIcon("q3 coded"), span("Dotted, hollow arrow: from feeds only, not checked"))
				: null,
		),
		...viewpointParts(),
		part(
			"Contested claims",
			few(contested, (claim) =>
				h(
					"div",
					{ class: "brief" },
					link("c:" + claim.id, claim.label),
					h("p", { class: "soft" }, statusBadge(claim.status), standing(claim).replace(/^[^,]+, /, "")),
				),
			),
			"claims",
		),
		part(
			"Not reported as done",
			few(undone, (e) =>
				h(
					"div",
					{ class: "brief" },
					link("v:" + e.id, e.label),
					h(
						"p",
						{ class: "soft" },
						badge(e.factuality, "undone"),
						[dateWords(e.edtf), putForward(e)].filter(Boolean).join("; "),
					),
				),
			),
			"undone",
		),
		part(
			"Sources",
			few([...sources], ([id, words]) => h("p", { class: "source" }, h("bdi", null, words || id))),
			"sources",
		),
	];
}

/** What somebody asserts and denies; what was in force and in office on the day asked for. */
function viewpointParts() {
	const brief = (/** @type {Claim} */ claim) =>
		h(
			"div",
			{ class: "brief" },
			link("c:" + claim.id, claim.label),
			h("p", { class: "soft" }, statusBadge(claim.status), standing(claim).replace(/^[^,]+, /, "")),
		);
	const own = state.voice ? toldBy(state.voice) : null;
	const days = state.asof ? [...held.values()].filter((item) => item.kind !== "tie" && shown.states.has(item.id)) : [];
	const on = (/** @type {string} */ force) => days.filter((item) => inForce(item, asOf()) === force);
	const row = (/** @type {Held} */ item) =>
		h(
			"div",
			{ class: "brief" },
			link("s:" + item.id, item.label),
			h("p", { class: "soft" }, t(WORDS.kind[item.kind]), ": ", heldWords(item)),
		);
	return [
		own && part(t("What {0} asserts", name(state.voice)), own.asserted.map(brief), "asserts"),
		own && part(t("What {0} denies", name(state.voice)), own.denied.map(brief), "denies"),
		own && !own.asserted.length && !own.denied.length
			? h("p", { class: "soft" }, "No claim is made or denied in this voice.")
			: null,
		part(t("Certain on {0}", shortDay(asOf())), on("certain").map(row), "certain"),
		part(
			t("Possible on {0}", shortDay(asOf())),
			on("possible").map(row),
			"possible",
			"Beginning or end is known too vaguely to be sure.",
		),
	];
}
