// @ts-check
/* The menu of exports. */
import { byId } from "./data.js";
import { showText } from "./dialog.js";
import { h } from "./elements.js";
import { savePng, saveSvg } from "./export.js";
import { saveLayout } from "./layout.js";
import { sparql } from "./sparql.js";
import { t } from "./words.js";

export function buildMenu() {
	const act = (/** @type {string} */ words, /** @type {() => void} */ go) =>
		h(
			"button",
			{
				type: "button",
				onclick: () => {
					toggleMenu(false);
					go();
				},
			},
			words,
		);
	byId("export-menu").replaceChildren(
		act("PNG image", savePng),
		act("SVG drawing", saveSvg),
		act("Print or PDF", () => window.print()),
		h("hr"),
		act("See the SPARQL", () => showText(t("SPARQL of what is shown"), sparql())),
		h("hr"),
		act("Save the layout", saveLayout),
		act("Load a layout", () => byId("layout-file").click()),
	);
}

/** @param {boolean} open */
export function toggleMenu(open) {
	byId("export-menu").hidden = !open;
	byId("export-open").setAttribute("aria-expanded", String(open));
}
