// @ts-check
/* Make elements; text reaches the document as text only, never as markup. */
import { choose } from "./address.js";
import { actors, name } from "./data.js";
import { spoken } from "./state.js";
import { say, t } from "./words.js";

export const SVG = "http://www.w3.org/2000/svg";

/** @param {Element} element @param {Record<string, any>} props */
function equip(element, props) {
	for (const [key, value] of Object.entries(props)) {
		if (value === null || value === undefined || (value === false && !key.startsWith("aria-"))) continue;
		if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
		else if (/^(aria-label|title|placeholder)$/.test(key)) element.setAttribute(key, say(String(value)));
		else element.setAttribute(key, value === true && !key.startsWith("aria-") ? "" : String(value));
	}
}

/** @param {string} tag @param {Record<string, any> | null} [props] @param {...(Child | Child[])} children */
export function h(tag, props, ...children) {
	const element = document.createElement(tag);
	equip(element, props || {});
	for (const child of children.flat())
		if (child || child === 0)
			element.append(child instanceof Node ? child : tag === "bdi" ? String(child) : say(String(child)));
	return element;
}

/** @param {string} tag @param {Record<string, any>} [props] @param {...(Node | string)} children */
export function s(tag, props, ...children) {
	const element = document.createElementNS(SVG, tag);
	equip(element, props || {});
	element.append(...children);
	return element;
}

/** Write a text where it is not there yet: even the same text costs a layout. @param {Element} element @param {string} text */
export const put = (element, text) => {
	if (element.textContent !== text) element.textContent = text;
};

/** @param {Child | Child[]} text @param {string} [kind] */
export const span = (text, kind) => h("span", { class: kind }, text);

/** @param {string} selection @param {string} text @param {string} [kind] */
export const link = (selection, text, kind) =>
	h(
		"button",
		{ type: "button", class: "link " + (kind || ""), "data-key": selection, onclick: () => choose(selection) },
		h("bdi", { lang: tagOf(selection) }, text),
	);

/** The language of what a selection is called, where it is not that of the page. @param {string} selection */
export const tagOf = (selection) => (spoken !== "en" && /^[vcs]:/.test(selection) ? "en" : null);

/** @param {string} id */
export const actorLink = (id) => (actors.has(id) ? link("n:" + id, name(id)) : h("bdi", null, name(id)));

/** @param {string[]} ids @returns {Node[]} */
export const actorLinks = (ids) =>
	ids.flatMap((id, i) => [
		...(i ? [document.createTextNode(i === ids.length - 1 ? ` ${t("and")} ` : ", ")] : []),
		actorLink(id),
	]);
