// @ts-check
/* A text to be copied. */
import { byId } from "./data.js";
import { h } from "./elements.js";
import { t } from "./words.js";

/** Show a text to be copied, with a button that copies it where that is allowed. @param {string} title @param {string} text */
export function showText(title, text) {
	const dialog = /** @type {HTMLDialogElement} */ (byId("text"));
	const area = /** @type {HTMLTextAreaElement} */ (
		h("textarea", {
			readonly: true,
			spellcheck: "false",
			"aria-label": title,
			rows: Math.min(22, text.split("\n").length + 2),
		})
	);
	area.value = text;
	const note = h("span", { class: "soft", role: "status" });
	const copy = async () => {
		area.select();
		try {
			await navigator.clipboard.writeText(text);
			note.textContent = t("Copied.");
		} catch {
			note.textContent = t(document.execCommand("copy") ? "Copied." : "Press Ctrl+C to copy.");
		}
	};
	dialog.setAttribute("aria-label", title);
	dialog.replaceChildren(
		h(
			"div",
			{ class: "side-head" },
			h("h2", null, title),
			h("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => dialog.close() }, "×"),
		),
		area,
		h("div", { class: "actions" }, h("button", { type: "button", class: "primary", onclick: copy }, "Copy"), note),
	);
	dialog.showModal();
}
