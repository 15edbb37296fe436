// @ts-check
/* Panels that slide in on a phone; light and dark. */
import { byId } from "./data.js";
import { state } from "./state.js";

/** @param {string} which @param {boolean} [onlyPhone] */
export function openDrawer(which, onlyPhone) {
	if (onlyPhone && !matchMedia("(max-width: 820px)").matches) return;
	document.body.dataset.drawer = which;
	for (const side of ["filters", "panel"]) byId("dock-" + side).setAttribute("aria-expanded", String(side === which));
}

export function closeDrawers() {
	const open = document.body.dataset.drawer;
	delete document.body.dataset.drawer;
	for (const side of ["filters", "panel"]) byId("dock-" + side).setAttribute("aria-expanded", "false");
	if (open && byId(open).contains(document.activeElement)) byId("dock-" + open).focus();
}

export const systemDark = matchMedia("(prefers-color-scheme: dark)");

export const isDark = () => (state.theme ? state.theme === "dark" : systemDark.matches);

export function drawTheme() {
	const theme = isDark() ? "dark" : "light";
	if (document.documentElement.dataset.theme !== theme) document.documentElement.dataset.theme = theme;
	byId("theme").setAttribute("aria-pressed", String(isDark()));
}
