// @ts-check
/* The parts of a panel: its heading, lists that unfold, jump links. */
import { change } from "./address.js";
import { eventCard } from "./cards.js";
import { byDate } from "./data.js";
import { calmly } from "./descriptions.js";
import { closeDrawers } from "./drawers.js";
import { h, span, tagOf } from "./elements.js";
import { shown } from "./shown.js";
import { state } from "./state.js";
import { count, t } from "./words.js";

/** @param {string} title @param {(Node | null)[]} items @param {string} key @param {string} [remark] */
export function part(title, items, key, remark) {
	if (!items.length) return null;
	return h(
		"section",
		{ class: "part", "data-part": key },
		h("h3", null, title, h("span", { class: "n" }, /** @type {any} */ (items).total || items.length)),
		remark ? h("p", { class: "soft remark" }, remark) : null,
		...items,
	);
}

/** The first of many, built; the others when asked for. @template T @param {T[]} list @param {(item: T) => Node} build @param {number} [most] @returns {Node[]} */
export function few(list, build, most = 60) {
	const nodes = list.slice(0, most).map((item) => build(item));
	if (list.length > most) {
		const more = h(
			"button",
			{
				type: "button",
				class: "quiet",
				onclick: () => {
					const next = few(list.slice(most), build, most * 2);
					more.replaceWith(...next);
					/** @type {HTMLElement | null} */ (
						next[0] instanceof Element ? next[0].querySelector("button, summary") : null
					)?.focus();
				},
			},
			"Show more",
			span(` (${list.length - most})`),
		);
		nodes.push(more);
	}
	return Object.assign(nodes, { total: list.length });
}

/** @param {Happening[]} list */
export function eventParts(list) {
	const open = list.filter((e) => shown.events.has(e.id)).sort(byDate);
	const hidden = list.filter((e) => !shown.events.has(e.id)).sort(byDate);
	return [
		part(
			"What happened",
			few(
				open.filter((e) => e.factuality === "Actual"),
				(e) => eventCard(e),
			),
			"events",
		),
		part(
			"Not reported as done",
			few(
				open.filter((e) => e.factuality !== "Actual"),
				(e) => eventCard(e),
			),
			"undone",
			"Planned, promised, threatened or alleged. These are never drawn as relations.",
		),
		hidden.length
			? h(
					"details",
					{ class: "hidden-events" },
					h("summary", null, t("{0} hidden by the filters", count(hidden.length, "event"))),
					...few(hidden, (e) => eventCard(e)),
				)
			: null,
	];
}

/** @param {string} title @param {Child | Child[]} sub @param {Node | null} [icon] */
export const heading = (title, sub, icon) =>
	h(
		"header",
		{ class: "panel-head" },
		h(
			"div",
			{ class: "panel-title" },
			icon || null,
			h("h2", { tabindex: -1 }, h("bdi", { lang: title === t("Claim") ? null : tagOf(state.sel) }, title)),
			h(
				"button",
				{
					type: "button",
					class: "icon close",
					"aria-label": "Close",
					onclick: () => {
						change(state.sel ? { sel: "" } : { path: [], pick: 0 }, true);
						closeDrawers();
					},
				},
				"×",
			),
		),
		h("p", { class: "sub" }, sub),
	);

/** Jump links to the parts of a long panel. @param {(Element | null)[]} parts */
export function jumps(parts) {
	const real = parts.filter((item) => !!item && item.hasAttribute("data-part"));
	if (real.length < 2) return null;
	return h(
		"nav",
		{ class: "jumps", "aria-label": "In this panel" },
		...real.map((item) =>
			h(
				"button",
				{
					type: "button",
					onclick: () => item?.scrollIntoView({ behavior: calmly.matches ? "auto" : "smooth", block: "start" }),
				},
				item?.querySelector("h3")?.firstChild?.textContent || "",
				h("span", { class: "n" }, item?.querySelector("h3 .n")?.textContent || ""),
			),
		),
	);
}
