// @ts-check
/* Takes the strokes that a canvas takes and writes them as SVG, so that an export looks like the screen. */

/** Takes the strokes that a canvas takes and writes them as SVG, so that an export looks like the screen. */
export class SvgPen {
	constructor() {
		/** @type {string[]} */ this.out = [];
		this.path = this.font = this.fillStyle = this.strokeStyle = "";
		this.lineWidth = this.globalAlpha = 1;
		/** @type {number[]} */ this.dash = [];
		this.lineJoin = "round";
		this.textAlign = "center";
	}
	beginPath() {
		this.path = "";
	}
	/** @param {string} letter @param {number[]} numbers */
	put(letter, ...numbers) {
		this.path += letter + numbers.map((n) => n.toFixed(1)).join(" ");
	}
	/** @param {number} x @param {number} y */
	moveTo(x, y) {
		this.put("M", x, y);
	}
	/** @param {number} x @param {number} y */
	lineTo(x, y) {
		this.put("L", x, y);
	}
	/** @param {number[]} p */
	quadraticCurveTo(...p) {
		this.put("Q", ...p);
	}
	/** @param {number} x @param {number} y @param {number} w @param {number} h */
	rect(x, y, w, h) {
		this.put("M", x, y);
		this.path += `h${w.toFixed(1)}v${h.toFixed(1)}h${(-w).toFixed(1)}Z`;
	}
	/** A full circle. @param {number} x @param {number} y @param {number} r */
	arc(x, y, r) {
		const d = r.toFixed(1);
		this.put("M", x - r, y);
		this.path += `a${d} ${d} 0 1 1 ${(2 * r).toFixed(1)} 0a${d} ${d} 0 1 1 ${(-2 * r).toFixed(1)} 0Z`;
	}
	closePath() {
		this.path += "Z";
	}
	/** @param {number[]} dash */
	setLineDash(dash) {
		this.dash = dash;
	}
	/** @param {string} props */
	shape(props) {
		if (this.path) this.out.push(`<path d="${this.path}" opacity="${this.globalAlpha}" ${props}/>`);
	}
	fill() {
		this.shape(`fill="${this.fillStyle}"`);
	}
	stroke() {
		this.shape(
			`fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" stroke-dasharray="${this.dash.join(" ") || "none"}"`,
		);
	}
	/** @param {string} text @param {number} x @param {number} y @param {string} props */
	write(text, x, y, props) {
		const node = document.createElementNS("http://www.w3.org/2000/svg", "text");
		node.textContent = text;
		const [, weight, size, family] = /^(\d+) ([\d.]+)px (.*)$/.exec(this.font) || ["", "400", "12", "sans-serif"];
		for (const [key, value] of [
			["x", x.toFixed(1)],
			["y", y.toFixed(1)],
			["font-family", family],
			["font-size", size],
			["font-weight", weight],
			["text-anchor", "middle"],
			["opacity", String(this.globalAlpha)],
		])
			node.setAttribute(key, value);
		this.out.push(new XMLSerializer().serializeToString(node).replace("<text", `<text ${props}`));
	}
	/** @param {string} text @param {number} x @param {number} y */
	strokeText(text, x, y) {
		const line = `stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" stroke-linejoin="round"`;
		this.write(text, x, y, `fill="none" ${line}`);
	}
	/** @param {string} text @param {number} x @param {number} y */
	fillText(text, x, y) {
		this.write(text, x, y, `fill="${this.fillStyle}"`);
	}
}
