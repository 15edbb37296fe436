// @ts-check
/* Keys that work anywhere on the page. */
import { change } from "./address.js";
import { fitShown, renderer } from "./camera.js";
import { byId } from "./data.js";
import { closeDrawers } from "./drawers.js";
import { toggleMenu } from "./menu.js";
import { closePath, openPath } from "./path.js";
import { state, steps } from "./state.js";
import { endTour, visit } from "./tour.js";

/** @param {KeyboardEvent} e */
export function onKey(e) {
	const target = /** @type {HTMLElement} */ (e.target);
	if (e.key === "Escape") return void escape();
	if (
		!state.keys ||
		e.ctrlKey ||
		e.metaKey ||
		e.altKey ||
		/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
		document.querySelector("dialog[open]")
	)
		return;
	const act = /** @type {Record<string, () => void>} */ ({
		"/": () => byId("query").focus(),
		"?": () => byId("help-open").click(),
		"+": () => renderer.zoom(1.35),
		"=": () => renderer.zoom(1.35),
		"-": () => renderer.zoom(1 / 1.35),
		0: fitShown,
		t: () => change({ view: state.view === "table" ? "network" : "table" }),
		p: () => openPath(),
		e: () => change({ pairs: !state.pairs }),
		n: () => steps.length && visit(state.story + 1),
		b: () => state.story > 1 && visit(state.story - 1),
	})[e.key];
	if (!act) return;
	e.preventDefault();
	act();
}

/** One step back: menu, drawer, choice, path, surroundings. */
function escape() {
	if (!byId("export-menu").hidden) return toggleMenu(false);
	if (state.story) return endTour();
	if (document.body.dataset.drawer) return closeDrawers();
	if (state.sel) return change({ sel: "" }, true);
	if (!byId("path-bar").hidden) return closePath();
	if (state.path.length) return change({ path: [], pick: 0 }, true);
	if (state.ego) change({ ego: "" }, true);
}
