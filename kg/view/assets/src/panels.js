// @ts-check
/* What the panel says of an actor, a relation, an event, a claim. */
import { change } from "./address.js";
import { fitShown } from "./camera.js";
import { claimCard, eventCard, heldCard } from "./cards.js";
import { standing } from "./claims.js";
import {
	byDate,
	cited,
	claims,
	claimsOfActor,
	disputed,
	events,
	eventsWith,
	held,
	heldOfActor,
	name,
	typeWords,
} from "./data.js";
import { actorLink, actorLinks, h, span } from "./elements.js";
import { eventLinks, fact, passageRows, statusBadge } from "./evidence.js";
import { figureIcon } from "./figures.js";
import { overview } from "./overview.js";
import { eventParts, heading, jumps, part } from "./parts.js";
import { openPath } from "./path.js";
import { shown } from "./shown.js";
import { state } from "./state.js";
import { edgesOfKey } from "./strands.js";
import { voices } from "./voices.js";
import { WORDS, capital, count, listed, t } from "./words.js";

/** @param {Actor} actor */
export function actorPanel(actor) {
	const others = (actor.tags || []).filter(([, text]) => text !== actor.label).map(([tag, text]) => `${text} (${tag})`);
	const linked = [...shown.edges.keys()].filter((e) => e.from === actor.id || e.to === actor.id).length;
	const states = (heldOfActor.get(actor.id) || [])
		.slice()
		.sort((a, b) => (a.kind + a.label < b.kind + b.label ? -1 : 1));
	const stated = claimsOfActor.get(actor.id) || [];
	const parts = [...eventParts(eventsWith(actor.id))];
	parts.splice(
		2,
		0,
		part(
			"Claims",
			stated.map((claim) => claimCard(claim)),
			"claims",
		),
		part("In force and in office", states.map(heldCard), "held"),
	);
	return [
		heading(
			actor.label,
			[capital(typeWords(actor)), " · " + t("{0} shown", count(linked, "relation"))],
			figureIcon(actor.type, 24),
		),
		actor.description ? h("p", { class: "description" }, h("bdi", null, actor.description)) : null,
		h(
			"dl",
			{ class: "facts" },
			fact(
				"Also",
				[...others, ...(actor.aliases || [])].length
					? [h("bdi", null, [...others, ...(actor.aliases || [])].join(", "))]
					: [],
			),
			fact("Part of", actorLinks(actor.part_of || [])),
			fact("Wikidata", wikidata(actor.wikidata || "")),
			fact(
				"First named",
				(actor.mentions || [])
					.slice(0, 1)
					.map((i) => span(cited[i] ? `${name(cited[i][5])}, ${t("paragraph")} ${cited[i][1]}` : "")),
			),
		),
		actorActions(actor),
		jumps(parts),
		...parts,
	];
}

/** @param {string} text */
function wikidata(text) {
	const q = /Q[1-9]\d*$/.exec(text);
	return q
		? [h("a", { href: "https://www.wikidata.org/wiki/" + q[0], target: "_blank", rel: "noopener noreferrer" }, q[0])]
		: [];
}

/** @param {Actor} actor */
function actorActions(actor) {
	const here = state.ego === actor.id;
	return h(
		"div",
		{ class: "actions" },
		h(
			"div",
			{ class: "switch", role: "group", "aria-label": "Show only what surrounds this actor" },
			h("span", { class: "switch-name" }, "Around"),
			...[1, 2, 3].map((depth) =>
				h(
					"button",
					{
						type: "button",
						"data-key": "ego" + depth,
						"aria-pressed": here && state.depth === depth,
						"aria-label": t("{0} around", count(depth, "step")),
						onclick: () => {
							change(here && state.depth === depth ? { ego: "" } : { ego: actor.id, depth }, true);
							fitShown();
						},
					},
					depth,
				),
			),
		),
		h("button", { type: "button", "data-key": "path-from", onclick: () => openPath(actor.label) }, "Path from here"),
		voices.has(actor.id)
			? h(
					"button",
					{
						type: "button",
						"data-key": "voice",
						"aria-pressed": state.voice === actor.id,
						onclick: () => change({ voice: state.voice === actor.id ? "" : actor.id }, true),
					},
					"In this voice",
				)
			: null,
		state.pins.has(actor.id)
			? h(
					"button",
					{
						type: "button",
						"data-key": "unpin",
						onclick: () => {
							const pins = new Map(state.pins);
							pins.delete(actor.id);
							change({ pins });
						},
					},
					"Unpin",
				)
			: null,
	);
}

/** @param {string} key */
export function edgePanel(key) {
	const group = edgesOfKey(key);
	if (!group.length) return overview();
	const [first] = group;
	const explained = [...new Set(group.flatMap((e) => e.because || []))];
	const states = explained.flatMap((id) => held.get(id) || []);
	const happened = explained.flatMap((id) => events.get(id) || []);
	const parts = eventParts(happened);
	return [
		heading(`${name(first.from)} ${first.symmetric || key.startsWith("p:") ? "↔" : "→"} ${name(first.to)}`, [
			listed([...new Set(group.map((e) => e.label))]),
			happened.length ? ` · ${count(happened.length, "event")}` : "",
			" ",
			group.some(disputed) ? statusBadge("Contested") : "",
		]),
		h("p", { class: "links" }, actorLink(first.from), span(" and ", "soft"), actorLink(first.to)),
		group.some(disputed)
			? h("p", { class: "soft remark" }, "That it was said is reported; what was said is contested.")
			: null,
		...states.map(heldCard),
		...parts,
	];
}

/** @param {Happening} e */
export const eventPanel = (e) => [
	heading(e.label, [
		capital(e.class_label),
		e.factuality === "Actual" ? "" : ` · ${t(WORDS.factuality[e.factuality] || e.factuality)}`,
	]),
	eventCard(e, { full: true }),
	part(
		"In reply",
		(e.answered_by || []).flatMap((id) => events.get(id) || []).map((it) => eventCard(it)),
		"answers",
	),
	part(
		"In response to",
		(e.responds_to || []).flatMap((id) => events.get(id) || []).map((it) => eventCard(it)),
		"causes",
	),
];

/** @param {Claim} claim */
export function claimPanel(claim) {
	const speech = [...new Set([...(claim.asserted_by || []), ...(claim.denied_by || [])].map((voice) => voice.event))];
	return [
		heading(t("Claim"), [standing(claim)]),
		claimCard(claim),
		h(
			"dl",
			{ class: "facts" },
			fact("About", actorLinks(claim.about || [])),
			fact("What it alleges", eventLinks(claim.proposes)),
			fact("Passages", passageRows(claim.evidence)),
		),
		part(
			"Speech acts",
			speech
				.flatMap((id) => events.get(id) || [])
				.sort(byDate)
				.map((e) => eventCard(e)),
			"events",
		),
		part(
			"Contradicting claims",
			(claim.contradicted_by || []).flatMap((id) => claims.get(id) || []).map((c) => claimCard(c)),
			"claims",
		),
	];
}
