// @ts-check
/* The evidence panel: which content it has now, and keeping the place of reader and focus. */
import { heldCard } from "./cards.js";
import { actors, byId, claims, events, held } from "./data.js";
import { overview } from "./overview.js";
import { actorPanel, claimPanel, edgePanel, eventPanel } from "./panels.js";
import { heading } from "./parts.js";
import { pathPanel } from "./path.js";
import { shown } from "./shown.js";
import { spoken, state } from "./state.js";
import { WORDS, t } from "./words.js";

/** @type {ReturnType<typeof setTimeout> | undefined} */ let panelWaits;

/** While filters move over a large picture, the panel follows when they rest. */
export function panelSoon() {
	clearTimeout(panelWaits);
	panelWaits = setTimeout(drawPanel, 150);
}

let panelKey = "";
/** Draw the panel anew even if nothing has changed. */
export const forgetPanel = () => (panelKey = "");
/** Does the panel show this choice already? @param {string} sel */
export const panelShows = (sel) => panelKey.startsWith(sel + "\n");

export function drawPanel() {
	clearTimeout(panelWaits);
	const [kind, id] = [state.sel.slice(0, 2), state.sel.slice(2)];
	const key = [
		state.sel,
		state.path.join(),
		state.pick,
		state.ego,
		state.voice,
		state.asof,
		state.certain,
		spoken,
		state.depth,
		state.from,
		state.to,
		shown.events.size,
		shown.edges.size,
		state.pins.has(id),
	].join("\n");
	if (key === panelKey) return;
	const moved = panelKey.split("\n")[0] !== state.sel || !state.sel;
	panelKey = key;
	const panel = byId("panel");
	const inside = panel.contains(document.activeElement);
	const spot = inside ? document.activeElement?.getAttribute("data-key") : null;
	const scroll = panel.scrollTop;
	const content =
		kind === "n:"
			? actorPanel(/** @type {Actor} */ (actors.get(id)))
			: /[ebp]:/.test(kind)
				? edgePanel(state.sel)
				: kind === "v:"
					? eventPanel(/** @type {Happening} */ (events.get(id)))
					: kind === "c:"
						? claimPanel(/** @type {Claim} */ (claims.get(id)))
						: kind === "s:"
							? [
									heading(held.get(id)?.label || "", WORDS.kind[held.get(id)?.kind || ""] || ""),
									heldCard(/** @type {Held} */ (held.get(id))),
								]
							: state.path.length
								? pathPanel()
								: overview();
	panel.replaceChildren(...content.filter((part) => !!part));
	panel.scrollTop = moved ? 0 : scroll;
	if (moved && state.sel) byId("live").textContent = `${t("Evidence")}: ${panel.querySelector("h2")?.textContent}`;
	if (inside) {
		const again =
			!moved && spot
				? /** @type {HTMLElement | null} */ (panel.querySelector(`[data-key="${CSS.escape(spot)}"]`))
				: null;
		(again || /** @type {HTMLElement | null} */ (panel.querySelector("h2")))?.focus({ preventScroll: true });
	}
}
