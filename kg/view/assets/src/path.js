// @ts-check
/* The path between two actors: the question, and the panel that answers it. */
import { change } from "./address.js";
import { keepCamera, renderer } from "./camera.js";
import { eventCard, heldCard } from "./cards.js";
import { actors, byDate, byId, degree, disputed, events, family, held, name } from "./data.js";
import { closeDrawers, openDrawer } from "./drawers.js";
import { actorLink, h, span } from "./elements.js";
import { figureIcon, lineIcon } from "./figures.js";
import { heading } from "./parts.js";
import { currentPath, paths } from "./routes.js";
import { found } from "./search.js";
import { shown } from "./shown.js";
import { state } from "./state.js";
import { count, plain, t } from "./words.js";

export function pathPanel() {
	const all = paths(state.path[0], state.path[1]);
	const title = t("{0} to {1}", name(state.path[0]), name(state.path[1]));
	if (!all.length)
		return [
			heading(title, "No path among what is shown."),
			h("p", { class: "soft" }, "Widen the filters or the time range, or turn on offices and ties."),
		];
	const pick = state.pick % all.length,
		{ ids, steps } = all[pick];
	const turn = (/** @type {number} */ by) => change({ pick: (pick + by + all.length) % all.length });
	return [
		heading(title, [
			count(steps.length, "step"),
			all.length > 1 ? ", " + t("path {0} of {1} of this length", pick + 1, all.length) : "",
		]),
		all.length > 1
			? h(
					"div",
					{ class: "actions" },
					h("button", { type: "button", "data-key": "path-back", onclick: () => turn(-1) }, "Previous"),
					h("button", { type: "button", "data-key": "path-next", onclick: () => turn(1) }, "Next"),
				)
			: null,
		h(
			"ol",
			{ class: "route", "aria-label": "The path" },
			...ids.map((id) => h("li", null, figureIcon(actors.get(id)?.type || "", 16), actorLink(id))),
		),
		h("p", { class: "soft remark" }, "Arrows show who acts. A path is not evidence that its ends know each other."),
		...steps.map((group, i) => {
			const live = [...new Set(group.flatMap((e) => shown.edges.get(e) || []))];
			return h(
				"section",
				{ class: "part step" },
				h("h3", null, `${i + 1}. ${name(ids[i])} – ${name(ids[i + 1])}`),
				...group.map((e) =>
					h(
						"p",
						{ class: "step-line" },
						lineIcon(family(e), disputed(e)),
						span(
							`${name(e.from)} ${e.symmetric ? t("and") : ""} ${e.symmetric ? name(e.to) + " " + e.label : e.label + " " + name(e.to)}`.replace(
								/ +/g,
								" ",
							),
						),
					),
				),
				...live
					.flatMap((id) => events.get(id) || [])
					.sort(byDate)
					.map((e) => eventCard(e)),
				...live.flatMap((id) => held.get(id) || []).map(heldCard),
			);
		}),
	];
}

export function buildPathBar() {
	const bar = /** @type {HTMLFormElement} */ (byId("path-bar"));
	const options = h("datalist", { id: "actor-names" });
	/** Names to choose from, made when they are asked for. */
	const offer = () => {
		if (options.firstChild) return;
		const all = [...actors.values()].sort((a, b) => degree(b.id) - degree(a.id)).slice(0, 2000);
		options.append(
			...all
				.map((a) => a.label)
				.sort()
				.map((words) => h("option", { value: words })),
		);
	};
	bar.addEventListener("focusin", offer);
	const field = (/** @type {string} */ id, /** @type {string} */ words) =>
		h("label", null, span(words), h("input", { id, list: "actor-names", autocomplete: "off", placeholder: "actor" }));
	const note = h("span", { class: "soft", id: "path-note", role: "status" });
	bar.replaceChildren(
		options,
		field("path-from", "From"),
		field("path-to", "to"),
		h("button", { type: "submit", class: "primary" }, "Find path"),
		h(
			"button",
			{ type: "button", class: "icon", "aria-label": "Close the path search", onclick: () => closePath() },
			"×",
		),
		note,
	);
	bar.onsubmit = (e) => {
		e.preventDefault();
		const ends = ["path-from", "path-to"].map((id) => actorNamed(/** @type {HTMLInputElement} */ (byId(id)).value));
		if (!ends[0] || !ends[1] || ends[0] === ends[1]) {
			note.textContent = t(
				ends[0] && ends[0] === ends[1] ? "Choose two different actors." : "No such actor. Choose two from the list.",
			);
			return;
		}
		note.textContent = "";
		change({ path: /** @type {string[]} */ (ends), pick: 0, sel: "", view: "network" }, true);
		openDrawer("panel", true);
		const path = currentPath();
		if (path) {
			renderer.fit(path.ids);
			keepCamera(true);
		}
	};
}

/** @param {string} text */
function actorNamed(text) {
	const exact = [...actors.values()].find((a) => plain(a.label) === plain(text.trim()));
	return (
		exact?.id ||
		found(text)
			.find((hit) => hit.sel.startsWith("n:"))
			?.sel.slice(2) ||
		""
	);
}

/** @param {string} [from] */
export function openPath(from) {
	closeDrawers();
	byId("path-bar").hidden = false;
	byId("path-open").setAttribute("aria-expanded", "true");
	const [a, b] = ["path-from", "path-to"].map((id) => /** @type {HTMLInputElement} */ (byId(id)));
	if (from) [a.value, b.value] = [from, ""];
	(a.value ? b : a).focus();
}

export function closePath() {
	byId("path-bar").hidden = true;
	byId("path-open").setAttribute("aria-expanded", "false");
	if (state.path.length) change({ path: [], pick: 0 }, true);
	byId("path-open").focus();
}
