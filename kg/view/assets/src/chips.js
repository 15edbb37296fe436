// @ts-check
/* The active filters in words, each with a way to end it. */
import { change } from "./address.js";
import { renderer } from "./camera.js";
import { byId, name, raw } from "./data.js";
import { shortDay } from "./dates.js";
import { rangeWords } from "./days.js";
import { h } from "./elements.js";
import { initial, spoken, state } from "./state.js";
import { count, t } from "./words.js";

export const filtersActive = () =>
	!!(
		state.types.size ||
		state.relations.size ||
		state.facts.size ||
		state.feeds.size ||
		state.contested ||
		state.ego ||
		state.from ||
		state.to ||
		state.voice ||
		state.certain ||
		state.asof !== raw.asof ||
		!state.undated
	);

export function resetFilters() {
	const { types, relations, facts, feeds, contested, ego, from, to, undated, voice, certain, asof } = initial();
	change({ types, relations, facts, feeds, contested, ego, from, to, undated, voice, certain, asof }, true);
}

let drawnChips = "";
/** The active filters in words, each with a way to end it. */
export function drawChips() {
	/** @type {[string, () => void][]} */ const chips = [];
	if (state.ego)
		chips.push([t("Around {0}, depth {1}", name(state.ego), state.depth), () => change({ ego: "" }, true)]);
	if (state.path.length)
		chips.push([
			`${t("Path")} ${name(state.path[0])} → ${name(state.path[1])}`,
			() => change({ path: [], pick: 0 }, true),
		]);
	if (state.voice) chips.push([t("According to {0}", name(state.voice)), () => change({ voice: "" }, true)]);
	if (state.asof) chips.push([t("As of {0}", shortDay(state.asof)), () => change({ asof: "" }, true)]);
	if (state.certain) chips.push([t("Only what is certain"), () => change({ certain: false })]);
	if (state.contested) chips.push([t("Contested only"), () => change({ contested: false })]);
	if (state.from || state.to) chips.push([rangeWords(), () => change({ from: "", to: "" })]);
	if (!state.undated) chips.push([t("Dated events only"), () => change({ undated: true })]);
	const hidden = state.types.size + state.relations.size + state.facts.size + state.feeds.size;
	if (hidden)
		chips.push([
			t("{0} hidden", count(hidden, "legend entry", "legend entries")),
			() => change({ types: new Set(), relations: new Set(), facts: new Set(), feeds: new Set() }),
		]);
	if (state.pins.size)
		chips.push([t("{0} pinned", count(state.pins.size, "actor")), () => change({ pins: new Map() })]);
	const key = [spoken, ...chips.map(([words]) => words)].join("\n");
	if (key === drawnChips) return;
	drawnChips = key;
	byId("chips").replaceChildren(
		...chips.map(([words, end]) =>
			h(
				"button",
				{ type: "button", class: "chip", "aria-label": t("End: {0}", words), onclick: end },
				h("bdi", null, words),
				h("span", { "aria-hidden": "true" }, "×"),
			),
		),
	);
	reserveChips();
}
/** Labels keep away from the chips, which lie over the picture. */
export function reserveChips() {
	const stage = byId("stage").getBoundingClientRect();
	renderer.reserve(
		[...byId("chips").children].map((chip) => {
			const box = chip.getBoundingClientRect();
			return [box.left - stage.left, box.top - stage.top, box.right - stage.left, box.bottom - stage.top];
		}),
	);
}
