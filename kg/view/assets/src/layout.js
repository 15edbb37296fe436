// @ts-check
/* Places of actors, kept in a file. */
import { change } from "./address.js";
import { fitShown } from "./camera.js";
import { actors, byId, raw } from "./data.js";
import { showText } from "./dialog.js";
import { save } from "./download.js";
import { state } from "./state.js";
import { t } from "./words.js";

/** Keep where the actors stand, for another page or another day. */
export function saveLayout() {
	const places = [...actors.values()].map((a) => [a.id, (state.pins.get(a.id) || [a.x, a.y]).map(Math.round)]);
	const layout = {
		format: "diplokg-layout",
		version: 1,
		title: raw.title,
		places,
		pins: [...state.pins.keys()].sort(),
	};
	save(new Blob([JSON.stringify(layout, null, 1) + "\n"], { type: "application/json" }), "layout.json");
}

/** Who stands elsewhere in the file than here is pinned there; actors that are not here are passed over. */
export async function loadLayout() {
	const input = /** @type {HTMLInputElement} */ (byId("layout-file"));
	const chosen = input.files?.[0];
	input.value = "";
	if (!chosen) return;
	/** @type {Map<string, [number, number]>} */ const pins = new Map();
	try {
		const layout = JSON.parse(await chosen.text());
		if (layout.format !== "diplokg-layout") throw new TypeError("another format");
		const kept = new Set(layout.pins);
		for (const [id, [x, y]] of layout.places) {
			const actor = actors.get(id);
			if (!actor || !Number.isFinite(x) || !Number.isFinite(y) || Math.abs(x) + Math.abs(y) > 1e6) continue;
			if (kept.has(id) || Math.hypot(actor.x - x, actor.y - y) > 1) pins.set(id, [Math.round(x), Math.round(y)]);
		}
	} catch {
		byId("live").textContent = t("This file holds no layout.");
		return showText(t("Layout"), t("This file holds no layout."));
	}
	change({ pins }, true);
	fitShown();
}
