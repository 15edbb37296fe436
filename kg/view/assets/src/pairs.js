// @ts-check
/* The chart of pairs. */
import { change, choose } from "./address.js";
import { byId, name } from "./data.js";
import { bins } from "./days.js";
import { h } from "./elements.js";
import { laneChart, laneCounts, lanes } from "./lanes.js";
import { spoken, state } from "./state.js";
import { t } from "./words.js";

let pairsKey = "";
/** Draw the chart anew even if nothing has changed. */
export const forgetPairs = () => (pairsKey = "");

/** Cooperation above the line, conflict below; a block is as wide as its date is vague. */
export function drawPairs() {
	const section = byId("pairs"),
		open = state.pairs && bins.length > 0;
	section.hidden = !open;
	if (!open) return void (pairsKey = "");
	const track = document.querySelector("#time .track");
	const width = Math.max(160, Math.round((track || section).clientWidth || 600));
	const all = lanes();
	const key = [spoken, width, state.sel, ...all.map((lane) => lane.key + lane.list.map((e) => e.id).join())].join("\n");
	if (key === pairsKey) return;
	pairsKey = key;
	const spot = section.contains(document.activeElement) ? document.activeElement : null;
	const again = spot && ["data-sel", "data-key"].map((at) => [at, spot.getAttribute(at)]).find(([, value]) => value);
	const seen = all.slice(0, 30);
	section.replaceChildren(
		h(
			"div",
			{ class: "pairs-head" },
			h("h2", null, "Events of each pair"),
			h(
				"p",
				{ class: "soft" },
				"Cooperation above the line, conflict below; a block is as wide as its date is vague. Only what is reported as done, summaries left out.",
			),
			h(
				"button",
				{
					type: "button",
					class: "icon close",
					"aria-label": "Close the chart of pairs",
					onclick: () => change({ pairs: false }),
				},
				"×",
			),
		),
		...seen.map((lane) => {
			const [up, down, loose] = laneCounts(lane);
			const sel = "p:" + lane.key;
			return h(
				"div",
				{ class: "pair" + (state.sel === sel ? " chosen" : "") },
				h(
					"button",
					{
						type: "button",
						class: "link",
						"data-key": sel,
						"aria-pressed": state.sel === sel,
						onclick: () => choose(state.sel === sel ? "" : sel),
					},
					h("bdi", null, name(lane.ends[0])),
					" – ",
					h("bdi", null, name(lane.ends[1])),
				),
				laneChart(lane, width),
				h(
					"p",
					{ class: "soft" },
					h("span", { class: "up" }, up),
					" · ",
					h("span", { class: "down" }, down),
					loose ? " · " + loose : null,
				),
			);
		}),
		all.length > seen.length
			? h("p", { class: "soft" }, t("{0} more pairs: choose an actor to see its own.", all.length - seen.length))
			: "",
		all.length ? "" : h("p", { class: "soft" }, "No event between two of the actors shown."),
	);
	if (again)
		/** @type {HTMLElement | null} */ (section.querySelector(`[${again[0]}="${CSS.escape(String(again[1]))}"]`))?.focus(
			{ preventScroll: true },
		);
}

export function buildPairs() {
	const section = byId("pairs");
	section.addEventListener("click", (e) => {
		const sel = /** @type {Element} */ (e.target).closest(".block")?.getAttribute("data-sel");
		if (sel) choose(sel);
	});
	section.addEventListener("keydown", (e) => {
		const here = /** @type {Element} */ (e.target),
			row = here.closest("svg.lane");
		if (!row || e.ctrlKey || e.metaKey || e.altKey) return;
		const blocks = [...row.querySelectorAll(".block")],
			now = blocks.indexOf(here);
		const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: blocks.length - 1 }[e.key];
		if (e.key === "Enter" || e.key === " ") choose(here.getAttribute("data-sel") || "");
		else if (next !== undefined && blocks[next]) {
			here.setAttribute("tabindex", "-1");
			blocks[next].setAttribute("tabindex", "0");
			/** @type {SVGElement} */ (blocks[next]).focus();
		} else return;
		e.preventDefault();
		e.stopPropagation();
	});
}
