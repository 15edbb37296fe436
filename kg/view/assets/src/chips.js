// @ts-check
/* The active filters in words, each with a way to end it. */
import { change } from "./address.js";
import { byId, name, raw } from "./data.js";
import { shortDay } from "./dates.js";
import { rangeWords } from "./days.js";
import { h } from "./elements.js";
import { initial, state } from "./state.js";
import { count, t } from "./words.js";

export const filtersActive = () =>
	!!(
		state.types.size ||
		state.relations.size ||
		state.facts.size ||
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
	const { types, relations, facts, contested, ego, from, to, undated, voice, certain, asof } = initial();
	change({ types, relations, facts, contested, ego, from, to, undated, voice, certain, asof }, true);
}

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
	const hidden = state.types.size + state.relations.size + state.facts.size;
	if (hidden)
		chips.push([
			t("{0} hidden", count(hidden, "legend entry", "legend entries")),
			() => change({ types: new Set(), relations: new Set(), facts: new Set() }),
		]);
	if (state.pins.size)
		chips.push([t("{0} pinned", count(state.pins.size, "actor")), () => change({ pins: new Map() })]);
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
}
