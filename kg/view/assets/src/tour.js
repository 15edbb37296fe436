// @ts-check
/* The guided tour. */
import { change, fromAddress, remember, takeAsRemembered } from "./address.js";
import { byId, raw } from "./data.js";
import { closeDrawers } from "./drawers.js";
import { h } from "./elements.js";
import { settle } from "./page.js";
import { become, spoken, state, steps } from "./state.js";
import { t } from "./words.js";

/** What the story says, in the language of the page where it says so. @param {Record<string, string>} part @param {string} field */
function told(part, field) {
	const own = part[`${field}_${spoken}`];
	return h("bdi", { lang: own ? spoken : raw.story.language }, own || part[field]);
}
/** Go to a step of the tour: the whole page takes its state; colours, language, keys and pins stay. @param {number} step */
export function visit(step) {
	if (step > steps.length) return endTour();
	const { theme, lang, keys, pins } = state;
	const own = fromAddress(steps[step - 1].state);
	become({ ...own, theme, lang, keys, pins: new Map([...pins, ...own.pins]), story: step });
	closeDrawers();
	settle();
	takeAsRemembered("");
	remember(true);
}

export function endTour() {
	change({ story: 0 }, true);
	byId("tour-open").focus();
}

export function drawTour() {
	const tour = byId("tour"),
		step = steps[state.story - 1];
	tour.hidden = !step;
	if (!step) return void tour.replaceChildren();
	const key = spoken + state.story;
	if (tour.dataset.key === key && tour.firstChild) return;
	const inside = tour.contains(document.activeElement) ? document.activeElement?.getAttribute("data-key") : "";
	tour.dataset.key = key;
	const turn = (/** @type {string} */ words, /** @type {number} */ by, /** @type {string} */ kind) =>
		h(
			"button",
			{
				type: "button",
				class: kind,
				"data-key": "tour" + by,
				disabled: state.story + by < 1,
				onclick: () => visit(state.story + by),
			},
			words,
		);
	const last = state.story === steps.length;
	tour.replaceChildren(
		h(
			"div",
			{ class: "tour-words", "aria-live": "polite" },
			h("p", { class: "soft" }, told(raw.story, "title"), ` · ${t("{0} of {1}", state.story, steps.length)}`),
			h("h2", null, told(step, "title")),
			h("p", null, told(step, "text")),
		),
		h(
			"div",
			{ class: "tour-turn" },
			h(
				"div",
				{ class: "steps", "aria-hidden": "true" },
				...steps.map((_, i) => h("span", { class: i < state.story ? "on" : "" })),
			),
			h(
				"div",
				{ class: "actions" },
				turn("Back", -1, ""),
				turn(last ? "Finish" : "Next", 1, "primary"),
				h("button", { type: "button", class: "icon", "aria-label": "Close the tour", onclick: endTour }, "×"),
			),
		),
	);
	if (inside)
		/** @type {HTMLElement | null} */ (
			tour.querySelector(`[data-key="${inside}"]:not(:disabled)`) || tour.querySelector(".primary")
		)?.focus();
}
