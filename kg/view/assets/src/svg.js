// @ts-check
/* Some hundreds of lines as SVG: crisp, focusable and printable, in screen space. */
import { actors, degree, file, looks, weightOf } from "./data.js";
import { NETWORK, actorWords, calmly, strandWords } from "./descriptions.js";
import { s } from "./elements.js";
import { figurePath } from "./figures.js";
import { Taken, label } from "./labels.js";

/** Crisp, focusable and printable; draws everything in screen space, so lines and letters keep their size. @param {HTMLElement} host @param {() => DOMRect} controls  where no label may stand @returns {Renderer} */
export function svgRenderer(host, controls) {
	const layers = ["lines", "marks", "nodes", "labels"].map((kind) => s("g", { class: kind }));
	const [lineLayer, markLayer, nodeLayer, labelLayer] = layers;
	markLayer.setAttribute("aria-hidden", "true");
	labelLayer.setAttribute("aria-hidden", "true");
	const root = /** @type {SVGSVGElement} */ (
		s(
			"svg",
			{
				class: "network",
				role: "group",
				"aria-label": NETWORK,
			},
			...layers,
		)
	);
	host.append(root);

	/** @type {Map<string, Spot>} */ const spots = new Map();
	/** @type {Map<string, Line>} */ const lines = new Map();
	/** @type {Map<string, Function[]>} */ const listeners = new Map();
	/** @type {Set<string>} */ let visible = new Set();
	/** @type {Set<string>} */ let ghosts = new Set();
	/** @type {Set<string>} */ let chosen = new Set();
	/** @type {Set<string> | null} */ let near = null;
	/** @type {Set<string> | null} */ let hovered = null;
	/** @type {Box} */ let corner = [0, 0, 0, 0];
	/** @type {Box[]} */ let reserved = [];
	/** @type {Map<string, [number, number]>} */ let pins = new Map();
	let width = 1,
		height = 1,
		cx = 0,
		cy = 0,
		k = 1,
		scheduled = 0,
		gliding = 0,
		tabStop = "",
		painted = [0, 0, 1],
		resting = 0;

	const tell = (/** @type {string} */ what, /** @type {any[]} */ ...args) =>
		(listeners.get(what) || []).forEach((act) => act(...args));
	const draw = () => {
		if (!scheduled) scheduled = requestAnimationFrame(paint);
	};
	/** Follow the camera: a large drawing is moved as it is, and drawn anew when it comes to rest. */
	function follow() {
		if (lines.size < 300) return draw();
		const f = k / painted[2],
			x = (width / 2) * (1 - f) + (painted[0] - cx) * k,
			y = (height / 2) * (1 - f) + (painted[1] - cy) * k;
		for (const layer of layers) layer.setAttribute("transform", `translate(${x} ${y}) scale(${f})`);
		clearTimeout(resting);
		resting = setTimeout(draw, 140);
	}

	/** Make these the children of a layer, in this order, moving as few as possible: a moved element loses the focus. @param {Element} layer @param {Element[]} parts */
	function keep(layer, parts) {
		const wanted = new Set(parts);
		for (const part of [...layer.children]) if (!wanted.has(part)) part.remove();
		let next = layer.firstElementChild;
		for (const part of parts) {
			if (part === next) next = part.nextElementSibling;
			else layer.insertBefore(part, next);
		}
	}
	/** @param {string} id */
	function addSpot(id) {
		const actor = /** @type {Actor} */ (actors.get(id));
		const look = looks.get(actor.type) || { figure: "circle", color: "#9AA1A8" };
		const ring = s("path", { class: "ring" }),
			shape = s("path", { class: "shape", fill: look.color });
		const hit = s("circle", { class: "hit" });
		const g = s(
			"g",
			{ class: "node", role: "button", tabindex: -1, "data-id": id },
			hit,
			ring,
			shape,
			s("circle", { class: "pin", r: 2.6 }),
		);
		const text = s("text", { class: "label" });
		const r = 7.5 + 2.1 * Math.sqrt(degree(id));
		const spot = { actor, x: actor.x, y: actor.y, r, sx: 0, sy: 0, g, shape, ring, hit, text, drawn: 0 };
		g.addEventListener("focus", () => {
			setTabStop(id);
			hover(id);
			tell("focus", id);
		});
		g.addEventListener("blur", () => hover(""));
		spots.set(id, spot);
		return spot;
	}
	/** @param {string} id */
	function setTabStop(id) {
		if (tabStop && spots.has(tabStop)) spots.get(tabStop)?.g.setAttribute("tabindex", "-1");
		tabStop = id;
		spots.get(id)?.g.setAttribute("tabindex", "0");
	}
	/** @param {Strand} strand */
	function addLine(strand) {
		const hit = s("path", { class: "hit" }),
			line = s("path", { class: "line" }),
			head = s("path", { class: "head" });
		const tail = strand.both ? s("path", { class: "head" }) : null;
		const g = s(
			"g",
			{ role: "button", tabindex: -1, "data-key": strand.key },
			hit,
			line,
			head,
			...(tail ? [tail] : []),
		);
		const text = s("text", { class: "relation" });
		g.addEventListener("focus", () => hover(strand.key));
		g.addEventListener("blur", () => hover(""));
		return { strand, g, hit, line, head, tail, mark: null, text, curve: [], width: 1 };
	}
	/** @param {Line} item @param {Strand} strand */
	function setLine(item, strand) {
		item.strand = strand;
		const n = weightOf(strand.edges, strand.live);
		item.width =
			strand.family === "tie" ? 1.1 : (/q[24]/.test(strand.family) ? 2.1 : 1.5) + Math.min(4, 0.95 * Math.sqrt(n - 1));
		const dashed = strand.contested === strand.edges.length ? " contested" : "";
		item.g.setAttribute("class", "edge " + strand.family + dashed + (strand.coded ? " coded" : ""));
		item.g.setAttribute("aria-label", strandWords(strand));
		/** @type {SVGElement} */ (item.line).setAttribute("stroke-width", item.width.toFixed(2));
		item.text.textContent = strand.label;
		const many = strand.edges.length > 1;
		item.mark?.remove();
		item.mark = null;
		if (!many && !strand.contested) return;
		const words = [many ? String(n) : "", strand.contested ? "≠" : ""].filter(Boolean).join(" ");
		const half = 5 + words.length * 3.4;
		item.mark = s(
			"g",
			{
				class: "mark " + strand.family + (strand.contested ? " contested" : ""),
				"data-key": strand.key,
				"data-half": half,
			},
			s("rect", { x: -half, y: -8.5, width: 2 * half, height: 17, rx: 8.5 }),
			s("text", { y: 4.2 }, words),
		);
	}
	/** @param {Spot} spot */
	const place = (spot) => {
		const pin = pins.get(spot.actor.id);
		[spot.x, spot.y] = pin || [spot.actor.x, spot.actor.y];
		spot.g.classList.toggle("pinned", !!pin);
	};

	function paint() {
		scheduled = 0;
		painted = [cx, cy, k];
		for (const layer of layers) layer.removeAttribute("transform");
		const grow = Math.min(1.7, Math.max(0.62, Math.pow(k, 0.4)));
		for (const id of [...visible, ...ghosts]) {
			const spot = /** @type {Spot} */ (spots.get(id));
			const r = ghosts.has(id) ? 3 : Math.round(spot.r * grow * 10) / 10;
			spot.sx = (spot.x - cx) * k + width / 2;
			spot.sy = (spot.y - cy) * k + height / 2;
			if (spot.drawn !== r) {
				spot.drawn = r;
				const figure = (looks.get(spot.actor.type) || { figure: "circle" }).figure;
				spot.shape.setAttribute("d", figurePath(figure, r));
				spot.ring.setAttribute("d", figurePath(figure, r + 5));
				spot.hit.setAttribute("r", String(Math.max(12, r + 4)));
			}
			spot.g.setAttribute("transform", `translate(${spot.sx.toFixed(1)} ${spot.sy.toFixed(1)})`);
		}
		for (const line of lines.values()) paintLine(line);
		paintLabels();
	}
	/** @param {Line} item */
	function paintLine(item) {
		const { strand, width: w } = item;
		const a = /** @type {Spot} */ (spots.get(strand.from)),
			b = /** @type {Spot} */ (spots.get(strand.to));
		const forward = strand.from < strand.to ? 1 : -1;
		const dx = b.sx - a.sx,
			dy = b.sy - a.sy,
			far = Math.hypot(dx, dy) || 1;
		const gap = Math.min(24, Math.max(7, (far * 0.55) / strand.of)) * Math.min(1.25, Math.max(0.7, k));
		const bend = (strand.place - (strand.of - 1) / 2) * gap * 2 * forward;
		const mx = (a.sx + b.sx) / 2 - (dy / far) * bend,
			my = (a.sy + b.sy) / 2 + (dx / far) * bend;
		const head = 6.5 + w * 1.7,
			wide = 2.6 + w * 0.85;
		const [x1, y1, ux, uy] = leave(a, mx, my, strand.both ? 3 : 2);
		const [x2, y2, vx, vy] = leave(b, mx, my, 3);
		const back = strand.both ? head * 0.8 : 0;
		const sx = x1 + ux * back,
			sy = y1 + uy * back,
			ex = x2 + vx * head * 0.8,
			ey = y2 + vy * head * 0.8;
		item.curve = [sx, sy, mx, my, ex, ey];
		const d = `M${sx.toFixed(1)} ${sy.toFixed(1)}Q${mx.toFixed(1)} ${my.toFixed(1)} ${ex.toFixed(1)} ${ey.toFixed(1)}`;
		item.line.setAttribute("d", d);
		item.hit.setAttribute("d", d);
		item.head.setAttribute("d", arrow(x2, y2, vx, vy, head, wide));
		item.tail?.setAttribute("d", arrow(x1, y1, ux, uy, head, wide));
	}
	/** The point where a line leaves a node, and its direction there. @param {Spot} spot @param {number} x @param {number} y @param {number} room */
	function leave(spot, x, y, room) {
		const dx = x - spot.sx,
			dy = y - spot.sy,
			far = Math.hypot(dx, dy) || 1;
		const r = spot.drawn * 1.04 + room;
		return [spot.sx + (dx / far) * r, spot.sy + (dy / far) * r, dx / far, dy / far];
	}
	/** @param {number} x @param {number} y @param {number} ux @param {number} uy @param {number} long @param {number} wide */
	const arrow = (x, y, ux, uy, long, wide) =>
		`M${x.toFixed(1)} ${y.toFixed(1)}L${(x + ux * long - uy * wide).toFixed(1)} ${(y + uy * long + ux * wide).toFixed(1)}` +
		`L${(x + ux * long * 0.78).toFixed(1)} ${(y + uy * long * 0.78).toFixed(1)}L${(x + ux * long + uy * wide).toFixed(1)} ${(y + uy * long - ux * wide).toFixed(1)}Z`;
	/** @param {number[]} c @param {number} t */
	const along = ([x0, y0, x1, y1, x2, y2], t) => [
		(1 - t) * (1 - t) * x0 + 2 * t * (1 - t) * x1 + t * t * x2,
		(1 - t) * (1 - t) * y0 + 2 * t * (1 - t) * y1 + t * t * y2,
	];

	/** Hubs first, then marks, other actors, and relations where room is left; what does not fit waits for a closer look. */
	function paintLabels() {
		const taken = new Taken();
		for (const box of [corner, ...reserved]) taken.add(box);
		for (const id of visible) {
			const { sx, sy, drawn } = /** @type {Spot} */ (spots.get(id));
			taken.add([sx - drawn - 1, sy - drawn - 1, sx + drawn + 1, sy + drawn + 1]);
		}
		for (const { curve } of lines.values())
			for (let t = 0.04; t < 1; t += 0.08) {
				const [x, y] = along(curve, t);
				taken.addPoint(x, y);
			}
		const focus = hovered || near;
		const rank = (/** @type {Spot} */ spot) =>
			(chosen.has(spot.actor.id) ? 1e6 : 0) + (focus?.has(spot.actor.id) ? 1e4 : 0) + degree(spot.actor.id);
		const order = [...visible]
			.map((id) => /** @type {Spot} */ (spots.get(id)))
			.sort((a, b) => rank(b) - rank(a) || (a.actor.id < b.actor.id ? -1 : 1));
		const hub = (/** @type {Spot} */ spot) => degree(spot.actor.id) >= 8 || chosen.has(spot.actor.id);
		for (const spot of order.filter(hub)) paintLabel(spot, taken);
		for (const item of lines.values()) if (item.mark) paintMark(item, item.mark, taken);
		for (const spot of order) if (!hub(spot)) paintLabel(spot, taken);
		for (const item of lines.values()) {
			const wanted = focus ? focus.has(item.strand.key) : k > 1.7;
			paintRelation(item, wanted, taken);
		}
	}
	/** @param {Line} item @param {Element} mark @param {Taken} taken */
	function paintMark(item, mark, taken) {
		const size = Math.min(1, Math.max(0.76, Math.sqrt(k))),
			half = Number(mark.getAttribute("data-half")) * size,
			tall = 9 * size;
		/** @type {number[]} */ let spot = [];
		for (const t of [0.5, 0.43, 0.57, 0.36, 0.64, 0.29, 0.71, 0.22, 0.78, 0.16, 0.84]) {
			const [x, y] = along(item.curve, t),
				free = taken.free([x - half, y - tall, x + half, y + tall]);
			if (!spot.length || free) spot = [x, y];
			if (free) break;
		}
		taken.add([spot[0] - half - 1, spot[1] - tall - 1, spot[0] + half + 1, spot[1] + tall + 1]);
		mark.setAttribute("transform", `translate(${spot[0].toFixed(1)} ${spot[1].toFixed(1)}) scale(${size.toFixed(2)})`);
	}
	/** @param {Spot} spot @param {Taken} taken */
	function paintLabel(spot, taken) {
		const { sx, sy, drawn: r, text, actor } = spot;
		const strong = degree(actor.id) >= 8 || chosen.has(actor.id);
		const size = strong ? 13 : 12,
			weight = strong ? 650 : 450;
		const { lines: rows, width: w, height: tall } = label(actor.label, size, weight, 20);
		/** @type {[number, number][]} */
		const sides = [
			[sx, sy + r + 4 + tall / 2],
			[sx, sy - r - 4 - tall / 2],
			[sx + r + 5 + w / 2, sy],
			[sx - r - 5 - w / 2, sy],
			[sx + r * 0.7 + w / 2, sy + r + tall / 2],
			[sx - r * 0.7 - w / 2, sy + r + tall / 2],
			[sx + r * 0.7 + w / 2, sy - r - tall / 2],
			[sx - r * 0.7 - w / 2, sy - r - tall / 2],
		];
		if (strong)
			for (const [ux, uy] of [
				[0, 1],
				[0, -1],
				[1, 0],
				[-1, 0],
				[0.8, 0.7],
				[-0.8, 0.7],
				[0.8, -0.7],
				[-0.8, -0.7],
			])
				for (const far of [16, 30]) sides.push([sx + ux * (r + far + w / 2), sy + uy * (r + far + tall / 2)]);
		const inside = sx > 0 && sx < width && sy > 0 && sy < height;
		let best = -1,
			least = Infinity;
		sides.forEach(([x, y], side) => {
			/** @type {Box} */ const box = [x - w / 2, y - tall / 2, x + w / 2, y + tall / 2];
			if (!taken.free(box) || (inside && (box[0] < 3 || box[2] > width - 3 || box[1] < 3 || box[3] > height - 3)))
				return;
			const cost = taken.crossed(box) * 2 + side * 0.6;
			if (cost < least) [best, least] = [side, cost];
		});
		const out = best < 0;
		text.classList.toggle("out", out);
		if (out) return;
		const [x, y] = sides[best];
		taken.add([x - w / 2, y - tall / 2, x + w / 2, y + tall / 2]);
		const look = `${rows.join("\n")}${size}${weight}`;
		if (text.getAttribute("data-look") !== look) {
			text.setAttribute("data-look", look);
			text.setAttribute("font-size", String(size));
			text.setAttribute("font-weight", String(weight));
			text.replaceChildren(
				...rows.map((row, i) => s("tspan", { x: 0, y: (i - (rows.length - 1) / 2) * (size + 2) + size * 0.35 }, row)),
			);
		}
		text.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
	}
	/** @param {Line} item @param {boolean} wanted @param {Taken} taken */
	function paintRelation(item, wanted, taken) {
		let spot = null;
		if (wanted) {
			const { width: w, height: tall } = label(item.strand.label, 11, 500, 40);
			for (const t of [0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75]) {
				const [x, y] = along(item.curve, t);
				/** @type {Box} */ const box = [x - w / 2, y - tall / 2, x + w / 2, y + tall / 2];
				if (!taken.free(box)) continue;
				taken.add(box);
				spot = [x, y];
				break;
			}
		}
		item.text.classList.toggle("out", !spot);
		if (spot) item.text.setAttribute("transform", `translate(${spot[0].toFixed(1)} ${(spot[1] + 3.8).toFixed(1)})`);
	}

	/** Everything that one actor or strand touches. @param {string} what */
	function related(what) {
		const found = new Set([what]);
		for (const { strand } of lines.values())
			if (strand.from === what || strand.to === what || strand.key === what)
				found.add(strand.from).add(strand.to).add(strand.key);
		return found;
	}
	/** @param {string} what */
	function hover(what) {
		hovered = what ? related(what) : null;
		shade();
	}
	function shade() {
		const focus = hovered || near;
		root.classList.toggle("dim", !!focus);
		for (const [id, spot] of spots) {
			const on = !!focus?.has(id);
			spot.g.classList.toggle("near", on);
			spot.text.classList.toggle("near", on);
			spot.g.classList.toggle("chosen", chosen.has(id));
			spot.text.classList.toggle("chosen", chosen.has(id));
			spot.g.setAttribute("aria-pressed", String(chosen.has(id)));
		}
		for (const [key, line] of lines) {
			const on = !!focus?.has(key);
			for (const part of [line.g, line.mark, line.text]) {
				part?.classList.toggle("near", on);
				part?.classList.toggle("chosen", chosen.has(key));
			}
		}
		draw();
	}

	/* Pointer: drag the ground to pan, an actor to pin it, two fingers or the wheel to zoom. */
	/** @type {Map<number, [number, number]>} */ const fingers = new Map();
	/** @type {{spot: Spot | null, key: string, x: number, y: number, moved: boolean} | null} */ let grip = null;
	const at = (/** @type {MouseEvent} */ e) => {
		const box = root.getBoundingClientRect();
		return [e.clientX - box.left, e.clientY - box.top];
	};
	/** @param {number} factor @param {number} x @param {number} y */
	function zoomAt(factor, x, y) {
		const next = Math.min(6, Math.max(0.12, k * factor));
		cx += (x - width / 2) * (1 / k - 1 / next);
		cy += (y - height / 2) * (1 / k - 1 / next);
		k = next;
		follow();
	}
	/** The address holds a rounded camera; the same one is drawn, so that a shared view is the same view. */
	const moved = () => {
		[cx, cy, k] = [Math.round(cx * 10) / 10, Math.round(cy * 10) / 10, Math.round(k * 1e4) / 1e4];
		draw();
		tell("camera", [cx, cy, k]);
	};
	/** @type {number | undefined} */ let settling;
	root.addEventListener(
		"wheel",
		(e) => {
			e.preventDefault();
			cancelAnimationFrame(gliding);
			zoomAt(
				Math.exp(-Math.max(-120, Math.min(120, e.deltaY)) * (e.ctrlKey ? 0.008 : 0.0022)),
				.../** @type {[number, number]} */ (at(e)),
			);
			clearTimeout(settling);
			settling = setTimeout(moved, 160);
		},
		{ passive: false },
	);
	root.addEventListener("pointerdown", (e) => {
		if (e.button) return;
		cancelAnimationFrame(gliding);
		const target = /** @type {Element} */ (e.target);
		const id = target.closest(".node")?.getAttribute("data-id");
		const key = target.closest("[data-key]")?.getAttribute("data-key") || "";
		fingers.set(e.pointerId, [e.clientX, e.clientY]);
		grip = { spot: (id && spots.get(id)) || null, key, x: e.clientX, y: e.clientY, moved: false };
		root.setPointerCapture(e.pointerId);
	});
	root.addEventListener("pointermove", (e) => {
		const last = fingers.get(e.pointerId);
		if (!last || !grip) return void point(e);
		const [dx, dy] = [e.clientX - last[0], e.clientY - last[1]];
		if (!grip.moved && Math.hypot(e.clientX - grip.x, e.clientY - grip.y) < 4) return;
		grip.moved = true;
		if (fingers.size === 2) pinch(e);
		else if (grip.spot) {
			grip.spot.x += dx / k;
			grip.spot.y += dy / k;
			grip.spot.g.classList.add("pinned");
		} else {
			cx -= dx / k;
			cy -= dy / k;
			root.classList.add("panning");
		}
		fingers.set(e.pointerId, [e.clientX, e.clientY]);
		if (grip.spot) draw();
		else follow();
	});
	/** @param {PointerEvent} e */
	function pinch(e) {
		const other = [...fingers].find(([finger]) => finger !== e.pointerId);
		const last = fingers.get(e.pointerId);
		if (!other || !last) return;
		const [ox, oy] = other[1],
			box = root.getBoundingClientRect();
		const before = Math.hypot(last[0] - ox, last[1] - oy),
			now = Math.hypot(e.clientX - ox, e.clientY - oy);
		if (before > 10) zoomAt(now / before, (e.clientX + ox) / 2 - box.left, (e.clientY + oy) / 2 - box.top);
	}
	const release = (/** @type {PointerEvent} */ e) => {
		if (!fingers.delete(e.pointerId) || !grip) return;
		root.classList.remove("panning");
		const { spot, key, moved: dragged } = grip;
		if (fingers.size) return;
		grip = null;
		if (e.type === "pointercancel") return;
		if (dragged && spot) tell("pin", spot.actor.id, [Math.round(spot.x), Math.round(spot.y)]);
		else if (dragged) moved();
		else if (spot) {
			setTabStop(spot.actor.id);
			tell("choose", "n:" + spot.actor.id);
		} else tell("choose", key);
	};
	root.addEventListener("pointerup", release);
	root.addEventListener("pointercancel", release);
	let pointed = "";
	/** @param {PointerEvent} e */
	function point(e) {
		if (e.pointerType === "touch") return;
		const target = /** @type {Element} */ (e.target);
		const what =
			target.closest(".node")?.getAttribute("data-id") || target.closest("[data-key]")?.getAttribute("data-key") || "";
		if (what !== pointed) {
			hover((pointed = what));
			tell("hover", what, lines.get(what)?.strand);
		}
		if (what) tell("tip", ...at(e));
	}
	root.addEventListener("pointerleave", () => {
		if (pointed) {
			hover((pointed = ""));
			tell("hover", "");
		}
	});

	/* Keys: arrows walk to the neighbour in that direction, with Shift through the relations of the actor. */
	root.addEventListener("keydown", (e) => {
		const target = /** @type {Element} */ (e.target);
		const id = target.getAttribute("data-id"),
			key = target.getAttribute("data-key");
		const turn = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[e.key];
		if (e.ctrlKey || e.metaKey || e.altKey) return;
		if (turn && (e.shiftKey || key)) nextLine(id, key, turn[0] + turn[1]);
		else if (turn && id) walk(id, turn);
		else if (e.key === "Enter" || e.key === " ") tell("choose", id ? "n:" + id : key || "");
		else if (e.key === "Home") focus([...visible].sort((a, b) => degree(b) - degree(a))[0]);
		else if (e.key === "Escape" && key) focus(tabStop);
		else return;
		e.preventDefault();
		e.stopPropagation();
	});
	/** @param {string} id @param {number[]} turn */
	function walk(id, turn) {
		const here = /** @type {Spot} */ (spots.get(id));
		const linked = related(id);
		let best = "",
			least = Infinity;
		for (const other of visible) {
			const there = /** @type {Spot} */ (spots.get(other));
			const dx = there.sx - here.sx,
				dy = there.sy - here.sy,
				far = Math.hypot(dx, dy);
			const ahead = far ? (dx * turn[0] + dy * turn[1]) / far : 0;
			const cost = far * (2.2 - ahead) + (linked.has(other) ? 0 : 1e5);
			if (other !== id && ahead > 0.38 && cost < least) [best, least] = [other, cost];
		}
		if (best) focus(best);
	}
	/** @param {string | null} id @param {string | null} key @param {number} step */
	function nextLine(id, key, step) {
		const actor = id || tabStop;
		const own = [...lines.values()].filter(({ strand }) => strand.from === actor || strand.to === actor);
		if (!own.length) return;
		const now = own.findIndex(({ strand }) => strand.key === key);
		const next = own[(now + step + own.length + (now < 0 && step < 0 ? 1 : 0)) % own.length];
		/** @type {SVGElement} */ (/** @type {unknown} */ (next.g)).focus();
	}
	/** @param {string} id */
	function focus(id) {
		const spot = spots.get(id);
		if (!spot || !visible.has(id)) return;
		setTabStop(id);
		reveal(spot);
		/** @type {SVGElement} */ (/** @type {unknown} */ (spot.g)).focus({ preventScroll: true });
	}
	/** @param {Spot} spot */
	function reveal(spot) {
		const sx = (spot.x - cx) * k + width / 2,
			sy = (spot.y - cy) * k + height / 2;
		if (sx > 50 && sx < width - 50 && sy > 40 && sy < height - 50) return;
		glide([spot.x, spot.y, k], calmly.matches);
		moved();
	}
	/** @param {number[]} goal @param {boolean} [atOnce] */
	function glide(goal, atOnce) {
		cancelAnimationFrame(gliding);
		if (atOnce || width < 2) {
			[cx, cy, k] = goal;
			return void draw();
		}
		const from = [cx, cy, k],
			start = performance.now();
		const step = (/** @type {number} */ now) => {
			const t = Math.min(1, (now - start) / 260),
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
		const all = [...ids].map((id) => spots.get(id)).filter((spot) => !!spot);
		if (!all.length) return null;
		const xs = all.map((spot) => spot.x),
			ys = all.map((spot) => spot.y);
		const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
		const halves = all.map((spot) => (width < 520 ? 22 : label(spot.actor.label, 12, 450, 20).width / 2 + 12));
		const edge = width < 520 ? 22 : 30;
		let scale = 1,
			west = edge,
			east = edge;
		for (let round = 0; round < 5; round++) {
			scale = Math.min(
				(width - west - east) / Math.max(right - left, 1),
				(height - Math.min(104, height * 0.35)) / Math.max(bottom - top, 1),
				1.6,
			);
			west = Math.max(edge, ...all.map((spot, i) => halves[i] - (spot.x - left) * scale));
			east = Math.max(edge, ...all.map((spot, i) => halves[i] - (right - spot.x) * scale));
		}
		scale = Math.max(0.12, scale);
		return [(left + right) / 2 + (east - west) / 2 / scale, (top + bottom) / 2 + 9 / scale, scale];
	}
	/** The picture as a standalone drawing: styles become attributes, helpers for pointer and keys go. */
	function drawing() {
		const copy = /** @type {SVGSVGElement} */ (root.cloneNode(true));
		const props = [
			"fill",
			"fill-opacity",
			"stroke",
			"stroke-width",
			"stroke-dasharray",
			"stroke-linecap",
			"stroke-linejoin",
			"stroke-opacity",
			"opacity",
			"font-family",
			"font-size",
			"font-weight",
			"text-anchor",
			"paint-order",
			"display",
		];
		const from = [root, ...root.querySelectorAll("*")],
			to = [copy, ...copy.querySelectorAll("*")];
		to.forEach((element, i) => {
			const style = getComputedStyle(from[i]);
			for (const prop of props) element.setAttribute(prop, style.getPropertyValue(prop));
			for (const extra of [
				"class",
				"role",
				"tabindex",
				"aria-label",
				"aria-pressed",
				"aria-hidden",
				"data-id",
				"data-key",
				"data-look",
				"data-half",
			])
				element.removeAttribute(extra);
		});
		for (const element of copy.querySelectorAll('[display="none"]')) element.remove();
		return {
			svg: [...copy.children].map((part) => new XMLSerializer().serializeToString(part)).join(""),
			width,
			height,
		};
	}

	new ResizeObserver(() => {
		const box = host.getBoundingClientRect();
		if (!box.width || !box.height) return;
		[width, height] = [box.width, box.height];
		root.setAttribute("viewBox", `0 0 ${width} ${height}`);
		const own = controls();
		corner = [own.left - box.left, own.top - box.top, own.right - box.left, own.bottom - box.top];
		tell("resize");
		draw();
	}).observe(host);

	return {
		setData(nodes) {
			for (const node of nodes) place(addSpot(node.id));
		},
		setVisible(what) {
			visible = what.nodes;
			ghosts = what.ghosts;
			const wanted = [...visible, ...ghosts].flatMap((id) => spots.get(id) || []);
			for (const spot of wanted) {
				const ghost = ghosts.has(spot.actor.id);
				spot.g.classList.toggle("ghost", ghost);
				spot.g.setAttribute("aria-hidden", String(ghost));
				spot.g.setAttribute("aria-label", actorWords(spot.actor));
			}
			const before = new Map(lines);
			lines.clear();
			for (const strand of what.strands) {
				const line = before.get(strand.key) || addLine(strand);
				setLine(line, strand);
				lines.set(strand.key, line);
			}
			const drawn = [...lines.values()];
			keep(
				lineLayer,
				drawn.map((line) => line.g),
			);
			keep(
				markLayer,
				drawn.flatMap((line) => line.mark || []),
			);
			keep(
				nodeLayer,
				wanted.map((spot) => spot.g),
			);
			keep(
				labelLayer,
				[...wanted.filter((spot) => visible.has(spot.actor.id)), ...drawn].map((item) => item.text),
			);
			if (!visible.has(tabStop))
				setTabStop([...visible].sort((a, b) => degree(b) - degree(a) || (a < b ? -1 : 1))[0] || "");
			shade();
		},
		select(what) {
			chosen = what.chosen;
			near = what.near;
			shade();
		},
		focus,
		fit(ids, calm) {
			const goal = framed(ids);
			if (goal) glide(goal, calm || calmly.matches);
		},
		setPins(next) {
			pins = next;
			for (const spot of spots.values()) place(spot);
			draw();
		},
		reserve(boxes) {
			reserved = boxes;
			draw();
		},
		setCamera(camera) {
			cancelAnimationFrame(gliding);
			[cx, cy, k] = camera;
			draw();
		},
		zoom(factor) {
			glide([cx, cy, Math.min(6, Math.max(0.12, k * factor))], calmly.matches);
			setTimeout(moved, 300);
		},
		export: drawing,
		on(what, act) {
			file(listeners, what, act);
		},
	};
}
