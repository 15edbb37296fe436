// @ts-check
/* Everything together: a change derives what is shown, draws it and writes the address. */
import { address, change, choose, fromAddress, isRemembered, remember, takeAsRemembered } from "./address.js";
import { cameraMoved, drawWith, fitShown, keepCamera, renderer } from "./camera.js";
import { drawChips, reserveChips } from "./chips.js";
import { actors, byId, events, name } from "./data.js";
import { bins } from "./days.js";
import { strandWords } from "./descriptions.js";
import { closeDrawers, drawTheme, isDark, openDrawer, systemDark } from "./drawers.js";
import { h, put, s } from "./elements.js";
import { closeUp, emphasis, unfolded } from "./emphasis.js";
import { preparePrint } from "./export.js";
import { countFacets, tally } from "./facets.js";
import { onKey } from "./keys.js";
import { build } from "./language.js";
import { loadLayout } from "./layout.js";
import { filterUpdates } from "./legend.js";
import { toggleMenu } from "./menu.js";
import { buildPairs, drawPairs } from "./pairs.js";
import { drawPanel, forgetPanel, panelShows, panelSoon } from "./panel.js";
import { closePath, openPath } from "./path.js";
import { rehearse } from "./rehearsal.js";
import { buildSearch } from "./search.js";
import { derive, large, show, shown } from "./shown.js";
import { become, pairs, spoken, state, steps, tongue } from "./state.js";
import { strandsOf } from "./strands.js";
import { surfaces } from "./surfaces.js";
import { svgRenderer } from "./svg.js";
import { drawTable, forgetTable } from "./table.js";
import { drawTime } from "./time.js";
import { drawTour, endTour, visit } from "./tour.js";
import { count, t } from "./words.js";

function drawTools() {
	const lang = byId("lang"),
		spanish = tongue() === "es";
	put(lang, spanish ? "EN" : "ES");
	lang.lang = spanish ? "en" : "es";
	lang.setAttribute("aria-label", spanish ? "EN: English" : "ES: Español");
	byId("pairs-open").setAttribute("aria-pressed", String(state.pairs));
	byId("pairs-open").hidden = !bins.length || !pairs.size;
	byId("tour-open").setAttribute("aria-pressed", String(state.story > 0));
	byId("tour-open").hidden = !steps.length;
}

let announced = "";
export function refresh() {
	const fresh = spoken !== tongue();
	show(derive(state));
	if (fresh) {
		build();
		announced = "";
	}
	drawTheme();
	drawTools();
	countFacets();
	for (const update of filterUpdates) update();
	drawChips();
	const strands = /** @type {Strand[]} */ (large ? large.strands(shown, state.sel) : strandsOf(shown, unfolded()));
	renderer.setPins(state.pins);
	renderer.setVisible({ nodes: shown.nodes, ghosts: shown.ghosts, strands });
	renderer.select(emphasis(strands));
	drawTable();
	if (large && panelShows(state.sel)) panelSoon();
	else drawPanel();
	drawTime();
	drawPairs();
	drawTour();
	const empty = byId("empty");
	empty.hidden = shown.nodes.size > 0;
	put(empty, t("Nothing is left by these filters."));
	const undone = large
		? large.undone(shown)
		: [...shown.events].filter((id) => events.get(id)?.factuality !== "Actual").length;
	const words = [
		count(shown.nodes.size, "actor"),
		count(shown.edges.size, "relation"),
		count(shown.events.size - undone, "event"),
	].join(" · ");
	let fed = 0;
	for (const [feed, n] of tally.feeds) if (!state.feeds.has(feed)) fed += n;
	byId("tally").replaceChildren(
		words,
		undone ? h("span", { class: "wide-only" }, " · " + t("{0} not reported as done", undone)) : "",
		fed ? h("span", { class: "wide-only" }, " · " + t("{0} from feeds", fed)) : "",
	);
	if (announced && announced !== words) byId("live").textContent = t("Shown") + ": " + words.replace(/ · /g, ", ");
	announced = words;
}

/** @param {string} hash */
function restore(hash) {
	become(fromAddress(hash));
	settle();
}

/** Show a whole state that was made elsewhere. */
export function settle() {
	takeAsRemembered(address(state));
	keepCamera(state.camera.length === 3);
	forgetPanel();
	forgetTable();
	refresh();
	if (state.path.length) {
		byId("path-bar").hidden = false;
		["path-from", "path-to"].forEach((id, i) => {
			/** @type {HTMLInputElement} */ (byId(id)).value = name(state.path[i]);
		});
	}
	if (cameraMoved) renderer.setCamera(state.camera);
	else renderer.fit(shown.nodes, !state.story);
}

export function start() {
	drawWith((large?.renderer || svgRenderer)(byId("canvas"), () => byId("zoom").getBoundingClientRect()));
	document.body.append(
		s(
			"svg",
			{ class: "sr", "aria-hidden": "true" },
			surfaces((key) => `var(--${key})`),
		),
	);
	buildSearch();
	buildPairs();
	renderer.setData([...actors.values()]);
	renderer.on("choose", (sel) => choose(sel));
	renderer.on("pin", (id, spot) => change({ pins: new Map(state.pins).set(id, spot) }));
	renderer.on("camera", (camera) => {
		keepCamera(true);
		const before = closeUp();
		state.camera = camera;
		if (closeUp() !== before) refresh();
		remember();
	});
	renderer.on("resize", () => {
		reserveChips();
		if (!cameraMoved) renderer.fit(shown.nodes, true);
		drawPairs();
	});
	const tip = byId("tip");
	renderer.on("hover", (what, strand) => {
		tip.hidden = !strand;
		if (strand) tip.replaceChildren(h("bdi", null, strandWords(strand)));
	});
	renderer.on("tip", (x, y) => {
		if (tip.hidden) return;
		const room = byId("stage").clientWidth;
		tip.style.left = `${Math.max(8, Math.min(x + 14, room - tip.offsetWidth - 8))}px`;
		tip.style.top = `${y + 16}px`;
	});
	byId("view-network").addEventListener("click", () => change({ view: "network" }));
	byId("view-table").addEventListener("click", () => change({ view: "table" }));
	byId("path-open").addEventListener("click", () => (byId("path-bar").hidden ? openPath() : closePath()));
	byId("export-open").addEventListener("click", () => toggleMenu(!!byId("export-menu").hidden));
	document.addEventListener("pointerdown", (e) => {
		if (!(/** @type {Element} */ (e.target).closest(".menu"))) toggleMenu(false);
	});
	byId("lang").addEventListener("click", () => change({ lang: tongue() === "es" ? "en" : "es" }));
	byId("pairs-open").addEventListener("click", () => change({ pairs: !state.pairs }));
	byId("tour-open").addEventListener("click", () => (state.story ? endTour() : visit(1)));
	byId("layout-file").addEventListener("change", loadLayout);
	byId("theme").addEventListener("click", () => change({ theme: isDark() ? "light" : "dark" }));
	systemDark.addEventListener("change", drawTheme);
	byId("zoom-in").addEventListener("click", () => renderer.zoom(1.35));
	byId("zoom-out").addEventListener("click", () => renderer.zoom(1 / 1.35));
	byId("fit").addEventListener("click", fitShown);
	byId("skip").addEventListener("click", () => {
		change({ view: "table" });
		byId("table").focus();
	});
	for (const side of ["filters", "panel"])
		byId("dock-" + side).addEventListener("click", () =>
			document.body.dataset.drawer === side ? closeDrawers() : openDrawer(side),
		);
	document.addEventListener("keydown", onKey);
	window.addEventListener("beforeprint", preparePrint);
	window.addEventListener("hashchange", () => {
		if (!isRemembered(location.hash.slice(1))) restore(location.hash);
	});
	window.addEventListener("popstate", () => {
		if (!isRemembered(location.hash.slice(1))) restore(location.hash);
	});
	restore(location.hash);
	document.documentElement.dataset.ready = "yes";
	requestAnimationFrame(() =>
		setTimeout(() => {
			performance.mark("drawn"); // for those who measure
			rehearse();
		}),
	);
}
