// @ts-check
/* Labels that never overlap: measuring them, and the room that is taken. */

/** Boxes and points already taken, in a grid so that asking is cheap. */
export class Taken {
	constructor() {
		/** @type {Map<number, Box[]>} */ this.boxes = new Map();
		/** @type {Map<number, [number, number][]>} */ this.points = new Map();
	}
	/** @param {number} x @param {number} y  in cells */
	static key(x, y) {
		return x * 4096 + y;
	}
	/** Ask for each cell under a box, until the answer is true. @param {Box} box @param {(key: number) => boolean} ask */
	some(box, ask) {
		for (let x = Math.floor(box[0] / 64); x <= box[2] / 64; x++)
			for (let y = Math.floor(box[1] / 64); y <= box[3] / 64; y++) if (ask(Taken.key(x, y))) return true;
		return false;
	}
	/** @param {Box} box */
	add(box) {
		this.some(box, (key) => {
			const list = this.boxes.get(key);
			if (list) list.push(box);
			else this.boxes.set(key, [box]);
			return false;
		});
	}
	/** @param {number} x @param {number} y */
	addPoint(x, y) {
		const key = Taken.key(Math.floor(x / 64), Math.floor(y / 64)),
			list = this.points.get(key);
		if (list) list.push([x, y]);
		else this.points.set(key, [[x, y]]);
	}
	/** @param {Box} box */
	free(box) {
		return !this.some(box, (key) =>
			(this.boxes.get(key) || []).some((o) => box[0] < o[2] && o[0] < box[2] && box[1] < o[3] && o[1] < box[3]),
		);
	}
	/** How many line points lie under a box. @param {Box} box */
	crossed(box) {
		let sum = 0;
		this.some(box, (key) => {
			for (const [x, y] of this.points.get(key) || []) if (x > box[0] && x < box[2] && y > box[1] && y < box[3]) sum++;
			return false;
		});
		return sum;
	}
}

const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

/** @type {Map<string, {lines: string[], width: number, height: number}>} */
const measured = new Map();

/** A label in one or two lines, cut where it is still too long. @param {string} text @param {number} size @param {number} weight @param {number} letters */
export function label(text, size, weight, letters) {
	const key = [text, size, weight, letters].join("\n");
	let found = measured.get(key);
	if (!found) {
		pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
		const lines = broken(text, letters);
		const width = Math.max(...lines.map((line) => pen.measureText(line).width)) + 4;
		measured.set(key, (found = { lines, width, height: lines.length * (size + 2) + 2 }));
	}
	return found;
}

/** @param {string} text @param {number} letters */
function broken(text, letters) {
	const cut = (/** @type {string} */ line) =>
		line.length > letters + 4 ? line.slice(0, letters + 2).trimEnd() + "…" : line;
	if (text.length <= letters) return [text];
	const words = text.split(" ");
	let best = 1,
		least = Infinity;
	for (let i = 1; i < words.length; i++) {
		const longest = Math.max(words.slice(0, i).join(" ").length, words.slice(i).join(" ").length);
		if (longest < least) [best, least] = [i, longest];
	}
	return words.length < 2 ? [cut(text)] : [cut(words.slice(0, best).join(" ")), cut(words.slice(best).join(" "))];
}
