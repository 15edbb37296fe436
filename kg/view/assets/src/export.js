// @ts-check
/* The picture as SVG and PNG with its caption, and the page on paper. */
import { renderer } from "./camera.js";
import { byId, family, looks, raw, sources } from "./data.js";
import { bins } from "./days.js";
import { save } from "./download.js";
import { SVG, h, s } from "./elements.js";
import { figureIcon, lineIcon } from "./figures.js";
import { pairsFigure } from "./lanes.js";
import { relationsByFamily } from "./legend.js";
import { shown } from "./shown.js";
import { state } from "./state.js";
import { surfaces } from "./surfaces.js";
import { tableOf } from "./table.js";
import { FAMILIES, STANDING, WORDS, capital, t } from "./words.js";

/** The picture with a caption and the meaning of its colours, as one SVG text. */
function pictureText() {
	const { svg, width, height } = renderer.export();
	const style = getComputedStyle(document.documentElement),
		tone = (/** @type {string} */ key) => style.getPropertyValue("--" + key).trim();
	const font = getComputedStyle(document.body).fontFamily;
	const drawn = new Set([...shown.edges.keys()].map(family));
	const kinds = FAMILIES.filter((kind) => drawn.has(kind));
	const dashes = /** @type {Record<string, string>} */ ({ q1: "9 2.5 2 2.5", q2: "9 2.5 2 2.5", tie: "1.5 3" });
	const write = (
		/** @type {string} */ words,
		/** @type {number} */ x,
		/** @type {number} */ y,
		/** @type {Record<string, any>} */ props,
	) => s("text", { x, y, "font-family": font, fill: tone("ink"), ...props }, words);
	const chart = state.pairs && bins.length ? pairsFigure(width - 36, 460, tone, font) : null;
	const top = 46,
		low = 58,
		tall = height + top + low + (chart ? chart.height + 14 : 0);
	const figure = s(
		"svg",
		{ xmlns: SVG, width, height: tall, viewBox: `0 0 ${width} ${tall}` },
		s("title", {}, raw.title),
		s("rect", { width, height: tall, fill: tone("paper") }),
		write(raw.title, 18, 22, { "font-size": 16, "font-weight": 650 }),
		write(
			[byId("tally").textContent, ...[...byId("chips").querySelectorAll("bdi")].map((chip) => chip.textContent)].join(
				" · ",
			),
			18,
			39,
			{ "font-size": 11, fill: tone("soft") },
		),
		...kinds.flatMap((kind, i) => [
			s("line", {
				x1: 18 + i * 150,
				x2: 46 + i * 150,
				y1: height + top + 20,
				y2: height + top + 20,
				stroke: tone(kind),
				"stroke-width": /q[24]/.test(kind) ? 3.5 : 2,
				"stroke-dasharray": dashes[kind] || null,
			}),
			write(t(WORDS.family[kind]), 52 + i * 150, height + top + 24, { "font-size": 11 }),
		]),
		write(t(STANDING) + " " + t("≠ marks what is contested."), 18, height + top + 46, {
			"font-size": 11,
			fill: tone("soft"),
		}),
		...(chart
			? [surfaces(tone), s("g", { transform: `translate(18 ${height + top + low + 6})` }, ...chart.parts)]
			: []),
	);
	const text = new XMLSerializer().serializeToString(figure);
	return {
		text: text.replace(
			/<\/svg>$/,
			`<svg y="${top}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${svg}</svg></svg>`,
		),
		width,
		height: tall,
	};
}

export const saveSvg = () => save(new Blob([pictureText().text], { type: "image/svg+xml" }), "svg");

export function savePng() {
	const { text, width, height } = pictureText();
	const image = new Image();
	image.onload = () => {
		const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { width: width * 2, height: height * 2 }));
		canvas.getContext("2d")?.drawImage(image, 0, 0, width * 2, height * 2);
		canvas.toBlob((blob) => {
			if (blob) save(blob, "png");
		}, "image/png");
	};
	image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
}

export function preparePrint() {
	const kinds = [...looks.values()].filter((look) => !state.types.has(look.key));
	byId("print").replaceChildren(
		h(
			"p",
			{ class: "print-key" },
			...kinds.map((look) => h("span", null, figureIcon(look.key, 14), capital(look.label))),
		),
		h(
			"p",
			{ class: "print-key" },
			...FAMILIES.filter((kind) => relationsByFamily.has(kind) && (kind !== "tie" || state.held)).map((kind) =>
				h("span", null, lineIcon(kind), WORDS.family[kind]),
			),
			h("span", null, lineIcon("q3", true), "≠ what was said is contested"),
		),
		pairsOnPaper(),
		tableOf(false),
		h("h2", null, "Sources"),
		...[...sources.values()].map((words) => h("p", null, h("bdi", null, words))),
	);
}

/** The chart of pairs, if it is open; its colours are those of paper. */
function pairsOnPaper() {
	if (!state.pairs || !bins.length) return "";
	const { parts, height } = pairsFigure(980, 590, (key) => `var(--${key})`, "inherit");
	return s("svg", { class: "print-pairs", viewBox: `0 0 980 ${height}`, role: "img" }, ...parts);
}
