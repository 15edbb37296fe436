// @ts-check
/* The figures of actors and the signs of lines. */
import { looks } from "./data.js";
import { s } from "./elements.js";

/** @param {string} figure @param {number} r */
export function figurePath(figure, r) {
	/** @param {number} n @param {number} size @param {number} turn */
	const corners = (n, size, turn) =>
		"M" +
		Array.from({ length: n }, (_, i) => {
			const angle = (2 * Math.PI * i) / n + turn - Math.PI / 2;
			return `${(size * Math.cos(angle)).toFixed(2)} ${(size * Math.sin(angle)).toFixed(2)}`;
		}).join("L") +
		"Z";
	/** @param {number[]} p */
	const shape = (...p) =>
		"M" +
		p
			.map((v) => (v * r).toFixed(2))
			.join(" ")
			.replace(/(\S+ \S+) (?=\S)/g, "$1L") +
		"Z";
	const a = (r * 0.94).toFixed(2);
	switch (figure) {
		case "square":
			return shape(-0.86, -0.86, 0.86, -0.86, 0.86, 0.86, -0.86, 0.86);
		case "diamond":
			return corners(4, r * 1.2, 0);
		case "kite":
			return shape(0, -1.1, 0.82, 0, 0, 1.1, -0.82, 0);
		case "pentagon":
			return corners(5, r * 1.1, 0);
		case "hexagon":
			return corners(6, r * 1.06, Math.PI / 6);
		case "octagon":
			return corners(8, r * 1.04, Math.PI / 8);
		case "triangle":
			return shape(0, -1.1, 1.08, 0.8, -1.08, 0.8);
		case "house":
			return shape(0, -1.08, 0.95, -0.3, 0.95, 0.88, -0.95, 0.88, -0.95, -0.3);
		case "shield":
			return shape(-0.92, -0.88, 0.92, -0.88, 0.92, 0.1, 0, 1.15, -0.92, 0.1);
		case "page":
			return shape(-0.74, -1, 0.34, -1, 0.74, -0.6, 0.74, 1, -0.74, 1);
		case "pin":
			return `M0 ${(r * 1.2).toFixed(2)}L${(-r * 0.78).toFixed(2)} ${(r * 0.1).toFixed(2)}A${(r * 0.86).toFixed(2)} ${(r * 0.86).toFixed(2)} 0 1 1 ${(r * 0.78).toFixed(2)} ${(r * 0.1).toFixed(2)}Z`;
		case "crowd": {
			const b = (r * 0.6).toFixed(2),
				x = (r * 0.5).toFixed(2),
				y = (r * 0.4).toFixed(2),
				top = (-r * 0.42).toFixed(2);
			/** @param {string | number} cx @param {string} cy */
			const disc = (cx, cy) =>
				`M${Number(cx) - Number(b)} ${cy}a${b} ${b} 0 1 1 ${2 * Number(b)} 0a${b} ${b} 0 1 1 ${-2 * Number(b)} 0Z`;
			return disc(0, top) + disc(-Number(x), y) + disc(x, y);
		}
		default:
			return `M-${a} 0a${a} ${a} 0 1 1 ${2 * Number(a)} 0a${a} ${a} 0 1 1 ${-2 * Number(a)} 0Z`;
	}
}

/** @param {string} type @param {number} [size] */
export const figureIcon = (type, size = 18) => {
	const look = looks.get(type) || { figure: "circle", color: "#9AA1A8" };
	return s(
		"svg",
		{ class: "figure", viewBox: "-12 -12 24 24", width: size, height: size, "aria-hidden": "true" },
		s("path", { d: figurePath(look.figure, 8.6), fill: look.color }),
	);
};

/** @param {string} kind @param {boolean} [contested] */
export const lineIcon = (kind, contested) =>
	s(
		"svg",
		{ class: `line-icon edge ${kind}${contested ? " contested" : ""}`, viewBox: "0 0 34 12", "aria-hidden": "true" },
		s("path", { class: "line", d: "M1 6H27" }),
		s("path", { class: "head", d: "M33 6L25.5 2.4V9.6Z" }),
		...(contested ? [s("circle", { cx: 13, cy: 6, r: 6.5 }), s("text", { x: 13, y: 9.8 }, "≠")] : []),
	);
