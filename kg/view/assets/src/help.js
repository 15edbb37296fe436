// @ts-check
/* How to read and use the page. */
import { change } from "./address.js";
import { byId } from "./data.js";
import { h } from "./elements.js";
import { state } from "./state.js";
import { STANDING, t } from "./words.js";

export function buildHelp() {
	const dialog = /** @type {HTMLDialogElement} */ (byId("help"));
	const box = /** @type {HTMLInputElement} */ (
		h("input", { type: "checkbox", onchange: () => change({ keys: box.checked }) })
	);
	const rows = (/** @type {[string, string][]} */ list) =>
		h(
			"dl",
			{ class: "keys" },
			...list.map(([key, words]) =>
				h("div", null, h("dt", null, ...key.split(" ").map((one) => h("kbd", null, one))), h("dd", null, words)),
			),
		);
	dialog.replaceChildren(
		h(
			"div",
			{ class: "side-head" },
			h("h2", null, "How to read and use this page"),
			h("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => dialog.close() }, "×"),
		),
		h(
			"div",
			{ class: "columns" },
			h(
				"section",
				null,
				h("h3", null, "Reading"),
				h(
					"p",
					null,
					"A line is drawn when at least one event is reported as having happened. Its arrow points from who acts to whom it is done; its width grows with the number of events. Parallel lines of one kind are folded into one line with a number; choose it to unfold them.",
				),
				h(
					"p",
					null,
					"Cool colours are cooperation, warm colours conflict; light is words, strong is deeds; bars are dotted for cooperation, so that no colour is needed. A dashed line with ≠ means that what was said is contested: the claim and its denial stand side by side in the panel.",
				),
				h(
					"p",
					null,
					"What is planned, promised, threatened or alleged is never drawn. It is listed under “Not reported as done”, in the panel and in the table.",
				),
				h(
					"p",
					null,
					"Dates are shown as precisely as the source supports. An event whose date may lie outside the chosen range is kept and marked. Bars spread a vague date over the days it may mean.",
				),
				h("p", null, t(STANDING), " ", t("This is a research tool, not compliance screening.")),
				h("p", null, t("This page holds no code of others and asks the network for nothing.")),
			),
			h(
				"section",
				null,
				h("h3", null, "Keys"),
				rows([
					["/", "search"],
					["Tab", "go through the page; the network is one stop"],
					["← ↑ → ↓", "in the network: to the neighbour in that direction"],
					["Shift →", "the next relation of the actor"],
					["Enter", "show the evidence"],
					["Home", "the actor with most relations"],
					["Esc", "close, then clear the choice, path and surroundings"],
					["+ − 0", "zoom in, out, fit"],
					["t", "table or network"],
					["p", "path"],
					["e", "events of each pair"],
					["n b", "guided tour: next, back"],
					["?", "this page"],
				]),
				h("label", { class: "row" }, box, h("span", { class: "words" }, "Single-key shortcuts")),
				h("h3", null, "Keeping"),
				h(
					"p",
					null,
					"The address holds everything you see: copy it to come back or to share. Drag an actor to pin it.",
				),
			),
		),
	);
	byId("help-open").onclick = () => {
		box.checked = state.keys;
		dialog.showModal();
	};
}
