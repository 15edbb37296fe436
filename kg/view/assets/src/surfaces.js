// @ts-check
/* What a quad class looks like as a surface: told apart by light and texture, so that colour is not needed. */
import { s } from "./elements.js";

/* Grounds are opaque: a printer would turn see-through ones into large pictures. */
const SIDE = 5;
/** Deeds are dark and words light; cooperation is dotted, words of conflict are slanted. @type {Record<number, {ground: string, marks: "" | "slants" | "dot" | "dots", tone?: string}>} */
const LOOKS = {
	4: { ground: "q4", marks: "" },
	3: { ground: "q3-ground", marks: "slants", tone: "q3" },
	2: { ground: "q2", marks: "dot", tone: "surface" },
	1: { ground: "q1-ground", marks: "dots", tone: "q1" },
	0: { ground: "q0-ground", marks: "" },
};

/** @param {"" | "slants" | "dot" | "dots"} kind @param {string} fill */
const marked = (kind, fill) =>
	kind === "slants"
		? [s("rect", { width: 1.7, height: SIDE, fill })]
		: { "": [], dot: [2], dots: [1, 3] }[kind].map((at) =>
				s("circle", { cx: (at * SIDE) / 4, cy: (at * SIDE) / 4, r: 0.8, fill }),
			);

/** What fills a bar, a block or a swatch. @param {number} quad */
export const surface = (quad) => `url(#surface-${quad})`;

/** The surfaces themselves; a drawing that uses them must hold them. @param {(key: string) => string} tone */
export const surfaces = (tone) =>
	s(
		"defs",
		{},
		...Object.entries(LOOKS).map(([quad, { ground, marks, tone: key }]) =>
			s(
				"pattern",
				{
					id: "surface-" + quad,
					width: SIDE,
					height: SIDE,
					patternUnits: "userSpaceOnUse",
					patternTransform: marks === "slants" ? "rotate(45)" : null,
				},
				s("rect", { width: SIDE, height: SIDE, fill: tone(ground) }),
				...marked(marks, tone(key || "")),
			),
		),
	);

/** A small sample for legends and rows. @param {number} quad */
export const swatch = (quad) =>
	s(
		"svg",
		{ class: "swatch q" + quad, viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" },
		s("rect", { x: 0.5, y: 0.5, width: 11, height: 11, rx: 2.5, fill: surface(quad) }),
	);
