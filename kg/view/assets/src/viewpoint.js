// @ts-check
/* Whose words, and which day: the two questions that change what counts as shown. */
import { change } from "./address.js";
import { name } from "./data.js";
import { h } from "./elements.js";
import { filterUpdates } from "./legend.js";
import { state } from "./state.js";
import { voices } from "./voices.js";
import { plain, t } from "./words.js";

/** Whose words, and which day: the two questions that change what counts as shown. */
export function viewpoint() {
	const speaker = /** @type {HTMLSelectElement} */ (
		h(
			"select",
			{ onchange: () => change({ voice: speaker.value, sel: "" }, true) },
			h("option", { value: "" }, t("everybody")),
			...[...voices]
				.map((id) => [id, name(id)])
				.sort(([, a], [, b]) => (plain(a) < plain(b) ? -1 : 1))
				.map(([id, words]) => h("option", { value: id }, h("bdi", null, words).textContent)),
		)
	);
	const day = /** @type {HTMLInputElement} */ (
		h("input", {
			type: "date",
			onchange: () => change(day.value ? { asof: day.value, held: true } : { asof: "" }, true),
		})
	);
	const clear = h(
		"button",
		{ type: "button", class: "icon", "aria-label": "Any day", onclick: () => change({ asof: "" }, true) },
		"×",
	);
	filterUpdates.push(() => {
		speaker.value = state.voice;
		if (day.value !== state.asof) day.value = state.asof;
		clear.hidden = !state.asof;
	});
	return h(
		"div",
		{ class: "viewpoint" },
		h("label", null, h("span", null, "According to"), speaker),
		h("label", { class: "day" }, h("span", null, "In force and in office on"), day),
		clear,
	);
}
