// @ts-check
/* Thousands of lines on a canvas: the best supported ones, within what a frame allows. */
import * as page from "./tables.js";
import { CROWD, calmly } from "../descriptions.js";
import { Taken } from "../labels.js";
import { spoken } from "../state.js";
import { FAMILIES, count, t } from "../words.js";
import {
	N,
	V,
	actorAt,
	actorIds,
	actorType,
	actors,
	degree,
	edgeDisputed,
	edgeHeld,
	feedAt,
	standsFor,
	states,
	typeAt,
} from "./columns.js";
import { SvgPen } from "./pen.js";
import {
	Line,
	SLOTS,
	becauseAll,
	becauseStart,
	drawnStrand,
	fans,
	forward,
	isDrawn,
	keyOf,
	members,
	places,
	strandBoth,
	strandCount,
	strandFamily,
	strandFrom,
	strandTo,
	strandsAt,
} from "./strands.js";

/** How a line is broken: dots for what feeds alone tell, dashes for what is contested, by family else. @param {number} kind @param {boolean} contested @param {boolean} byFeed @param {boolean} dashes */
function dashOf(kind, contested, byFeed, dashes) {
	if (byFeed) return [1.5, 4];
	if (!dashes) return [];
	if (contested) return [6, 4];
	return { tie: [1.5, 3], q1: [9, 2.5, 2, 2.5], q2: [9, 2.5, 2, 2.5] }[FAMILIES[kind]] || [];
}

/** How much is drawn at once: enough to read, few enough to stay quick and calm. */
const MOST = { lines: 1600, moving: 700, labels: 70, relations: 50, marks: 140, arrows: 900, dashes: 500 };

/** @param {HTMLElement} host @param {() => DOMRect} controls  where no label may stand */
export function renderer(host, controls) {
	const canvas = /** @type {HTMLCanvasElement} */ (document.createElement("canvas")),
		over = /** @type {HTMLCanvasElement} */ (document.createElement("canvas")),
		back = /** @type {HTMLCanvasElement} */ (document.createElement("canvas")),
		note = document.createElement("p");
	canvas.className = "network";
	canvas.tabIndex = 0;
	canvas.setAttribute("role", "group");
	canvas.setAttribute("aria-label", CROWD);
	over.setAttribute("aria-hidden", "true");
	Object.assign(host.style, { position: host.style.position || "absolute", inset: "0" });
	for (const one of [canvas, over])
		Object.assign(one.style, { position: "absolute", inset: "0", width: "100%", height: "100%", touchAction: "none" });
	Object.assign(canvas.style, { cursor: "grab", userSelect: "none" });
	over.style.pointerEvents = "none";
	note.className = "drawn";
	Object.assign(note.style, {
		position: "absolute", left: "14px", bottom: "10px", margin: "0", padding: "2px 8px", borderRadius: "6px",
		fontSize: "12px", color: "var(--soft)", background: "var(--paper)", pointerEvents: "none", maxWidth: "70%",
	}); // prettier-ignore
	host.append(canvas, over, note);
	const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")),
		light = /** @type {CanvasRenderingContext2D} */ (over.getContext("2d"));

	const X = Float64Array.from(actors, (a) => a.x),
		Y = Float64Array.from(actors, (a) => a.y),
		R = Float64Array.from(actors, (_, i) =>
			N > 400 ? 4.6 + 1.5 * Math.sqrt(Math.min(degree[i], 300)) : 7.5 + 2.1 * Math.sqrt(degree[i]),
		);
	/** 0 for those with least relations, 1 for the hundred and fifty with most */
	const prominence = new Float64Array(N);
	/** Busy actors first. */
	const order = Int32Array.from(actorIds, (_, i) => i).sort((a, b) => degree[b] - degree[a] || a - b);
	order.forEach((i, place) => (prominence[i] = Math.min(1, 60 / (place + 1)) ** 0.6));
	let grown = 1;
	/** @type {Map<string, Function[]>} */ const listeners = new Map();
	/** @type {Set<string>} */ let pinned = new Set();
	let shownNodes = new Uint8Array(N),
		ghosts = new Uint8Array(N);
	/** events behind each strand that are shown */
	const weight = new Uint16Array(SLOTS),
		disputes = new Uint8Array(SLOTS),
		/** is everything behind it from feeds? */
		coded = new Uint8Array(SLOTS),
		stamp = new Int32Array(V + states.length).fill(-1);
	/** strands by weight */
	let ranked = new Int32Array(0);
	/** @type {Uint8Array | null} */ let nearNode = null;
	/** @type {Int32Array} */ let nearStrands = new Int32Array(0);
	const chosenNode = new Set(),
		chosenStrand = new Set();
	/** @type {any} */ let what = null;
	let width = 1,
		height = 1,
		cx = 0,
		cy = 0,
		k = 1,
		scheduled = 0,
		gliding = 0,
		cursor = -1,
		hoverNode = -1,
		hoverStrand = -1,
		moving = false,
		kept = false,
		cost = 8,
		lastFull = 0;
	let painted = [0, 0, 1];
	/** @type {Box} */ let corner = [0, 0, 0, 0];
	/** @type {Box[]} */ let reserved = [];
	/** @type {ReturnType<typeof setTimeout> | undefined} */ let resting;
	/** what the last painting drew, for pointing @type {number[]} */
	let drawn = [];
	const curves = new Float32Array(SLOTS * 6);
	/** @type {{id: number, box: number[]}[]} */ let named = [];
	/** @type {Record<string, string>} */ let tones = {};
	let font = "sans-serif";

	const tell = (/** @type {string} */ name, /** @type {any[]} */ ...args) =>
		(listeners.get(name) || []).forEach((act) => act(...args));
	const draw = () => {
		if (!scheduled) scheduled = requestAnimationFrame(frame);
	};
	function follow() {
		moving = true;
		clearTimeout(resting);
		resting = setTimeout(() => {
			moving = false;
			draw();
		}, 130);
		draw();
	}
	const sx = (/** @type {number} */ i) => (X[i] - cx) * k + width / 2,
		sy = (/** @type {number} */ i) => (Y[i] - cy) * k + height / 2;
	const grow = () => Math.min(1.7, N > 400 ? Math.pow(k, 0.78) : Math.max(0.62, Math.pow(k, 0.4)));
	/** From afar a minor actor is a dot, so that those with many relations stand out. */
	const radius = (/** @type {number} */ i) => {
		if (ghosts[i]) return 1.6;
		const far = N > 400 ? Math.max(0, Math.min(1, (0.75 - k) / 0.5)) : 0;
		return Math.max(1.1, R[i] * grown * (1 - far * (0.62 - 0.95 * Math.min(1, prominence[i]))));
	};

	function frame() {
		scheduled = 0;
		const now = performance.now();
		if (moving && cost > 11 && (now - lastFull < 240 || cost > 60)) return void shift();
		paint();
	}
	/** While it moves, a drawing that takes long is moved as it is. */
	function shift() {
		const f = k / painted[2],
			x = (width / 2) * (1 - f) + (painted[0] - cx) * k,
			y = (height / 2) * (1 - f) + (painted[1] - cy) * k;
		if (!kept) {
			const copy = back.getContext("2d");
			copy?.clearRect(0, 0, back.width, back.height);
			copy?.drawImage(canvas, 0, 0);
			kept = true;
		}
		ink.setTransform(1, 0, 0, 1, 0, 0);
		ink.clearRect(0, 0, canvas.width, canvas.height);
		const dpr = canvas.width / width;
		ink.imageSmoothingEnabled = f > 1;
		ink.drawImage(back, x * dpr, y * dpr, back.width * f, back.height * f);
		light.setTransform(1, 0, 0, 1, 0, 0);
		light.clearRect(0, 0, over.width, over.height);
	}
	/** Colours are read again when the theme changes only: asking costs a layout of the page. */
	function readTones() {
		const theme = document.documentElement.dataset.theme || "-";
		if (tones.theme === theme && tones.paper) return;
		tones = { theme };
		const style = getComputedStyle(document.documentElement);
		for (const key of [...FAMILIES, "paper", "ink", "soft", "halo", "accent", "warn", "node-line", "strong-line"])
			tones[key] = style.getPropertyValue("--" + key).trim();
		font = getComputedStyle(document.body).fontFamily;
	}
	function paint() {
		const began = performance.now();
		const dpr = Math.min(3, window.devicePixelRatio || 1);
		if (canvas.width !== Math.round(width * dpr) || canvas.height !== Math.round(height * dpr))
			for (const one of [canvas, over, back])
				[one.width, one.height] = [Math.round(width * dpr), Math.round(height * dpr)];
		readTones();
		ink.setTransform(1, 0, 0, 1, 0, 0);
		ink.clearRect(0, 0, canvas.width, canvas.height);
		ink.setTransform(dpr, 0, 0, dpr, 0, 0);
		picture(ink, moving);
		kept = false;
		painted = [cx, cy, k];
		lastFull = performance.now();
		cost = cost * 0.5 + (lastFull - began) * 0.5;
		overlay();
		if (!moving) settle();
	}

	/** The strands to draw: those of the choice, then the best supported ones in view. @param {number} most */
	function inView(most) {
		/** @type {number[]} */ const list = [];
		let left = 0;
		const near = new Set(nearStrands);
		for (const s of nearStrands) if (weight[s]) list.push(s);
		const room = list.length + (nearNode ? Math.min(most, 500) : most);
		for (let at = 0; at < ranked.length; at++) {
			const s = ranked[at];
			if (near.has(s)) continue;
			const a = strandFrom[s],
				b = strandTo[s];
			const ax = sx(a),
				bx = sx(b),
				ay = sy(a),
				by = sy(b);
			if ((ax < 0 && bx < 0) || (ax > width && bx > width) || (ay < 0 && by < 0) || (ay > height && by > height))
				continue;
			if (list.length < room) list.push(s);
			else left++;
		}
		return { list, left };
	}
	/** @param {any} pen @param {boolean} quick */
	function picture(pen, quick) {
		grown = grow();
		const { list, left } = inView(quick ? MOST.moving : MOST.lines);
		drawn = list;
		const calm = list.length > 400,
			straight = k < 0.3,
			dim = nearNode ? 0.1 : calm ? Math.max(0.26, Math.min(0.8, 420 / list.length)) : 0.86;
		const near = new Set(nearStrands);
		/** @type {Map<string, number[]>} */ const batches = new Map();
		for (const s of list) {
			curve(s, straight);
			const level = near.has(s) || chosenStrand.has(s) ? 1 : 0,
				thick = weight[s] > 6 ? 2 : weight[s] > 2 ? 1 : 0,
				all = disputes[s] && disputes[s] >= members[s].length ? 1 : 0;
			const key = [level, all, strandFamily[s], thick, coded[s]].join();
			const batch = batches.get(key);
			if (batch) batch.push(s);
			else batches.set(key, [s]);
		}
		for (const key of [...batches.keys()].sort()) {
			const [level, all, kind, thick, byFeed] = key.split(",").map(Number);
			const deed = kind === 0 || kind === 3;
			pen.globalAlpha = level ? 1 : dim;
			pen.strokeStyle = pen.fillStyle = tones[FAMILIES[kind]];
			pen.lineWidth = ((deed ? 1.8 : 1.2) + thick * 1.1) * (calm && !level ? Math.max(0.55, Math.min(1, k * 1.6)) : 1);
			const dashes = +(list.length < MOST.dashes) || level;
			pen.setLineDash(dashOf(kind, !!all, !!byFeed && !quick, dashes > 0));
			pen.beginPath();
			for (const s of batches.get(key) || []) {
				const c = s * 6;
				pen.moveTo(curves[c], curves[c + 1]);
				if (straight) pen.lineTo(curves[c + 4], curves[c + 5]);
				else pen.quadraticCurveTo(curves[c + 2], curves[c + 3], curves[c + 4], curves[c + 5]);
			}
			pen.stroke();
			pen.setLineDash([]);
			if (!quick && (list.length < MOST.arrows || level)) arrows(pen, batches.get(key) || [], pen.lineWidth);
		}
		pen.globalAlpha = 1;
		const taken = new Taken();
		nodes(pen, taken, quick);
		if (quick) return;
		for (const box of [corner, ...reserved]) taken.add(box);
		if (left) taken.add([0, height - 34, Math.min(width * 0.7, 520), height]);
		labels(pen, taken);
		marks(pen, taken, list);
		relations(pen, taken, list);
		const words = left
			? t(
					"{0} of {1} lines in view are drawn, those with most events first. Zoom, filter or choose an actor for the rest.",
					list.length.toLocaleString(spoken || "en"),
					(list.length + left).toLocaleString(spoken || "en"),
				)
			: "";
		if (note.textContent !== words) note.textContent = words;
		note.hidden = !words;
	}
	/** @param {number} s @param {boolean} straight */
	function curve(s, straight) {
		const a = strandFrom[s],
			b = strandTo[s],
			c = s * 6;
		const ax = sx(a),
			ay = sy(a),
			bx = sx(b),
			by = sy(b);
		const dx = bx - ax,
			dy = by - ay,
			far = Math.hypot(dx, dy) || 1;
		const gap = Math.min(24, Math.max(5, (far * 0.5) / fans[s])) * Math.min(1.2, Math.max(0.4, k));
		const bend = straight ? 0 : (places[s] - (fans[s] - 1) / 2) * gap * 2 * forward[s];
		const mx = (ax + bx) / 2 - (dy / far) * bend,
			my = (ay + by) / 2 + (dx / far) * bend;
		const end = (
			/** @type {number} */ i,
			/** @type {number} */ x,
			/** @type {number} */ y,
			/** @type {number} */ at,
		) => {
			const ux = mx - x,
				uy = my - y,
				long = Math.hypot(ux, uy) || 1,
				r = Math.min(radius(i) + 2, long);
			curves[at] = x + (ux / long) * r;
			curves[at + 1] = y + (uy / long) * r;
		};
		end(a, ax, ay, c);
		[curves[c + 2], curves[c + 3]] = [mx, my];
		end(b, bx, by, c + 4);
	}
	/** @param {any} pen @param {number[]} list @param {number} thick */
	function arrows(pen, list, thick) {
		pen.beginPath();
		const head = (
			/** @type {number} */ x,
			/** @type {number} */ y,
			/** @type {number} */ fx,
			/** @type {number} */ fy,
		) => {
			const dx = fx - x,
				dy = fy - y,
				far = Math.hypot(dx, dy);
			if (far < 11) return;
			const long = Math.min(5 + thick * 1.7, far * 0.7),
				wide = long * 0.4,
				ux = dx / far,
				uy = dy / far;
			pen.moveTo(x, y);
			pen.lineTo(x + ux * long - uy * wide, y + uy * long + ux * wide);
			pen.lineTo(x + ux * long + uy * wide, y + uy * long - ux * wide);
			pen.closePath();
		};
		for (const s of list) {
			const c = s * 6;
			head(curves[c + 4], curves[c + 5], curves[c + 2], curves[c + 3]);
			if (strandBoth[s]) head(curves[c], curves[c + 1], curves[c + 2], curves[c + 3]);
		}
		pen.fill();
	}
	/** @type {Map<string, number[][]>} */ const figures = new Map();
	/** The outline of a figure of size 1, sampled. @param {string} figure */
	function outline(figure) {
		let found = figures.get(figure);
		if (!found) {
			const path = page.figurePath(figure, 10);
			found = [];
			if (!/[aA]/.test(path))
				for (const [x, y] of path
					.replace(/[MZ]/g, "")
					.split("L")
					.map((/** @type {string} */ p) => p.trim().split(/[ ,]+/).map(Number)))
					found.push([x / 10, y / 10]);
			figures.set(figure, found);
		}
		return found;
	}
	/** @param {any} pen @param {Taken} taken @param {boolean} quick */
	function nodes(pen, taken, quick) {
		/** @type {number[][]} */ const byType = Array.from({ length: typeAt.size }, () => []);
		/** @type {number[][]} */ const dots = Array.from({ length: typeAt.size }, () => []);
		/** @type {number[]} */ const faint = [];
		for (let i = 0; i < N; i++) {
			if (!shownNodes[i] && !ghosts[i]) continue;
			const x = sx(i),
				y = sy(i);
			if (x < -30 || x > width + 30 || y < -30 || y > height + 30) continue;
			if (ghosts[i] || (nearNode && !nearNode[i])) faint.push(i);
			else if (radius(i) < 2.6) dots[actorType[i]].push(i);
			else byType[actorType[i]].push(i);
		}
		const put = (/** @type {number[]} */ list, /** @type {string} */ figure) => {
			const points = outline(figure);
			pen.beginPath();
			let edged = false;
			for (const i of list) {
				const x = sx(i),
					y = sy(i),
					r = radius(i);
				if (r < 2.6) pen.rect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7);
				else if (points.length) {
					pen.moveTo(x + points[0][0] * r, y + points[0][1] * r);
					for (let p = 1; p < points.length; p++) pen.lineTo(x + points[p][0] * r, y + points[p][1] * r);
					pen.closePath();
				} else {
					pen.moveTo(x + r, y);
					pen.arc(x, y, r, 0, 7);
				}
				edged ||= r > 4;
				if (!quick && r > 4.5) taken.add([x - r - 1, y - r - 1, x + r + 1, y + r + 1]);
			}
			return edged;
		};
		pen.lineWidth = 1;
		pen.strokeStyle = tones["node-line"];
		const lookOf = (/** @type {string} */ type) => page.looks.get(type) || { figure: "circle", color: "#9AA1A8" };
		pen.globalAlpha = 0.62;
		for (const [type, at] of typeAt) {
			if (!dots[at].length) continue;
			pen.fillStyle = lookOf(type).color;
			put(dots[at], lookOf(type).figure);
			pen.fill();
		}
		pen.globalAlpha = 1;
		for (const [type, at] of typeAt) {
			const look = lookOf(type);
			pen.fillStyle = look.color;
			const dim = faint.filter((i) => actorType[i] === at);
			if (dim.length) {
				pen.globalAlpha = 0.24;
				put(dim, look.figure);
				pen.fill();
				pen.globalAlpha = 1;
			}
			if (!byType[at].length) continue;
			const edged = put(byType[at], look.figure);
			pen.fill();
			if (edged && !quick) pen.stroke();
		}
		for (const i of chosenNode) ring(pen, i, tones.accent, 3);
		for (const id of pinned) {
			const i = actorAt.get(id) ?? -1;
			if (i < 0 || !shownNodes[i]) continue;
			pen.beginPath();
			pen.arc(sx(i), sy(i), 2.4, 0, 7);
			pen.fillStyle = tones.paper;
			pen.fill();
			pen.stroke();
		}
	}
	/** @param {any} pen @param {number} i @param {string} tone @param {number} thick */
	function ring(pen, i, tone, thick) {
		pen.beginPath();
		pen.arc(sx(i), sy(i), radius(i) + 5, 0, 7);
		pen.strokeStyle = tone;
		pen.lineWidth = thick;
		pen.stroke();
		pen.lineWidth = 1;
		pen.strokeStyle = tones["node-line"];
	}
	/** @type {Map<string, number>} */ const widths = new Map();
	/** @param {string} text @param {number} size @param {number} strong */
	function wide(text, size, strong) {
		const key = text + "\n" + size + "\n" + strong;
		let found = widths.get(key);
		if (found === undefined) {
			ink.font = `${strong} ${size}px ${font}`;
			widths.set(key, (found = ink.measureText(text).width));
		}
		return found;
	}
	/** @param {any} pen @param {string} text @param {number} x @param {number} y @param {number} size @param {number} strong @param {string} tone */
	function write(pen, text, x, y, size, strong, tone) {
		pen.font = `${strong} ${size}px ${font}`;
		pen.textAlign = "center";
		pen.lineJoin = "round";
		pen.lineWidth = 3.5;
		pen.strokeStyle = tones.halo;
		pen.strokeText(text, x, y + size * 0.35);
		pen.fillStyle = tone;
		pen.fillText(text, x, y + size * 0.35);
		pen.lineWidth = 1;
	}
	/** Busy actors first; what does not fit waits for a closer look. @param {any} pen @param {Taken} taken */
	function labels(pen, taken) {
		named = [];
		const seen = new Set();
		const first = [...chosenNode, ...(nearNode ? order.filter((i) => nearNode?.[i] && shownNodes[i]) : [])];
		const small = k < 0.12 && N > 400 ? 12 : 0;
		for (const list of [first, order])
			for (const i of list) {
				if (named.length >= MOST.labels) return;
				if (!shownNodes[i] || seen.has(i) || (nearNode && !nearNode[i])) continue;
				const x = sx(i),
					y = sy(i);
				if (x < 4 || x > width - 4 || y < 4 || y > height - 4) continue;
				seen.add(i);
				const strong = chosenNode.has(i) || degree[i] >= (N > 400 ? 40 : 8) ? 650 : 450,
					size = strong > 600 ? 13 : 12;
				const full = actors[i].label,
					text = full.length > 30 ? full.slice(0, 28).trimEnd() + "…" : full;
				const w = wide(text, size, strong) / 2 + 3,
					h = size / 2 + 3,
					r = radius(i) + small * 0;
				for (const [px, py] of [
					[x, y + r + h],
					[x, y - r - h],
					[x + r + w + 2, y],
					[x - r - w - 2, y],
				]) {
					const box = /** @type {Box} */ ([px - w, py - h, px + w, py + h]);
					if (box[0] < 2 || box[2] > width - 2 || box[1] < 2 || box[3] > height - 2 || !taken.free(box)) continue;
					taken.add(box);
					named.push({ id: i, box });
					write(pen, text, px, py, size, strong, tones.ink);
					break;
				}
			}
	}
	/** Numbers of bundles and ≠ of what is contested, where they fit. @param {any} pen @param {Taken} taken @param {number[]} list */
	function marks(pen, taken, list) {
		let room = MOST.marks;
		for (const s of list) {
			const many = members[s].length > 1;
			if ((!many && !disputes[s]) || room <= 0) continue;
			const c = s * 6;
			if (Math.hypot(curves[c + 4] - curves[c], curves[c + 5] - curves[c + 1]) < 34) continue;
			if (k < 0.3 && !nearSet.has(s)) continue;
			const text = [many ? String(weight[s]) : "", disputes[s] ? "≠" : ""].filter(Boolean).join(" "),
				w = 5 + text.length * 3.4;
			for (const t of [0.5, 0.4, 0.6, 0.3, 0.7]) {
				const [x, y] = along(c, t);
				const box = /** @type {Box} */ ([x - w - 1, y - 9, x + w + 1, y + 9]);
				if (!taken.free(box)) continue;
				taken.add(box);
				room--;
				pen.globalAlpha = nearNode && !nearSet.has(s) ? 0.25 : 1;
				pen.beginPath();
				pill(pen, x, y, w, 8);
				pen.fillStyle = tones.paper;
				pen.fill();
				pen.strokeStyle = tones[FAMILIES[strandFamily[s]]];
				pen.lineWidth = 1.3;
				pen.stroke();
				pen.font = `650 11.5px ${font}`;
				pen.textAlign = "center";
				pen.fillStyle = disputes[s] ? tones.warn : tones.ink;
				pen.fillText(text, x, y + 4);
				pen.globalAlpha = 1;
				break;
			}
		}
	}
	/** @param {any} pen @param {number} x @param {number} y @param {number} w @param {number} h */
	function pill(pen, x, y, w, h) {
		pen.moveTo(x - w + h, y - h);
		pen.lineTo(x + w - h, y - h);
		pen.quadraticCurveTo(x + w, y - h, x + w, y);
		pen.quadraticCurveTo(x + w, y + h, x + w - h, y + h);
		pen.lineTo(x - w + h, y + h);
		pen.quadraticCurveTo(x - w, y + h, x - w, y);
		pen.quadraticCurveTo(x - w, y - h, x - w + h, y - h);
		pen.closePath();
	}
	/** @param {any} pen @param {Taken} taken @param {number[]} list */
	function relations(pen, taken, list) {
		if (!nearNode && k < 1.5) return;
		let room = MOST.relations;
		for (const s of nearNode ? nearStrands : list) {
			if (room <= 0) return;
			if (!weight[s]) continue;
			const c = s * 6,
				text = what ? new Line(s, what).label : "",
				w = wide(text, 11, 500) / 2 + 3;
			if (Math.hypot(curves[c + 4] - curves[c], curves[c + 5] - curves[c + 1]) < 2 * w) continue;
			for (const t of [0.5, 0.4, 0.6]) {
				const [x, y] = along(c, t);
				const box = /** @type {Box} */ ([x - w, y - 8, x + w, y + 8]);
				if (x < 0 || x > width || y < 0 || y > height || !taken.free(box)) continue;
				taken.add(box);
				room--;
				write(pen, text, x, y, 11, 500, tones.soft);
				break;
			}
		}
	}
	/** @param {number} c @param {number} t */
	const along = (c, t) => {
		const u = 1 - t;
		return [
			u * u * curves[c] + 2 * t * u * curves[c + 2] + t * t * curves[c + 4],
			u * u * curves[c + 1] + 2 * t * u * curves[c + 3] + t * t * curves[c + 5],
		];
	};
	/** What is pointed at or has the keyboard focus, above the picture. */
	function overlay() {
		const dpr = over.width / width;
		light.setTransform(1, 0, 0, 1, 0, 0);
		light.clearRect(0, 0, over.width, over.height);
		light.setTransform(dpr, 0, 0, dpr, 0, 0);
		const own = hoverNode >= 0 ? shownAt(hoverNode) : hoverStrand >= 0 ? [hoverStrand] : [];
		light.lineWidth = 2.4;
		for (const s of own.slice(0, 300)) {
			curve(s, k < 0.3);
			const c = s * 6;
			light.beginPath();
			light.strokeStyle = light.fillStyle = tones[FAMILIES[strandFamily[s]]];
			light.moveTo(curves[c], curves[c + 1]);
			light.quadraticCurveTo(curves[c + 2], curves[c + 3], curves[c + 4], curves[c + 5]);
			light.stroke();
			arrows(light, [s], 2);
		}
		if (hoverNode >= 0) {
			ring(light, hoverNode, tones["strong-line"], 2);
			const h = radius(hoverNode) + 14;
			write(light, actors[hoverNode].label, sx(hoverNode), sy(hoverNode) - h, 13, 650, tones.ink);
		}
		const focused = canvas.contains(document.activeElement);
		if (cursor >= 0 && focused && shownNodes[cursor]) {
			light.setLineDash([5, 3]);
			ring(light, cursor, tones.accent, 3);
			light.setLineDash([]);
			write(light, actors[cursor].label, sx(cursor), sy(cursor) - radius(cursor) - 14, 13, 650, tones.ink);
		}
	}
	/** The strands of an actor that are shown. @param {number} i */
	const shownAt = (i) => strandsAt(i).filter((s) => weight[s]);

	/* For assistive technology the canvas holds a button for each actor with a label. */
	/** @type {Map<number, HTMLButtonElement>} */ const buttons = new Map();
	function settle() {
		const wanted = new Map(named.map(({ id, box }) => [id, box]));
		for (const id of [cursor, ...chosenNode]) if (id >= 0 && shownNodes[id] && !wanted.has(id)) wanted.set(id, []);
		for (const [id, button] of buttons)
			if (!wanted.has(id) && button !== document.activeElement) {
				button.remove();
				buttons.delete(id);
			}
		for (const [id, box] of wanted) {
			let button = buttons.get(id);
			if (!button) {
				button = document.createElement("button");
				button.type = "button";
				button.tabIndex = -1;
				button.dataset.id = actorIds[id];
				button.addEventListener("focus", () => {
					cursor = id;
					overlay();
					tell("focus", actorIds[id]);
				});
				button.addEventListener("blur", overlay);
				buttons.set(id, button);
				canvas.append(button);
			}
			button.dataset.box = box.map((n) => n.toFixed(1)).join();
			const words = t(
				"{0}, {1}, {2} shown",
				actors[id].label,
				page.typeWords(actors[id]).toLowerCase(),
				count(shownAt(id).length, "line"),
			);
			if (button.getAttribute("aria-label") !== words) button.setAttribute("aria-label", words);
			button.setAttribute("aria-pressed", String(chosenNode.has(id)));
		}
		host.dataset.drawn = String(drawn.length);
	}

	/* Pointing: a grid over the actors, distance to the lines that are drawn. */
	/** @type {Map<number, number[]> | null} */ let grid = null;
	const CELL = 80;
	const cellOf = (/** @type {number} */ x, /** @type {number} */ y) =>
		(Math.floor(x / CELL) + 4096) * 8192 + Math.floor(y / CELL) + 4096;
	/** @param {number} x @param {number} y  on the screen */
	function nodeAt(x, y) {
		if (!grid) {
			grid = new Map();
			for (let i = 0; i < N; i++) {
				const cell = cellOf(X[i], Y[i]),
					list = grid.get(cell);
				if (list) list.push(i);
				else grid.set(cell, [i]);
			}
		}
		const wx = (x - width / 2) / k + cx,
			wy = (y - height / 2) / k + cy,
			reach = Math.min(600, 34 / k);
		let best = -1,
			least = Infinity;
		for (let gx = wx - reach; gx < wx + reach + CELL; gx += CELL)
			for (let gy = wy - reach; gy < wy + reach + CELL; gy += CELL)
				for (const i of grid.get(cellOf(gx, gy)) || []) {
					if (!shownNodes[i]) continue;
					const off = Math.hypot(sx(i) - x, sy(i) - y) - Math.max(radius(i), 4) - 2;
					if (off < 2 && off < least) [best, least] = [i, off];
				}
		return best;
	}
	/** @param {number} x @param {number} y */
	function lineAt(x, y) {
		let best = -1,
			least = 6.5;
		for (const s of drawn) {
			const c = s * 6;
			const x0 = Math.min(curves[c], curves[c + 2], curves[c + 4]),
				x1 = Math.max(curves[c], curves[c + 2], curves[c + 4]);
			if (x < x0 - 7 || x > x1 + 7) continue;
			let [px, py] = [curves[c], curves[c + 1]];
			for (let n = 1; n <= 8; n++) {
				const [qx, qy] = along(c, n / 8);
				const dx = qx - px,
					dy = qy - py,
					t = Math.max(0, Math.min(1, ((x - px) * dx + (y - py) * dy) / (dx * dx + dy * dy || 1)));
				const off = Math.hypot(px + dx * t - x, py + dy * t - y);
				if (off < least) [best, least] = [s, off];
				[px, py] = [qx, qy];
			}
		}
		return best;
	}

	/** @type {Map<number, [number, number]>} */ const fingers = new Map();
	/** @type {{node: number, strand: number, x: number, y: number, moved: boolean} | null} */ let grip = null;
	const at = (/** @type {MouseEvent} */ e) => {
		const box = canvas.getBoundingClientRect();
		return /** @type {[number, number]} */ ([e.clientX - box.left, e.clientY - box.top]);
	};
	/** @param {number} factor @param {number} x @param {number} y */
	function zoomAt(factor, x, y) {
		const next = Math.min(6, Math.max(0.03, k * factor));
		cx += (x - width / 2) * (1 / k - 1 / next);
		cy += (y - height / 2) * (1 / k - 1 / next);
		k = next;
		follow();
	}
	/** The address holds a rounded camera; the same one is drawn. */
	const moved = () => {
		[cx, cy, k] = [Math.round(cx * 10) / 10, Math.round(cy * 10) / 10, Math.round(k * 1e4) / 1e4];
		draw();
		tell("camera", [cx, cy, k]);
	};
	/** @type {ReturnType<typeof setTimeout> | undefined} */ let settling;
	canvas.addEventListener(
		"wheel",
		(e) => {
			e.preventDefault();
			cancelAnimationFrame(gliding);
			zoomAt(Math.exp(-Math.max(-120, Math.min(120, e.deltaY)) * (e.ctrlKey ? 0.008 : 0.0022)), ...at(e));
			clearTimeout(settling);
			settling = setTimeout(moved, 180);
		},
		{ passive: false },
	);
	canvas.addEventListener("pointerdown", (e) => {
		if (e.button) return;
		cancelAnimationFrame(gliding);
		const [x, y] = at(e),
			node = nodeAt(x, y);
		fingers.set(e.pointerId, [e.clientX, e.clientY]);
		grip = { node, strand: node < 0 ? lineAt(x, y) : -1, x: e.clientX, y: e.clientY, moved: false };
		canvas.setPointerCapture(e.pointerId);
	});
	canvas.addEventListener("pointermove", (e) => {
		const last = fingers.get(e.pointerId);
		if (!last || !grip) return void point(e);
		const dx = e.clientX - last[0],
			dy = e.clientY - last[1];
		if (!grip.moved && Math.hypot(e.clientX - grip.x, e.clientY - grip.y) < 4) return;
		grip.moved = true;
		if (fingers.size === 2) {
			const other = [...fingers].find(([finger]) => finger !== e.pointerId)?.[1] || last,
				box = canvas.getBoundingClientRect();
			const before = Math.hypot(last[0] - other[0], last[1] - other[1]),
				now = Math.hypot(e.clientX - other[0], e.clientY - other[1]);
			if (before > 10)
				zoomAt(now / before, (e.clientX + other[0]) / 2 - box.left, (e.clientY + other[1]) / 2 - box.top);
		} else if (grip.node >= 0) {
			X[grip.node] += dx / k;
			Y[grip.node] += dy / k;
			grid = null;
			draw();
		} else {
			cx -= dx / k;
			cy -= dy / k;
			canvas.style.cursor = "grabbing";
			follow();
		}
		fingers.set(e.pointerId, [e.clientX, e.clientY]);
	});
	const release = (/** @type {PointerEvent} */ e) => {
		if (!fingers.delete(e.pointerId) || !grip || fingers.size) return;
		canvas.style.cursor = "grab";
		const { node, strand, moved: dragged } = grip;
		grip = null;
		if (e.type === "pointercancel") return;
		if (dragged && node >= 0) tell("pin", actorIds[node], [Math.round(X[node]), Math.round(Y[node])]);
		else if (dragged) moved();
		else if (node >= 0) {
			cursor = node;
			tell("choose", "n:" + actorIds[node]);
		} else tell("choose", strand >= 0 ? keyOf(strand) : "");
	};
	canvas.addEventListener("pointerup", release);
	canvas.addEventListener("pointercancel", release);
	/** @param {PointerEvent} e */
	function point(e) {
		if (e.pointerType === "touch" || moving) return;
		const [x, y] = at(e),
			node = nodeAt(x, y),
			strand = node < 0 ? lineAt(x, y) : -1;
		if (node !== hoverNode || strand !== hoverStrand) {
			[hoverNode, hoverStrand] = [node, strand];
			canvas.style.cursor = node >= 0 || strand >= 0 ? "pointer" : "grab";
			overlay();
			tell(
				"hover",
				strand >= 0 ? keyOf(strand) : node >= 0 ? actorIds[node] : "",
				strand >= 0 && what ? new Line(strand, what) : undefined,
			);
		}
		if (strand >= 0) tell("tip", x, y);
	}
	canvas.addEventListener("pointerleave", () => {
		[hoverNode, hoverStrand] = [-1, -1];
		overlay();
		tell("hover", "");
	});

	/* Keys. */
	canvas.addEventListener("focus", () => {
		if (cursor < 0 || !shownNodes[cursor]) cursor = order.find((i) => shownNodes[i] > 0) ?? -1;
		overlay();
	});
	canvas.addEventListener("blur", overlay);
	canvas.addEventListener("keydown", (e) => {
		const turn = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[e.key];
		if (e.ctrlKey || e.metaKey || e.altKey) return;
		if (turn && cursor >= 0) walk(turn);
		else if ((e.key === "Enter" || e.key === " ") && cursor >= 0) tell("choose", "n:" + actorIds[cursor]);
		else if (e.key === "Home") focus(actorIds[order.find((i) => shownNodes[i] > 0) ?? 0]);
		else return;
		e.preventDefault();
		e.stopPropagation();
	});
	/** To the nearest neighbour in that direction, else the nearest actor. @param {number[]} turn */
	function walk(turn) {
		const linked = new Set(shownAt(cursor).flatMap((s) => [strandFrom[s], strandTo[s]]));
		let best = -1,
			least = Infinity;
		for (let i = 0; i < N; i++) {
			if (!shownNodes[i] || i === cursor) continue;
			const dx = X[i] - X[cursor],
				dy = Y[i] - Y[cursor],
				far = Math.hypot(dx, dy),
				ahead = far ? (dx * turn[0] + dy * turn[1]) / far : 0;
			const price = far * (2.2 - ahead) + (linked.has(i) ? 0 : 1e7);
			if (ahead > 0.38 && price < least) [best, least] = [i, price];
		}
		if (best >= 0) focus(actorIds[best]);
	}
	/** @param {string} id */
	function focus(id) {
		const i = actorAt.get(id) ?? -1;
		if (i < 0 || !shownNodes[i]) return;
		cursor = i;
		const x = sx(i),
			y = sy(i);
		if (x < 50 || x > width - 50 || y < 40 || y > height - 40) {
			glide([X[i], Y[i], k], true);
			moved();
		}
		settle();
		buttons.get(i)?.focus({ preventScroll: true });
		overlay();
	}
	/** @param {number[]} goal @param {boolean} [atOnce] */
	function glide(goal, atOnce) {
		cancelAnimationFrame(gliding);
		if (atOnce || width < 2 || cost > 80) {
			[cx, cy, k] = goal;
			return void draw();
		}
		const from = [cx, cy, k],
			start = performance.now();
		const step = (/** @type {number} */ now) => {
			const t = Math.min(1, Math.max(0, (now - start) / 260)),
				ease = 1 - Math.pow(1 - t, 3);
			[cx, cy] = [0, 1].map((i) => from[i] + (goal[i] - from[i]) * ease);
			k = from[2] * Math.pow(goal[2] / from[2], ease);
			follow();
			if (t < 1) gliding = requestAnimationFrame(step);
		};
		gliding = requestAnimationFrame(step);
	}
	/** @param {Iterable<string>} ids */
	function framed(ids) {
		let [left, right, top, bottom, n] = [Infinity, -Infinity, Infinity, -Infinity, 0];
		for (const id of ids) {
			const i = actorAt.get(id) ?? -1;
			if (i < 0) continue;
			n++;
			[left, right] = [Math.min(left, X[i]), Math.max(right, X[i])];
			[top, bottom] = [Math.min(top, Y[i]), Math.max(bottom, Y[i])];
		}
		if (!n) return null;
		const room = width < 520 ? 44 : 120;
		const scale = Math.min(
			(width - room) / Math.max(right - left, 1),
			(height - Math.min(104, height * 0.35)) / Math.max(bottom - top, 1),
			1.6,
		);
		return [(left + right) / 2, (top + bottom) / 2 + 9 / Math.max(0.03, scale), Math.max(0.03, scale)];
	}

	new ResizeObserver(() => {
		const box = host.getBoundingClientRect();
		if (!box.width || !box.height) return;
		[width, height] = [box.width, box.height];
		const own = controls();
		corner = [own.left - box.left, own.top - box.top, own.right - box.left, own.bottom - box.top];
		tell("resize");
		draw();
	}).observe(host);
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
	/** @type {Set<number>} */ let nearSet = new Set();

	return {
		setData() {},
		/** @param {any} next */
		setVisible(next) {
			what = next.strands.what;
			shownNodes = what.nodes.mask;
			ghosts = what.ghosts.mask;
			const live = what.edges.live;
			const counts = new Int32Array(258);
			const count = strandCount();
			weight.fill(0, count);
			for (let s = 0; s < count; s++) {
				weight[s] = 0;
				if (!isDrawn(s)) continue;
				const group = members[s];
				let n = 0,
					d = 0;
				if (group.length === 1) {
					n = live[group[0]];
					d = n && edgeDisputed[group[0]];
				} else {
					for (const i of group) {
						if (!live[i]) continue;
						d += edgeDisputed[i];
						for (let b = becauseStart[i]; b < becauseStart[i + 1]; b++) {
							const it = becauseAll[b] + (edgeHeld[i] ? V : 0);
							if (stamp[it] === s || (!edgeHeld[i] && !what.events.mask[it])) continue;
							stamp[it] = s;
							n += edgeHeld[i] ? 1 : standsFor[it];
						}
					}
				}
				coded[s] = +(feedAt.size > 0 && n > 0 && new Line(s, what).coded);
				weight[s] = Math.min(n, 65535);
				disputes[s] = Math.min(255, d);
				if (n) counts[Math.min(255, n)]++;
			}
			stamp.fill(-1);
			let sum = 0;
			for (let n = 255; n > 0; n--) {
				const here = counts[n];
				counts[n] = sum;
				sum += here;
			}
			ranked = new Int32Array(sum);
			for (let s = 0; s < count; s++) if (weight[s]) ranked[counts[Math.min(255, weight[s])]++] = s;
			draw();
		},
		/** @param {{chosen: Set<string>, near: Set<string> | null}} next */
		select(next) {
			chosenNode.clear();
			chosenStrand.clear();
			const strand = (/** @type {string} */ key) => (/^[eb]:/.test(key) ? drawnStrand(key) : undefined);
			for (const key of next.chosen) {
				const i = actorAt.get(key),
					s = strand(key);
				if (i !== undefined && shownNodes[i]) chosenNode.add(i);
				if (s !== undefined) chosenStrand.add(s);
			}
			nearNode = next.near ? new Uint8Array(N) : null;
			nearSet = new Set();
			if (nearNode)
				for (const key of next.near || []) {
					const i = actorAt.get(key),
						s = i === undefined ? strand(key) : undefined;
					if (i !== undefined) nearNode[i] = 1;
					if (s !== undefined) nearSet.add(s);
				}
			nearStrands = Int32Array.from(nearSet);
			draw();
		},
		focus,
		/** @param {Iterable<string>} ids @param {boolean} [calm] */
		fit(ids, calm) {
			const goal = framed(ids);
			if (goal) glide(goal, calm || calmly.matches);
		},
		/** @param {Map<string, [number, number]>} next */
		setPins(next) {
			for (const id of new Set([...pinned, ...next.keys()])) {
				const i = actorAt.get(id) ?? -1,
					spot = next.get(id);
				if (i >= 0) [X[i], Y[i]] = spot || [actors[i].x, actors[i].y];
				grid = null;
			}
			pinned = new Set(next.keys());
			draw();
		},
		/** @param {number[]} camera */
		setCamera(camera) {
			cancelAnimationFrame(gliding);
			[cx, cy, k] = camera;
			draw();
		},
		/** @param {number} factor */
		zoom(factor) {
			glide([cx, cy, Math.min(6, Math.max(0.03, k * factor))], calmly.matches);
			setTimeout(moved, 300);
		},
		/** @param {Box[]} boxes */
		reserve(boxes) {
			reserved = boxes;
			draw();
		},
		/** Where every actor stands: pins and the layout of the page. */
		positions: () => new Map(actorIds.map((id, i) => [id, [X[i], Y[i]]])),
		export() {
			const pen = new SvgPen();
			readTones();
			picture(pen, false);
			return { svg: pen.out.join(""), width, height };
		},
		/** @param {string} name @param {(...args: any[]) => void} act */
		on(name, act) {
			listeners.set(name, [...(listeners.get(name) || []), act]);
		},
	};
}
