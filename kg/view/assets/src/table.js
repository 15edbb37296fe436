// @ts-check
/* The table with the same rows. */
import { change } from "./address.js";
import { byId, name } from "./data.js";
import { actorLinks, h, link, span } from "./elements.js";
import { COLUMNS, sortedRows } from "./rows.js";
import { shown } from "./shown.js";
import { spoken, state } from "./state.js";
import { swatch } from "./surfaces.js";
import { count, listed, t } from "./words.js";

/** @param {boolean} live  with buttons, or for paper */
export function tableOf(live) {
	const all = sortedRows(),
		rows = live ? all.slice(0, tableMost) : all.slice(0, 5000),
		down = state.sort.startsWith("-"),
		key = state.sort.replace("-", "");
	const people = (/** @type {string[]} */ ids) => (live ? actorLinks(ids) : [h("bdi", null, listed(ids.map(name)))]);
	return h(
		"table",
		null,
		h(
			"caption",
			null,
			t(
				state.held || state.asof
					? "{0}: every event, office, measure and tie that the filters leave. Rows in italics are not reported as done."
					: "{0}: every event that the filters leave. Rows in italics are not reported as done.",
				count(all.length, "row"),
			),
		),
		h(
			"thead",
			null,
			h(
				"tr",
				null,
				...COLUMNS.map(([column, words]) =>
					h(
						"th",
						{ scope: "col", "aria-sort": live && column === key ? (down ? "descending" : "ascending") : null },
						live
							? h(
									"button",
									{
										type: "button",
										"data-key": "sort-" + column,
										onclick: () => change({ sort: column === key && !down ? "-" + column : column }),
									},
									words,
									span(column === key ? (down ? " ↓" : " ↑") : "", "arrow"),
								)
							: words,
					),
				),
			),
		),
		h(
			"tbody",
			null,
			...rows.map((row) =>
				h(
					"tr",
					{
						class: [row.undone ? "undone" : "", live && row.sel === state.sel ? "chosen" : ""].join(" "),
						"data-sel": row.sel,
					},
					h("td", { class: "when" }, row.date),
					h("td", null, ...people(row.who)),
					h("td", null, span([swatch(row.quad), row.what], "what")),
					h("td", null, ...people(row.whom)),
					h("td", null, live ? link(row.sel, row.title) : h("bdi", null, row.title)),
					h("td", { class: "standing-cell" }, row.standing),
					h("td", { class: "soft" }, row.reported),
				),
			),
		),
	);
}

let tableKey = "",
	tableMost = 500;
/** Draw the table anew even if nothing has changed. */
export const forgetTable = () => (tableKey = "");

export function drawTable() {
	const host = byId("table"),
		on = state.view === "table";
	host.hidden = !on;
	byId("stage").hidden = on;
	document.body.classList.toggle("wide", on && !state.sel && !state.path.length);
	byId("view-table").setAttribute("aria-pressed", String(on));
	byId("view-network").setAttribute("aria-pressed", String(!on));
	if (!on) return;
	const key = [
		spoken,
		state.asof,
		state.certain,
		state.sort,
		state.sel,
		state.from,
		state.to,
		[...shown.events].join(),
		[...shown.states].join(),
	].join("\n");
	if (key === tableKey) return;
	tableKey = key;
	const spot = host.contains(document.activeElement) ? document.activeElement : null;
	const again = spot?.getAttribute("data-key"),
		row = spot?.closest("tr")?.getAttribute("data-sel");
	const left = shown.events.size + shown.states.size - tableMost;
	host.replaceChildren(
		tableOf(true),
		left > 0
			? h(
					"button",
					{
						type: "button",
						"data-key": "more",
						onclick: () => {
							tableMost += 500;
							tableKey = "";
							drawTable();
						},
					},
					"Show more",
					span(` (${left})`),
				)
			: "",
	);
	if (again)
		/** @type {HTMLElement | null} */ (
			host.querySelector(
				row
					? `tr[data-sel="${CSS.escape(row)}"] [data-key="${CSS.escape(again)}"]`
					: `[data-key="${CSS.escape(again)}"]`,
			)
		)?.focus({ preventScroll: true });
}
