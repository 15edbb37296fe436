// @ts-check
/*
 * The network page of DiploKG: one file, no library, no network. Everything that is shown comes from the JSON in this
 * page and reaches the document as text only (never as markup).
 *
 *   1 data    2 words    3 dates    4 elements    5 state and address    6 what is shown    7 strands
 *   8 labels  9 renderer (SVG)   10 legend and filters   11 evidence panel   12 search   13 path
 *   14 time  15 table   16 export and print   17 quoting and keeping   18 pairs   19 tour and language
 *   20 help, drawers, theme, keys   21 start
 *
 * State is one plain object; `change()` is the only way to alter it. Each change derives what is shown (6), draws it
 * and writes the address. A renderer is anything with the methods of `Renderer` (9).
 */
(async () => {
	"use strict";

	/* ── 1 data ─────────────────────────────────────────────────────────────────────────────────────────────────── */

	/** @typedef {{id: string, label: string, type: string, labels?: [string, string][], tags?: [string, string][],
	 *   aliases?: string[], description?: string, part_of?: string[], wikidata?: string, mentions?: number[],
	 *   x: number, y: number}} Actor */
	/** @typedef {{id: string, from: string, to: string, predicate: string, label: string, status?: string,
	 *   quad_class?: number, symmetric?: boolean, because?: string[]}} Edge */
	/** @typedef {{id: string, label: string, event_class?: string, class_label: string, factuality: string,
	 *   actors?: string[], targets?: string[], about?: string[], on_behalf_of?: string[], place?: string[], edtf?: string,
	 *   earliest?: string, latest?: string, basis?: string, summary?: boolean, cameo?: string,
	 *   plover?: string, quad_class?: number, goldstein?: number, note?: string, asserts?: string[], denies?: string[],
	 *   proposes?: string[], proposed_by?: string[], responds_to?: string[], answered_by?: string[], part_of?: string[],
	 *   evidence?: number[], voiced_by?: string[], denied_by?: string[], lo: number, hi: number}} Happening */
	/** @typedef {{event: string, actors: string[], edtf: string}} Voice */
	/** @typedef {{id: string, label: string, status: string, about?: string[], asserted_by?: Voice[], denied_by?: Voice[],
	 *   contradicted_by?: string[], proposes?: string[], evidence?: number[]}} Claim */
	/** @typedef {{id: string, kind: string, label: string, type_label: string, left?: string[], right?: string[],
	 *   earliest_begin?: string, latest_begin?: string, earliest_end?: string, latest_end?: string, last_known?: string,
	 *   certainty?: string, started_by?: string, ended_by?: string, evidence?: number[]}} Held */
	/** @typedef {[source: string, paragraph: number, start: number, end: number, hash: string, reporter: string,
	 *   speaker: string]} Cited */
	/** @typedef {{key: string, label: string, figure: string, color: string, class?: string}} Look */

	/** @param {string} id */
	const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
	let raw = JSON.parse(byId("data").textContent || "{}");
	if (typeof raw === "string") raw = JSON.parse(await diploUnzipped(raw)); // large data are packed

	/** @template T @param {Record<string, any>} table @returns {Map<string, T>} */
	const table = (table) => new Map(Object.entries(table).map(([id, value]) => [id, { ...value, id }]));

	/** @type {Map<string, Actor>} */ const actors = new Map(raw.nodes.map((/** @type {Actor} */ n) => [n.id, n]));
	/** @type {Map<string, Happening>} */ const events = table(raw.events);
	/** @type {Map<string, Claim>} */ const claims = table(raw.claims);
	/** @type {Map<string, Held>} */ const held = table(raw.states);
	/** @type {Map<string, Look>} */ const looks = new Map(raw.types.map((/** @type {Look} */ t) => [t.key, t]));
	/** @type {Map<string, string>} */ const sources = new Map(Object.entries(raw.sources));
	/** @type {Cited[]} */
	const cited = raw.evidence.map((/** @type {any[]} */ [source, ...rest]) => [[...sources.keys()][source], ...rest]);
	/** @type {Map<string, string>} */ const names = new Map(Object.entries(raw.names));
	/** @type {Map<string, string>} */ const passages = new Map(Object.entries(raw.passages));

	for (const claim of claims.values())
		for (const voice of [...(claim.asserted_by || []), ...(claim.denied_by || [])]) {
			voice.actors ||= events.get(voice.event)?.actors || [];
			voice.edtf ||= events.get(voice.event)?.edtf || "";
		}

	/** Edges by id; the two directions of a symmetric relation are one edge, found under both ids. @type {Map<string, Edge>} */
	const edgeById = new Map();
	/** @type {Edge[]} */
	const edges = [];
	{
		const seen = new Map();
		for (const edge of /** @type {Edge[]} */ (raw.edges)) {
			const twin = edge.symmetric && seen.get([edge.to, edge.predicate, edge.from].join("\n"));
			edgeById.set(edge.id, twin || edge);
			if (twin) continue;
			seen.set([edge.from, edge.predicate, edge.to].join("\n"), edge);
			edges.push(edge);
		}
	}

	/** @template K, V @param {Map<K, V[]>} map @param {K} key @param {V} value */
	const file = (map, key, value) => {
		const list = map.get(key);
		if (!list) map.set(key, [value]);
		else if (!list.includes(value)) list.push(value);
	};

	/** @param {string | undefined} iso @param {number} otherwise */
	const dayOf = (iso, otherwise) => {
		const time = iso ? Date.parse(iso + "T00:00:00Z") : NaN;
		return Number.isNaN(time) ? otherwise : Math.round(time / 864e5);
	};
	/** @param {number} day */
	const isoOf = (day) => new Date(day * 864e5).toISOString().slice(0, 10);

	for (const event of events.values()) {
		event.factuality ||= "Actual";
		event.class_label ||= event.event_class || "";
		event.lo = dayOf(event.earliest, -Infinity);
		event.hi = dayOf(event.latest, Infinity);
	}
	/** @param {Happening} event */
	const dated = (event) => event.lo > -Infinity && event.hi < Infinity;
	/** @param {Happening} a @param {Happening} b */
	const byDate = (a, b) => sortDay(a) - sortDay(b) || a.hi - b.hi || (a.id < b.id ? -1 : 1);
	/** @param {Happening} event */
	const sortDay = (event) => (event.lo > -Infinity ? event.lo : event.hi < Infinity ? event.hi : 1e9);

	const DISPUTED = new Set(["Contested", "Denied"]);
	/** @param {Edge} edge */
	const isHeld = (edge) => held.has((edge.because || [])[0]);
	/** The colour family: quad class 1–4, `q0` when uncoded, `tie` for offices and ties. @param {Edge} edge */
	const family = (edge) => (isHeld(edge) ? "tie" : "q" + (edge.quad_class || 0));
	/** @param {Edge} edge */
	const disputed = (edge) => DISPUTED.has(edge.status || "");

	/** @type {Map<string, Edge[]>} */ const edgesOfEvent = new Map();
	/** @type {Map<string, Edge[]>} */ const edgesOfActor = new Map();
	for (const edge of edges) {
		for (const id of edge.because || []) file(edgesOfEvent, id, edge);
		file(edgesOfActor, edge.from, edge);
		file(edgesOfActor, edge.to, edge);
	}
	/** @type {Map<string, Happening[]>} */ const eventsOfActor = new Map();
	/** @param {Happening} e */
	const involved = (e) => [e.actors, e.targets, e.about, e.on_behalf_of, e.place].flatMap((ids) => ids || []);
	for (const event of events.values()) for (const id of involved(event)) file(eventsOfActor, id, event);
	/** @type {Map<string, Claim[]>} */ const claimsOfActor = new Map();
	/** @type {Map<string, Claim[]>} */ const claimsProposing = new Map();
	for (const claim of claims.values()) {
		const voices = [...(claim.asserted_by || []), ...(claim.denied_by || [])].flatMap((voice) => voice.actors);
		for (const id of [...(claim.about || []), ...voices]) file(claimsOfActor, id, claim);
		for (const id of claim.proposes || []) file(claimsProposing, id, claim);
	}
	/** @type {Map<string, Held[]>} */ const heldOfActor = new Map();
	for (const state of held.values())
		for (const id of [...(state.left || []), ...(state.right || [])]) file(heldOfActor, id, state);

	/** @param {string} id */
	const degree = (id) => (edgesOfActor.get(id) || []).length;
	/** @param {string} id */
	const name = (id) => actors.get(id)?.label || names.get(id) || id.replace(/^.*[/#:]/, "").replace(/-/g, " ");
	/** All names of an actor, the label first. @param {Actor} a */
	const namesOf = (a) => [...new Set([a.label, ...(a.labels || []).map(([, text]) => text), ...(a.aliases || [])])];
	/** @param {Actor} actor */
	const typeWords = (actor) => looks.get(actor.type)?.label || actor.type;
	/** @param {Happening} e */
	const touchesDispute = (e) =>
		[...(e.asserts || []), ...(e.denies || [])].some((id) => DISPUTED.has(claims.get(id)?.status || "")) ||
		(claimsProposing.get(e.id) || []).some((claim) => DISPUTED.has(claim.status));

	/* ── 2 words ────────────────────────────────────────────────────────────────────────────────────────────────── */

	const FAMILIES = ["q4", "q3", "q1", "q2", "q0", "tie"];
	/** What English words are in the language chosen; empty for English. @type {Map<string, string>} */
	let dictionary = new Map();
	/** The words for an English text, its blanks {0}, {1} … filled. @param {string} text @param {...(string | number)} values */
	const t = (text, ...values) =>
		(dictionary.get(text) || text).replace(/\{(\d)\}/g, (_, i) => String(values[Number(i)]));
	/** The same for a text that may stand between spaces, or not be ours at all. @param {string} text */
	const say = (text) => {
		const bare = text.trim(),
			word = dictionary.get(bare);
		return word ? text.replace(bare, () => word) : text;
	};
	const WORDS = {
		get months() {
			return t("January February March April May June July August September October November December").split(" ");
		},
		/** @type {Record<string, string>} */
		family: {
			q1: "Verbal cooperation",
			q2: "Material cooperation",
			q3: "Verbal conflict",
			q4: "Material conflict",
			q0: "Uncoded",
			tie: "Offices and ties",
		},
		/** @type {Record<string, string>} */
		factuality: {
			Planned: "Planned, not reported as done",
			Promised: "Promised, not reported as done",
			Intended: "Intended, not reported as done",
			Threatened: "Threatened, not reported as done",
			Alleged: "Alleged, not established",
		},
		/** @type {Record<string, string>} */
		voiced: { Alleged: "alleged by", Threatened: "threatened by", Promised: "promised by" },
		/** @type {Record<string, string>} */
		basis: {
			explicit: "stated in the source",
			section: "from the section of the source",
			relative: "relative to another event",
			context: "from context",
			publication: "from the date of publication",
			none: "not stated",
		},
		/** @type {Record<string, string>} */
		kind: { measure: "Measure", tenure: "Office", tie: "Tie" },
	};
	// No word of the data finds what every object has, such as `constructor`.
	for (const words of [WORDS.family, WORDS.factuality, WORDS.voiced, WORDS.basis, WORDS.kind, raw.documents])
		Object.setPrototypeOf(words, null);
	/** @param {number} n @param {string} one @param {string} [many] */
	const count = (n, one, many) => `${n} ${t(n === 1 ? one : many || one + "s")}`;
	/** @param {string[]} parts */
	const listed = (parts) =>
		parts.length < 2 ? parts.join("") : parts.slice(0, -1).join(", ") + ` ${t("and")} ` + parts[parts.length - 1];
	/** @param {string} text */
	const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
	/** Letters only, without accents and case, for comparing. @param {string} text */
	const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

	/* ── 3 dates ────────────────────────────────────────────────────────────────────────────────────────────────── */

	/** @typedef {{year: string, month: number, day: number, season: number, mark: string}} Part */

	/** @param {string} text @returns {Part | null} */
	function datePart(text) {
		const match = /^(-?[\dX]{4,})(?:-([\dX]{2}))?(?:-([\dX]{2}))?([~?%]?)$/.exec(text.trim());
		if (!match) return null;
		const month = Number(match[2]) || 0;
		return {
			year: match[1],
			month: month <= 12 ? month : 0,
			day: Number(match[3]) || 0,
			season: month > 20 && month < 25 ? month : 0,
			mark: match[4],
		};
	}
	/** @param {Part} part @param {boolean} [bare] */
	function partWords(part, bare) {
		const seasons = t("spring summer autumn winter").split(" ");
		const year = part.year.includes("X") ? part.year.replace(/X+$/, (x) => "0".repeat(x.length)) + "s" : part.year;
		const month = part.season ? seasons[part.season - 21] : part.month ? WORDS.months[part.month - 1] : "";
		const words = [part.day ? String(part.day) : "", month, year].filter(Boolean).join(t(" "));
		return bare ? words : markWords(part.mark) + words;
	}
	/** @param {string} mark */
	const markWords = (mark) =>
		mark === "~" ? t("about ") : mark === "?" ? t("perhaps ") : mark === "%" ? t("perhaps about ") : "";

	/** A date in words, from EDTF as the source supports it. @param {string | undefined} edtf */
	function dateWords(edtf) {
		if (!edtf) return t("date not known");
		const ends = edtf.split("/");
		const [from, to] = ends.map(datePart);
		if (ends.length === 1) return from ? partWords(from) : edtf;
		const open = ends.map((end) => end === "" || end === "..");
		if (open[0] && open[1]) return t("date not known");
		if (open[0]) return to ? t("by {0}", partWords(to)) : edtf;
		if (open[1]) return from ? t("{0} or later", partWords(from)) : edtf;
		if (!from || !to) return edtf;
		if (from.day && to.day && from.mark === to.mark && from.year === to.year && from.month === to.month)
			return `${markWords(from.mark)}${from.day}–${partWords(to, true)}`;
		if (from.month && to.month && !from.day && !to.day && from.year === to.year && from.mark === to.mark)
			return `${markWords(from.mark)}${WORDS.months[from.month - 1]}–${partWords(to, true)}`;
		return t("{0} to {1}", partWords(from), partWords(to));
	}
	/** @param {string | number} day */
	const dayWords = (day) => dateWords(typeof day === "number" ? isoOf(day) : day);
	/** @param {string | number} day */
	const shortDay = (day) => {
		const part = datePart(typeof day === "number" ? isoOf(day) : day);
		return part ? `${part.day} ${WORDS.months[part.month - 1].slice(0, 3)} ${part.year}` : String(day);
	};

	/** Is a measure or office in force on a day: certain, possible or no? As `kg.dates.in_force`. @param {Held} item @param {number} day */
	function inForce(item, day) {
		const ends = dayOf(item.earliest_end, NaN);
		if (dayOf(item.earliest_begin, day) > day || dayOf(item.latest_end, day) < day) return "no";
		const lasting = Number.isNaN(ends) ? !item.latest_end : ends > day;
		return dayOf(item.latest_begin, Infinity) <= day && lasting ? "certain" : "possible";
	}

	/* ── 4 elements ─────────────────────────────────────────────────────────────────────────────────────────────── */

	const SVG = "http://www.w3.org/2000/svg";
	/** @typedef {Node | string | number | null | undefined | false} Child */

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
	function h(tag, props, ...children) {
		const element = document.createElement(tag);
		equip(element, props || {});
		for (const child of children.flat())
			if (child || child === 0)
				element.append(child instanceof Node ? child : tag === "bdi" ? String(child) : say(String(child)));
		return element;
	}
	/** @param {string} tag @param {Record<string, any>} [props] @param {...(Node | string)} children */
	function s(tag, props, ...children) {
		const element = document.createElementNS(SVG, tag);
		equip(element, props || {});
		element.append(...children);
		return element;
	}
	/** @param {Child | Child[]} text @param {string} [kind] */
	const span = (text, kind) => h("span", { class: kind }, text);
	/** @param {string} selection @param {string} text @param {string} [kind] */
	const link = (selection, text, kind) =>
		h(
			"button",
			{ type: "button", class: "link " + (kind || ""), "data-key": selection, onclick: () => choose(selection) },
			h("bdi", { lang: tagOf(selection) }, text),
		);
	/** The language of what a selection is called, where it is not that of the page. @param {string} selection */
	const tagOf = (selection) => (spoken !== "en" && /^[vcs]:/.test(selection) ? "en" : null);
	/** @param {string} id */
	const actorLink = (id) => (actors.has(id) ? link("n:" + id, name(id)) : h("bdi", null, name(id)));
	/** @param {string[]} ids @returns {Node[]} */
	const actorLinks = (ids) =>
		ids.flatMap((id, i) => [
			...(i ? [document.createTextNode(i === ids.length - 1 ? ` ${t("and")} ` : ", ")] : []),
			actorLink(id),
		]);

	/** @param {string} figure @param {number} r */
	function figurePath(figure, r) {
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
	const figureIcon = (type, size = 18) => {
		const look = looks.get(type) || { figure: "circle", color: "#9AA1A8" };
		return s(
			"svg",
			{ class: "figure", viewBox: "-12 -12 24 24", width: size, height: size, "aria-hidden": "true" },
			s("path", { d: figurePath(look.figure, 8.6), fill: look.color }),
		);
	};
	/** @param {string} kind @param {boolean} [contested] */
	const lineIcon = (kind, contested) =>
		s(
			"svg",
			{ class: `line-icon edge ${kind}${contested ? " contested" : ""}`, viewBox: "0 0 34 12", "aria-hidden": "true" },
			s("path", { class: "line", d: "M1 6H27" }),
			s("path", { class: "head", d: "M33 6L25.5 2.4V9.6Z" }),
			...(contested ? [s("circle", { cx: 13, cy: 6, r: 6.5 }), s("text", { x: 13, y: 9.8 }, "≠")] : []),
		);

	/* ── 5 state and address ────────────────────────────────────────────────────────────────────────────────────── */

	/**
	 * @typedef {object} State
	 * @property {string} sel        what is chosen: n:actor, e:edge, b:bundle, p:pair, v:event, c:claim, s:measure/office/tie, or ""
	 * @property {Set<string>} types       hidden types of actors
	 * @property {Set<string>} relations   hidden predicates
	 * @property {Set<string>} facts       hidden kinds of events that draw no relation
	 * @property {boolean} held      offices and ties drawn
	 * @property {boolean} loose     actors without a relation drawn
	 * @property {boolean} contested only what is contested
	 * @property {boolean} undated   events without two bounds included
	 * @property {boolean} certain   only what lies certainly in the range, or holds certainly on the day
	 * @property {string} asof       the day for which measures and offices are shown, or ""
	 * @property {string} voice      whose assertions and denials alone are shown, or ""
	 * @property {boolean} pairs     the chart of pairs is open
	 * @property {number} story      step of the guided tour, from 1; 0: no tour
	 * @property {string} lang       en, es or "" (as the reader's browser)
	 * @property {string} from       first day of the range, or ""
	 * @property {string} to         last day of the range, or ""
	 * @property {string} ego        actor in the middle, or ""
	 * @property {number} depth
	 * @property {string[]} path     two actors, or none
	 * @property {number} pick       which of several shortest paths
	 * @property {string} view       network or table
	 * @property {string} sort       column of the table, `-` before it for descending
	 * @property {string} theme      light, dark or "" (as the system)
	 * @property {boolean} keys      single-key shortcuts on
	 * @property {number[]} camera   x, y, scale; empty: fit
	 * @property {Map<string, [number, number]>} pins
	 */
	/** @returns {State} */
	const initial = () => ({
		sel: "",
		types: new Set(),
		relations: new Set(),
		facts: new Set(),
		held: !!raw.asof,
		loose: false,
		contested: false,
		undated: true,
		certain: false,
		asof: raw.asof,
		voice: "",
		pairs: false,
		story: 0,
		lang: "",
		from: "",
		to: "",
		ego: "",
		depth: 1,
		path: [],
		pick: 0,
		view: "network",
		sort: "date",
		theme: "",
		keys: true,
		camera: [],
		pins: new Map(),
	});
	/** The guided tour. @type {{title: string, text: string, state: string}[]} */
	const steps = raw.story ? raw.story.steps : [];
	/** Who is quoted, speaks or publishes. @type {Set<string>} */
	const voices = new Set([
		...cited.flatMap((row) => [row[5], row[6]]),
		...[...claims.values()].flatMap((c) =>
			[...(c.asserted_by || []), ...(c.denied_by || [])].flatMap((voice) => voice.actors),
		),
		...[...events.values()].flatMap((e) => [
			...(e.voiced_by || []),
			...(e.denied_by || []),
			...(e.asserts || e.denies || e.proposes ? e.actors || [] : []),
		]),
	]);
	voices.delete("");
	/** @type {Map<string, {asserted: Claim[], denied: Claim[], events: Set<string>, states: Set<string>}>} */
	const told = new Map();
	/** Two actors between whom lines are drawn. @type {Map<string, [string, string]>} */
	const pairs = new Map();
	for (const edge of edges)
		if (!isHeld(edge))
			pairs.set(pairKey(edge.from, edge.to), edge.from < edge.to ? [edge.from, edge.to] : [edge.to, edge.from]);
	let state = initial();

	/** @param {string} text */
	const coded = (text) => encodeURIComponent(text).replace(/%3A/g, ":").replace(/%2F/g, "/");
	/** @param {Iterable<string>} parts */
	const codedList = (parts) => [...parts].map(coded).join(",");
	/** @param {string} text */
	const decoded = (text) => {
		try {
			return decodeURIComponent(text);
		} catch {
			return "";
		}
	};
	/** @param {string} text */
	const decodedList = (text) => (text ? text.split(",").map(decoded) : []);

	/** @param {State} now */
	function address(now) {
		const base = initial();
		/** @type {[string, string][]} */
		const parts = [
			["sel", coded(now.sel)],
			["hide", codedList([...now.types].sort())],
			["without", codedList([...now.relations].sort())],
			["facts", codedList([...now.facts].sort())],
			["ties", now.held !== base.held ? String(+now.held) : ""],
			["loose", now.loose ? "1" : ""],
			["contested", now.contested ? "1" : ""],
			["undated", now.undated ? "" : "0"],
			["certain", now.certain ? "1" : ""],
			["asof", now.asof !== base.asof ? now.asof || "no" : ""],
			["voice", coded(now.voice)],
			["pairs", now.pairs ? "1" : ""],
			["time", now.from || now.to ? `${now.from},${now.to}` : ""],
			["ego", now.ego ? `${coded(now.ego)},${now.depth}` : ""],
			["path", now.path.length ? codedList(now.path) + (now.pick ? "," + now.pick : "") : ""],
			["view", now.view === base.view ? "" : now.view],
			["sort", now.sort === base.sort ? "" : coded(now.sort)],
			["theme", now.theme],
			["keys", now.keys ? "" : "0"],
			["lang", now.lang],
			["story", now.story ? String(now.story) : ""],
			["at", now.camera.map((v, i) => (i < 2 ? Math.round(v * 10) / 10 : Math.round(v * 1e4) / 1e4)).join(",")],
			[
				"pins",
				[...now.pins]
					.sort(([a], [b]) => (a < b ? -1 : 1))
					.map(([id, [x, y]]) => [coded(id), Math.round(x), Math.round(y)].join("~"))
					.join(","),
			],
		];
		return parts
			.filter(([, value]) => value)
			.map(([key, value]) => key + "=" + value)
			.join("&");
	}
	/** @param {string} hash @returns {Map<string, string>} */
	const partsOf = (hash) =>
		new Map(
			hash
				.replace(/^#/, "")
				.split("&")
				.filter(Boolean)
				.map((part) => /** @type {[string, string]} */ ([...part.split(/=(.*)/s), ""].slice(0, 2))),
		);
	/** @param {string} hash @returns {State} */
	function fromAddress(hash) {
		const now = initial();
		const got = partsOf(hash);
		now.story = Math.max(0, Math.min(steps.length, Math.floor(Number(got.get("story")) || 0)));
		if (now.story && [...got.keys()].every((key) => /^(story|lang|theme|keys)$/.test(key)))
			for (const [key, value] of partsOf(steps[now.story - 1].state)) got.set(key, value);
		/** @param {string} key */
		const text = (key) => got.get(key) || "";
		const day = (/** @type {string} */ value) => (/^\d{4}-\d\d-\d\d$/.test(value) && dayOf(value, 0) ? value : "");
		now.sel = valid(decoded(text("sel")));
		now.types = new Set(decodedList(text("hide")).filter((key) => looks.has(key)));
		now.relations = new Set(decodedList(text("without")));
		now.facts = new Set(decodedList(text("facts")));
		if (text("ties")) now.held = text("ties") === "1";
		now.loose = text("loose") === "1";
		now.contested = text("contested") === "1";
		now.undated = text("undated") !== "0";
		now.certain = text("certain") === "1";
		if (got.has("asof")) now.asof = day(text("asof"));
		now.voice = voices.has(decoded(text("voice"))) ? decoded(text("voice")) : "";
		now.pairs = text("pairs") === "1";
		now.lang = ["en", "es"].includes(text("lang")) ? text("lang") : "";
		[now.from, now.to] = [0, 1].map((i) => day(text("time").split(",")[i] || ""));
		const [ego, depth] = decodedList(text("ego"));
		if (ego && actors.has(ego)) [now.ego, now.depth] = [ego, Math.min(3, Math.max(1, Number(depth) || 1))];
		const [a, b, pick] = decodedList(text("path"));
		if (actors.has(a) && actors.has(b)) [now.path, now.pick] = [[a, b], Number(pick) || 0];
		now.view = text("view") === "table" ? "table" : "network";
		now.sort = decoded(text("sort")) || now.sort;
		now.theme = ["light", "dark"].includes(text("theme")) ? text("theme") : "";
		now.keys = text("keys") !== "0";
		const at = text("at").split(",").map(Number);
		if (at.length === 3 && at.every(Number.isFinite) && at[2] > 0.02 && at[2] < 20) now.camera = at;
		for (const pin of text("pins").split(",")) {
			const [id, x, y] = pin.split("~");
			if (actors.has(decoded(id || "")) && Number.isFinite(+x) && Number.isFinite(+y))
				now.pins.set(decoded(id), [+x, +y]);
		}
		return now;
	}
	/** @param {string} sel */
	function valid(sel) {
		const [kind, id] = [sel.slice(0, 2), sel.slice(2)];
		const known = { "n:": actors, "e:": edgeById, "v:": events, "c:": claims, "s:": held, "p:": pairs }[kind];
		return known ? (known.has(id) ? sel : "") : kind === "b:" && id.split("|").length === 3 ? sel : "";
	}

	/** @param {Partial<State>} patch @param {boolean} [step]  a step that the Back button undoes */
	function change(patch, step) {
		Object.assign(state, patch);
		refresh();
		remember(step);
	}
	let remembered = "";
	/** @param {boolean} [step] */
	function remember(step) {
		const now = address(state);
		if (now === remembered) return;
		remembered = now;
		try {
			history[step ? "pushState" : "replaceState"](null, "", "#" + now);
		} catch {
			/* inside a sandboxed frame there is no address to write */
		}
	}
	/** @param {string} sel */
	function choose(sel) {
		const shownIn = sel.startsWith("n:") && state.ego && state.ego !== sel.slice(2) && !shown.nodes.has(sel.slice(2));
		change({ sel, ...(shownIn ? { ego: "" } : {}) }, true);
		if (sel) openDrawer("panel", true);
	}

	/* ── 6 what is shown ────────────────────────────────────────────────────────────────────────────────────────── */

	/**
	 * @typedef {object} Shown
	 * @property {Set<string>} nodes
	 * @property {Set<string>} ghosts     actors that only the time range leaves without a relation
	 * @property {Map<Edge, string[]>} edges   drawn edges with the events (or states) that explain them
	 * @property {Set<string>} events
	 * @property {Set<string>} states
	 * @property {Set<string>} possible   events whose date may lie outside the range
	 */

	/** No, possible or certain: does an event lie in the range? @param {Happening} e @param {State} now @param {boolean} any */
	function inRange(e, now, any) {
		if (!now.undated && !dated(e)) return 0;
		if (any || (!now.from && !now.to)) return 2;
		const from = dayOf(now.from, -Infinity),
			to = dayOf(now.to, Infinity);
		if (e.hi < from || e.lo > to) return 0;
		return e.lo >= from && e.hi <= to ? 2 : now.certain ? 0 : 1;
	}
	/** @param {Held} h @param {State} now */
	const heldInRange = (h, now) =>
		now.asof
			? (now.certain ? ["certain"] : ["certain", "possible"]).includes(inForce(h, dayOf(now.asof, 0)))
			: dayOf(h.earliest_begin, -Infinity) <= dayOf(now.to, Infinity) &&
				dayOf(h.latest_end, Infinity) >= dayOf(now.from, -Infinity);
	/** The legend entry of an event that draws no relation. @param {Happening} e */
	const factKind = (e) => (e.factuality !== "Actual" ? e.factuality : e.summary ? "Summary" : "Other");

	/** Many lines need typed arrays and a canvas (canvas.js): SVG stays smooth up to some hundreds. `?draw=` chooses for tests. */
	const MANY = 600;
	const drawnBy = new URLSearchParams(location.search).get("draw");
	const large =
		typeof diploLarge === "function" && (drawnBy === "canvas" || (edges.length > MANY && drawnBy !== "svg"))
			? diploLarge({
					...{ actors, events, held, looks, edges, edgesOfEvent, initial, dayOf, dated, family, disputed, isHeld },
					...{ touchesDispute, involved, factKind, heldInRange, figurePath, typeWords, relationWords },
					toldBy: (/** @type {string} */ who) => toldBy(who),
				})
			: null;

	/** What the filters leave; `skip` names one filter that is ignored, for live counts. @param {State} now @param {string} [skip] @returns {Shown} */
	function derive(now, skip) {
		const quick = large?.derive(now, skip);
		if (quick) return /** @type {any} */ (quick);
		const anyTime = skip === "time";
		const told = now.voice ? toldBy(now.voice) : null;
		const hiddenType = (/** @type {string} */ id) => skip !== "types" && now.types.has(actors.get(id)?.type || "");
		const hiddenRelation = (/** @type {Edge} */ e) => skip !== "relations" && now.relations.has(e.predicate);
		/** @type {Shown} */
		const out = {
			nodes: new Set(),
			ghosts: new Set(),
			edges: new Map(),
			events: new Set(),
			states: new Set(),
			possible: new Set(),
		};
		const ghosts = new Set();
		for (const edge of edges) {
			if (hiddenRelation(edge) || hiddenType(edge.from) || hiddenType(edge.to)) continue;
			if (now.contested && !disputed(edge)) continue;
			let live = edge.because || [];
			if (isHeld(edge)) {
				if (!now.held) continue;
				live = live.filter((id) => held.has(id) && (anyTime || heldInRange(/** @type {Held} */ (held.get(id)), now)));
				if (told) live = live.filter((id) => told.states.has(id));
			} else {
				if (
					now.contested &&
					live.some((id) => events.has(id) && touchesDispute(/** @type {Happening} */ (events.get(id))))
				)
					live = live.filter((id) => touchesDispute(/** @type {Happening} */ (events.get(id))));
				live = live.filter((id) => events.has(id) && inRange(/** @type {Happening} */ (events.get(id)), now, anyTime));
				if (told) live = live.filter((id) => told.events.has(id));
			}
			if (live.length) out.edges.set(edge, live);
			else ghosts.add(edge.from).add(edge.to);
		}
		const within = now.ego ? around(now.ego, now.depth, out.edges.keys()) : null;
		if (within)
			for (const edge of [...out.edges.keys()])
				if (!within.has(edge.from) || !within.has(edge.to)) out.edges.delete(edge);
		for (const [edge, live] of out.edges) {
			out.nodes.add(edge.from).add(edge.to);
			for (const id of live) (isHeld(edge) ? out.states : out.events).add(id);
		}
		if (now.loose && !now.ego && !now.contested)
			for (const id of actors.keys()) if (!degree(id) && !hiddenType(id)) out.nodes.add(id);
		if (now.ego) out.nodes.add(now.ego);
		for (const event of events.values()) {
			if (edgesOfEvent.has(event.id) || !inRange(event, now, anyTime)) continue;
			if (told && !told.events.has(event.id)) continue;
			if (skip !== "facts" && now.facts.has(factKind(event))) continue;
			if (now.contested && !touchesDispute(event)) continue;
			const parties = involved(event);
			if (parties.length && !parties.some((id) => !hiddenType(id) && (!within || within.has(id)))) continue;
			out.events.add(event.id);
		}
		if (now.asof && !now.contested)
			for (const item of held.values()) {
				if (!heldInRange(item, now) || (told && !told.states.has(item.id))) continue;
				const sides = [...(item.left || []), ...(item.right || [])];
				if (sides.some((id) => !hiddenType(id) && (!within || within.has(id)))) out.states.add(item.id);
			}
		if (now.from || now.to)
			for (const id of out.events)
				if (inRange(/** @type {Happening} */ (events.get(id)), now, false) === 1) out.possible.add(id);
		if (!now.ego && !now.contested) for (const id of ghosts) if (!out.nodes.has(id)) out.ghosts.add(id);
		return large ? large.pack(out) : out;
	}
	/** @param {string} start @param {number} depth @param {Iterable<Edge>} among */
	function around(start, depth, among) {
		const near = neighbourhood(among);
		const found = new Set([start]);
		let rim = [start];
		for (let i = 0; i < depth; i++) {
			rim = rim
				.flatMap((id) => [...(near.get(id) || new Map()).keys()])
				.filter((id) => !found.has(id) && found.add(id));
		}
		return found;
	}
	/** @param {Iterable<Edge>} among @returns {Map<string, Map<string, Edge[]>>} */
	function neighbourhood(among) {
		const near = new Map();
		for (const edge of among)
			for (const [a, b] of [
				[edge.from, edge.to],
				[edge.to, edge.from],
			]) {
				if (!near.has(a)) near.set(a, new Map());
				file(near.get(a), b, edge);
			}
		return near;
	}
	/**
	 * What somebody asserts and denies: claims, and the events and states that are told in that voice. A publisher tells
	 * what it reports without citing anybody; an actor what it is cited for, its acts of speech, and what these put forward.
	 * @param {string} who
	 */
	function toldBy(who) {
		const known = told.get(who);
		if (known) return known;
		const own = (/** @type {number[] | undefined} */ list) =>
			(list || []).some((i) => cited[i] && (cited[i][6] === who || (!cited[i][6] && cited[i][5] === who)));
		const ids = (/** @type {Iterable<{id: string}>} */ all) => new Set([...all].map((each) => each.id));
		const found = {
			asserted: [...claims.values()].filter((claim) => claimants(claim).includes(who)),
			denied: [...claims.values()].filter((claim) => (claim.denied_by || []).some((v) => v.actors.includes(who))),
			events: ids(
				[...events.values()].filter(
					(e) =>
						own(e.evidence) ||
						(e.voiced_by || []).includes(who) ||
						(e.denied_by || []).includes(who) ||
						((e.actors || []).includes(who) && !!(e.asserts || e.denies || e.proposes)),
				),
			),
			states: ids([...held.values()].filter((item) => own(item.evidence))),
		};
		told.set(who, found);
		return found;
	}
	let shown = derive(state);

	/* ── 7 strands ──────────────────────────────────────────────────────────────────────────────────────────────── */

	/**
	 * One drawn line: an edge, or a bundle of parallel edges of one direction and family.
	 * @typedef {object} Strand
	 * @property {string} key      the selection it stands for
	 * @property {string} from
	 * @property {string} to
	 * @property {Edge[]} edges
	 * @property {string[]} live   events or states behind it
	 * @property {string} family
	 * @property {number} contested   how many of its edges are; only if all are is it dashed
	 * @property {boolean} both    arrow heads at both ends
	 * @property {string} label
	 * @property {number} place    position in the fan of its pair
	 * @property {number} of       strands in that fan
	 */
	const FAN = 4;

	/** Fold parallel edges into fans of at most `FAN` strands, but for the edges to be seen one by one. @param {Shown} what @param {(edge: Edge) => boolean} alone @returns {Strand[]} */
	function strandsOf(what, alone) {
		/** @type {Map<string, Edge[]>} */ const pairs = new Map();
		for (const edge of what.edges.keys()) file(pairs, pairKey(edge.from, edge.to), edge);
		/** @type {Strand[]} */ const all = [];
		for (const members of pairs.values()) {
			const fan =
				members.length <= FAN
					? members.map((edge) => [edge])
					: bundled(members).flatMap((group) => (group.some(alone) ? group.map((edge) => [edge]) : [group]));
			const strands = fan
				.map((group) => strandOf(group, what))
				.sort((a, b) => fanOrder(a) - fanOrder(b) || (a.key < b.key ? -1 : 1));
			strands.forEach((strand, i) => all.push({ ...strand, place: i, of: strands.length }));
		}
		return all;
	}
	/** @param {string} a @param {string} b */
	function pairKey(a, b) {
		return a < b ? a + "|" + b : b + "|" + a;
	}
	/** @param {Edge[]} members */
	function bundled(members) {
		/** @type {Map<string, Edge[]>} */ const groups = new Map();
		for (const edge of members)
			file(groups, edge.symmetric ? "both|" + family(edge) : edge.from + "|" + family(edge), edge);
		return [...groups.values()];
	}
	/** @param {Edge[]} group @param {Shown} what @returns {Strand} */
	function strandOf(group, what) {
		const [first] = group;
		const live = [...new Set(group.flatMap((edge) => what.edges.get(edge) || []))];
		return {
			key: group.length === 1 ? "e:" + first.id : "b:" + [first.from, first.to, family(first)].join("|"),
			from: first.from,
			to: first.to,
			edges: group,
			live,
			family: family(first),
			contested: group.filter(disputed).length,
			both: !!first.symmetric,
			label: relationWords(group, what),
			place: 0,
			of: 1,
		};
	}
	/** The relations of a strand, the most frequent first. @param {Edge[]} group @param {Shown} what */
	function relationWords(group, what) {
		const words = [...group]
			.sort((a, b) => (what.edges.get(b) || []).length - (what.edges.get(a) || []).length)
			.map((edge) => edge.label);
		return words.length > 2 ? `${words.slice(0, 2).join(", ")} +${words.length - 2}` : words.join(", ");
	}
	/** @param {Strand} strand */
	const fanOrder = (strand) => (strand.both ? 50 : strand.from < strand.to ? 0 : 100) + FAMILIES.indexOf(strand.family);
	/** @param {string} key @returns {Edge[]} */
	function edgesOfKey(key) {
		if (key.startsWith("e:")) return [edgeById.get(key.slice(2))].filter((e) => !!e);
		if (key.startsWith("p:")) return edges.filter((e) => !isHeld(e) && pairKey(e.from, e.to) === key.slice(2));
		const [from, to, kind] = key.slice(2).split("|");
		return edges.filter(
			(e) =>
				family(e) === kind && ((e.from === from && e.to === to) || (!!e.symmetric && e.from === to && e.to === from)),
		);
	}

	/* ── 8 labels ───────────────────────────────────────────────────────────────────────────────────────────────── */

	/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */

	/** Boxes and points already taken, in a grid so that asking is cheap. */
	class Taken {
		constructor() {
			/** @type {Map<string, Box[]>} */ this.boxes = new Map();
			/** @type {Map<string, [number, number][]>} */ this.points = new Map();
		}
		/** @param {Box} box */
		*cells([left, top, right, bottom]) {
			for (let x = Math.floor(left / 64); x <= right / 64; x++)
				for (let y = Math.floor(top / 64); y <= bottom / 64; y++) yield x + "," + y;
		}
		/** @param {Box} box */
		add(box) {
			for (const cell of this.cells(box)) file(this.boxes, cell, box);
		}
		/** @param {number} x @param {number} y */
		addPoint(x, y) {
			file(this.points, Math.floor(x / 64) + "," + Math.floor(y / 64), [x, y]);
		}
		/** @param {Box} box */
		free(box) {
			for (const cell of this.cells(box))
				for (const [left, top, right, bottom] of this.boxes.get(cell) || [])
					if (box[0] < right && left < box[2] && box[1] < bottom && top < box[3]) return false;
			return true;
		}
		/** How many line points lie under a box. @param {Box} box */
		crossed(box) {
			let sum = 0;
			for (const cell of this.cells(box))
				for (const [x, y] of this.points.get(cell) || [])
					if (x > box[0] && x < box[2] && y > box[1] && y < box[3]) sum++;
			return sum;
		}
	}

	const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
	/** @type {Map<string, {lines: string[], width: number, height: number}>} */
	const measured = new Map();
	/** A label in one or two lines, cut where it is still too long. @param {string} text @param {number} size @param {number} weight @param {number} letters */
	function label(text, size, weight, letters) {
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

	/* ── 9 renderer ─────────────────────────────────────────────────────────────────────────────────────────────── */

	/**
	 * What the page asks of a renderer; a Canvas one for thousands of nodes can take its place.
	 * @typedef {object} Renderer
	 * @property {(nodes: Actor[]) => void} setData
	 * @property {(what: {nodes: Set<string>, ghosts: Set<string>, strands: Strand[]}) => void} setVisible
	 * @property {(near: {chosen: Set<string>, near: Set<string> | null}) => void} select   keys of strands, ids of actors
	 * @property {(id: string) => void} focus       keyboard focus on an actor
	 * @property {(ids: Iterable<string>, calm?: boolean) => void} fit
	 * @property {(pins: Map<string, [number, number]>) => void} setPins
	 * @property {(camera: number[]) => void} setCamera
	 * @property {(factor: number) => void} zoom
	 * @property {() => {svg: string, width: number, height: number}} export
	 * @property {(name: string, act: (...args: any[]) => void) => void} on   choose, hover, camera, pin
	 */

	const NETWORK =
		"Network. Arrow keys go to a neighbour, Shift and an arrow key to a relation, Enter shows the evidence.";
	const calmly = matchMedia("(prefers-reduced-motion: reduce)");

	/** Crisp, focusable and printable; draws everything in screen space, so lines and letters keep their size. @param {HTMLElement} host @param {() => DOMRect} controls  where no label may stand @returns {Renderer} */
	function svgRenderer(host, controls) {
		/** @typedef {{actor: Actor, x: number, y: number, r: number, sx: number, sy: number, g: Element, shape: Element, ring: Element, hit: Element, text: Element, drawn: number}} Spot */
		/** @typedef {{strand: Strand, g: Element, hit: Element, line: Element, head: Element, tail: Element | null, mark: Element | null, text: Element, curve: number[], width: number}} Line */
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
			const n = strand.live.length;
			item.width =
				strand.family === "tie"
					? 1.1
					: (/q[24]/.test(strand.family) ? 2.1 : 1.5) + Math.min(4, 0.95 * Math.sqrt(n - 1));
			const dashed = strand.contested === strand.edges.length ? " contested" : "";
			item.g.setAttribute("class", "edge " + strand.family + dashed);
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
			taken.add(corner);
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
			mark.setAttribute(
				"transform",
				`translate(${spot[0].toFixed(1)} ${spot[1].toFixed(1)}) scale(${size.toFixed(2)})`,
			);
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
				target.closest(".node")?.getAttribute("data-id") ||
				target.closest("[data-key]")?.getAttribute("data-key") ||
				"";
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
					(height - 104) / Math.max(bottom - top, 1),
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
	/** @param {Actor} actor */
	const actorWords = (actor) =>
		t(
			"{0}, {1}, {2} shown",
			actor.label,
			typeWords(actor).toLowerCase(),
			count([...shown.edges.keys()].filter((e) => e.from === actor.id || e.to === actor.id).length, "relation"),
		);
	/** @param {Strand} strand */
	function strandWords(strand) {
		const what = strand.edges.map((edge) => edge.label).join(", ");
		const evidence = strand.family === "tie" ? "" : ", " + count(strand.live.length, "event");
		return `${name(strand.from)} ${strand.both ? t("and") : "→"} ${name(strand.to)}: ${what}${evidence}${strand.contested ? ", " + t("contested") : ""}`;
	}

	/* ── 10 legend and filters ──────────────────────────────────────────────────────────────────────────────────── */

	/** @type {(() => void)[]} */
	const filterUpdates = [];

	/** One row of the legend: a box to tick, a sign, words, a live count. @param {{sign?: Node | null, words: string, kind?: string, on: () => boolean, number: () => number, act: (on: boolean) => void}} row */
	function legendRow({ sign, words, kind, on, number, act }) {
		const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", onchange: () => act(box.checked) }));
		const figure = h("span", { class: "n" });
		const row = h(
			"label",
			{ class: "row " + (kind || "") },
			box,
			sign || null,
			h("span", { class: "words" }, words),
			figure,
		);
		filterUpdates.push(() => {
			const n = number();
			box.checked = on();
			figure.textContent = String(n);
			row.classList.toggle("none", !n);
			row.classList.toggle("off", !box.checked);
		});
		return row;
	}
	/** @param {"types" | "relations" | "facts"} field @param {string} key */
	const toggler = (field, key) => (/** @type {boolean} */ on) => {
		const next = new Set(state[field]);
		if (on) next.delete(key);
		else next.add(key);
		change({ [field]: next });
	};
	/** @type {{types: Map<string, number>, relations: Map<string, number>, facts: Map<string, number>, contested: number, loose: number}} */
	let tally = { types: new Map(), relations: new Map(), facts: new Map(), contested: 0, loose: 0 };
	function countFacets() {
		const quick = large?.facets(state);
		if (quick) return void (tally = quick);
		const add = (/** @type {Map<string, number>} */ map, /** @type {string} */ key, n = 1) =>
			map.set(key, (map.get(key) || 0) + n);
		tally = { types: new Map(), relations: new Map(), facts: new Map(), contested: 0, loose: 0 };
		for (const id of derive(state, "types").nodes) add(tally.types, actors.get(id)?.type || "");
		for (const [edge, live] of derive({ ...state, held: true }, "relations").edges)
			add(tally.relations, edge.predicate, live.length);
		for (const id of derive(state, "facts").events)
			if (!edgesOfEvent.has(id)) add(tally.facts, factKind(/** @type {Happening} */ (events.get(id))));
		tally.contested = derive({ ...state, contested: true }).edges.size;
		tally.loose = [...actors.keys()].filter((id) => !degree(id) && !state.types.has(actors.get(id)?.type || "")).length;
	}
	/** @type {Map<string, Map<string, string>>} */
	const relationsByFamily = new Map();
	function buildFilters() {
		filterUpdates.length = 0;
		for (const edge of edges) {
			if (!relationsByFamily.has(family(edge))) relationsByFamily.set(family(edge), new Map());
			relationsByFamily.get(family(edge))?.set(edge.predicate, edge.label);
		}
		const reset = h("button", { type: "button", class: "quiet", onclick: resetFilters }, "Show all");
		filterUpdates.push(() => {
			reset.hidden = !filtersActive();
		});
		const shut = h(
			"button",
			{ type: "button", class: "icon phone-only", "aria-label": "Close the legend", onclick: closeDrawers },
			"×",
		);
		byId("filters").replaceChildren(
			h("div", { class: "side-head" }, h("h2", null, "Legend and filters"), reset, shut),
			viewpoint(),
			legendRow({
				sign: s(
					"svg",
					{ class: "sign", viewBox: "0 0 18 18", width: 18, height: 18, "aria-hidden": "true" },
					s("circle", { cx: 9, cy: 9, r: 8 }),
					s("text", { x: 9, y: 13 }, "≠"),
				),
				words: "Contested only",
				kind: "strong",
				on: () => state.contested,
				number: () => tally.contested,
				act: (on) => change({ contested: on }),
			}),
			h(
				"section",
				null,
				h("h3", null, "Actors"),
				...[...looks.values()].map((look) =>
					legendRow({
						sign: figureIcon(look.key),
						words: capital(look.label),
						on: () => !state.types.has(look.key),
						number: () => tally.types.get(look.key) || 0,
						act: toggler("types", look.key),
					}),
				),
				[...actors.keys()].some((id) => !degree(id)) &&
					legendRow({
						sign: null,
						words: "Actors without a relation",
						kind: "minor",
						on: () => state.loose,
						number: () => tally.loose,
						act: (on) => change({ loose: on }),
					}),
			),
			h(
				"section",
				null,
				h("h3", null, "Relations", h("small", null, "by events")),
				...FAMILIES.filter((kind) => relationsByFamily.has(kind)).map(familyGroup),
			),
			undoneGroup() || "",
		);
	}
	/** Whose words, and which day: the two questions that change what counts as shown. */
	function viewpoint() {
		const speaker = /** @type {HTMLSelectElement} */ (
			h(
				"select",
				{ onchange: () => change({ voice: speaker.value, sel: "" }, true) },
				h("option", { value: "" }, t("everybody")),
				...[...voices]
					.map((id) => [id, name(id)])
					.sort(([, a], [, b]) => (plain(a) < plain(b) ? -1 : 1))
					.map(([id, words]) => h("option", { value: id }, h("bdi", null, words).textContent)),
			)
		);
		const day = /** @type {HTMLInputElement} */ (
			h("input", {
				type: "date",
				onchange: () => change(day.value ? { asof: day.value, held: true } : { asof: "" }, true),
			})
		);
		const clear = h(
			"button",
			{ type: "button", class: "icon", "aria-label": "Any day", onclick: () => change({ asof: "" }, true) },
			"×",
		);
		filterUpdates.push(() => {
			speaker.value = state.voice;
			if (day.value !== state.asof) day.value = state.asof;
			clear.hidden = !state.asof;
		});
		return h(
			"div",
			{ class: "viewpoint" },
			h("label", null, h("span", null, "According to"), speaker),
			h("label", { class: "day" }, h("span", null, "In force and in office on"), day),
			clear,
		);
	}
	/** @param {string} kind */
	function familyGroup(kind) {
		const members = [.../** @type {Map<string, string>} */ (relationsByFamily.get(kind))].sort(([, a], [, b]) =>
			a < b ? -1 : 1,
		);
		const keys = members.map(([key]) => key);
		const sum = () => keys.reduce((total, key) => total + (tally.relations.get(key) || 0), 0);
		const head =
			kind === "tie"
				? legendRow({
						sign: lineIcon(kind),
						words: WORDS.family.tie,
						kind: "group",
						on: () => state.held,
						number: sum,
						act: (on) => change({ held: on }),
					})
				: legendRow({
						sign: lineIcon(kind),
						words: WORDS.family[kind],
						kind: "group",
						on: () => keys.some((key) => !state.relations.has(key)),
						number: sum,
						act: (on) => {
							const next = new Set(state.relations);
							keys.forEach((key) => (on ? next.delete(key) : next.add(key)));
							change({ relations: next });
						},
					});
		const list = h(
			"div",
			{ class: "members", id: "members-" + kind, hidden: true },
			...members.map(([key, words]) =>
				legendRow({
					words,
					kind: "member",
					on: () => !state.relations.has(key) && (kind !== "tie" || state.held),
					number: () => tally.relations.get(key) || 0,
					act: (on) => {
						toggler("relations", key)(on);
						if (on && kind === "tie") change({ held: true });
					},
				}),
			),
		);
		const more = h(
			"button",
			{
				type: "button",
				class: "icon more",
				"aria-expanded": "false",
				"aria-controls": list.id,
				"aria-label": t("{0}: each relation", t(WORDS.family[kind])),
				onclick: () => {
					list.hidden = !list.hidden;
					more.setAttribute("aria-expanded", String(!list.hidden));
				},
			},
			s("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d: "M6 4l4 4-4 4" })),
		);
		if (keys.some((key) => state.relations.has(key))) more.click();
		return h(
			"div",
			{ class: "family", role: "group", "aria-label": WORDS.family[kind] },
			h("div", { class: "family-head" }, head, more),
			list,
		);
	}
	const FACTS = ["Planned", "Promised", "Intended", "Threatened", "Alleged", "Summary", "Other"];
	function undoneGroup() {
		const kinds = FACTS.filter((kind) =>
			[...events.values()].some((e) => !edgesOfEvent.has(e.id) && factKind(e) === kind),
		);
		if (!kinds.length) return null;
		const words = /** @type {Record<string, string>} */ ({ Summary: "Summaries", Other: "Other events" });
		return h(
			"section",
			null,
			h("h3", null, "Not drawn as lines", h("small", null, "in panel and table")),
			...kinds.map((kind) =>
				legendRow({
					sign: h("span", { class: "swatch " + (words[kind] ? "" : "undone"), "aria-hidden": "true" }),
					words: words[kind] || kind,
					on: () => !state.facts.has(kind),
					number: () => tally.facts.get(kind) || 0,
					act: toggler("facts", kind),
				}),
			),
		);
	}
	const filtersActive = () =>
		!!(
			state.types.size ||
			state.relations.size ||
			state.facts.size ||
			state.contested ||
			state.ego ||
			state.from ||
			state.to ||
			state.voice ||
			state.certain ||
			state.asof !== raw.asof ||
			!state.undated
		);
	function resetFilters() {
		const { types, relations, facts, contested, ego, from, to, undated, voice, certain, asof } = initial();
		change({ types, relations, facts, contested, ego, from, to, undated, voice, certain, asof }, true);
	}
	/** The active filters in words, each with a way to end it. */
	function drawChips() {
		/** @type {[string, () => void][]} */ const chips = [];
		if (state.ego)
			chips.push([t("Around {0}, depth {1}", name(state.ego), state.depth), () => change({ ego: "" }, true)]);
		if (state.path.length)
			chips.push([
				`${t("Path")} ${name(state.path[0])} → ${name(state.path[1])}`,
				() => change({ path: [], pick: 0 }, true),
			]);
		if (state.voice) chips.push([t("According to {0}", name(state.voice)), () => change({ voice: "" }, true)]);
		if (state.asof) chips.push([t("As of {0}", shortDay(state.asof)), () => change({ asof: "" }, true)]);
		if (state.certain) chips.push([t("Only what is certain"), () => change({ certain: false })]);
		if (state.contested) chips.push([t("Contested only"), () => change({ contested: false })]);
		if (state.from || state.to) chips.push([rangeWords(), () => change({ from: "", to: "" })]);
		if (!state.undated) chips.push([t("Dated events only"), () => change({ undated: true })]);
		const hidden = state.types.size + state.relations.size + state.facts.size;
		if (hidden)
			chips.push([
				t("{0} hidden", count(hidden, "legend entry", "legend entries")),
				() => change({ types: new Set(), relations: new Set(), facts: new Set() }),
			]);
		if (state.pins.size)
			chips.push([t("{0} pinned", count(state.pins.size, "actor")), () => change({ pins: new Map() })]);
		byId("chips").replaceChildren(
			...chips.map(([words, end]) =>
				h(
					"button",
					{ type: "button", class: "chip", "aria-label": t("End: {0}", words), onclick: end },
					h("bdi", null, words),
					h("span", { "aria-hidden": "true" }, "×"),
				),
			),
		);
	}

	/* ── 11 evidence panel ──────────────────────────────────────────────────────────────────────────────────────── */

	/** @param {string} words @param {string} [kind] */
	const badge = (words, kind) => h("span", { class: "badge " + (kind || "") }, words);
	/** @param {string} status */
	const statusBadge = (status) => badge(status || "Asserted", "status-" + (status || "Asserted").toLowerCase());
	/** @param {string | undefined} edtf */
	const dateLine = (edtf) =>
		h(
			"span",
			{ class: "date" },
			dateWords(edtf),
			edtf ? h("code", { title: "EDTF, as the source supports it" }, edtf) : null,
		);

	/** Who reports it, in which paragraphs; the passage only where this page was made with it. @param {number[] | undefined} indexes */
	function evidenceLines(indexes) {
		/** @type {Map<string, Cited[]>} */ const groups = new Map();
		for (const i of indexes || [])
			if (cited[i]) file(groups, [cited[i][0], cited[i][5], cited[i][6]].join("\n"), cited[i]);
		if (!groups.size) return h("p", { class: "evidence" }, "No passage recorded.");
		return h(
			"div",
			{ class: "evidence" },
			...[...groups.values()].map((group) => {
				const [source, , , , , reporter, speaker] = group[0];
				const paragraphs = [...new Set(group.map((item) => item[1]))].sort((a, b) => a - b).map(String);
				const quotes = group
					.map(([from, , start, end]) => passages.get(`${from}:${start}-${end}`))
					.filter((text) => !!text);
				return h(
					"div",
					null,
					...quotes.map((text) => h("blockquote", null, h("bdi", null, String(text)))),
					h(
						"p",
						{ title: sources.get(source) || source },
						"Reported by ",
						actorLink(reporter),
						speaker ? [", citing ", actorLink(speaker)] : null,
						span(`, ${t(paragraphs.length > 1 ? "paragraphs" : "paragraph")} ${listed(paragraphs)}`),
					),
				);
			}),
		);
	}
	/** @param {number[] | undefined} indexes @returns {Node[]} */
	const passageRows = (indexes) =>
		(indexes || [])
			.filter((i) => cited[i])
			.map((i) => {
				const [source, paragraph, start, end, sha] = cited[i];
				return h(
					"div",
					{ class: "passage" },
					span(t("¶ {0}, characters {1}–{2}", paragraph, start, end)),
					h("code", null, `sha256 ${sha}…`),
					sources.size > 1 ? span(sources.get(source) || source, "soft") : null,
				);
			});
	/** @param {Happening} e */
	function parties(e) {
		const both =
			(edgesOfEvent.get(e.id) || []).some((edge) => edge.symmetric) ||
			(!(e.targets || []).length && (e.actors || []).length > 1);
		const who = e.actors || [],
			whom = e.targets || [];
		return h(
			"p",
			{ class: "parties" },
			...(both && !whom.length ? who.flatMap((id, i) => [i ? span(" ↔ ", "to") : "", actorLink(id)]) : actorLinks(who)),
			whom.length ? span(" → ", "to") : null,
			...actorLinks(whom),
			!whom.length && (e.about || []).length ? [span(" about ", "soft"), ...actorLinks(e.about || [])] : null,
		);
	}
	/** @param {string} term @param {(Node | string)[]} values */
	const fact = (term, values) =>
		values.length ? h("div", { class: "fact" }, h("dt", null, term), h("dd", null, ...values)) : null;
	/** @param {string[] | undefined} ids @returns {Node[]} */
	const eventLinks = (ids) =>
		(ids || []).map((id) => {
			const e = events.get(id),
				c = claims.get(id);
			const words = e
				? [link("v:" + id, e.label), undoneBadge(e)]
				: c
					? [link("c:" + id, c.label), statusBadge(c.status)]
					: name(id);
			return h("span", { class: "one" }, words);
		});
	/** @param {Happening} e */
	const undoneBadge = (e) =>
		e.factuality === "Actual" ? "" : badge(WORDS.factuality[e.factuality] || e.factuality, "undone");
	/** Who puts forward an event that is not a fact, and who denies it. @param {Happening} e */
	function putForward(e) {
		if (e.factuality === "Actual") return "";
		const stated = claimsProposing.get(e.id) || [];
		const verb = WORDS.voiced[e.factuality] || "told by";
		const speakers = e.voiced_by || [...new Set(stated.flatMap(claimants))];
		const deniers = e.denied_by || [
			...new Set(stated.flatMap((c) => (c.denied_by || []).flatMap((voice) => voice.actors))),
		];
		return [
			stated.some((claim) => DISPUTED.has(claim.status)) && t("contested"),
			speakers.length && `${t(verb)} ${listed(speakers.map(name))}`,
			deniers.length && `${t("denied by")} ${listed(deniers.map(name))}`,
		]
			.filter(Boolean)
			.join(", ");
	}
	/** @param {Claim} claim */
	function claimants(claim) {
		const said = (claim.asserted_by || []).flatMap((voice) => voice.actors);
		const cites = (claim.evidence || []).map((i) => cited[i]?.[6] || cited[i]?.[5]);
		return [...new Set(said.length ? said : cites)].filter(Boolean);
	}
	/** Status, speaker and denial of a claim in a few words. @param {Claim} claim */
	function standing(claim) {
		const denied = [...new Set((claim.denied_by || []).flatMap((voice) => voice.actors))];
		const said = claimants(claim);
		const against = [
			...new Set(
				(claim.contradicted_by || []).flatMap((id) => {
					const other = claims.get(id);
					return other ? claimants(other) : [];
				}),
			),
		].filter((id) => !denied.includes(id));
		return [
			t(claim.status),
			said.length && t("said by") + " " + listed(said.map(name)),
			denied.length && t("denied by") + " " + listed(denied.map(name)),
			against.length && t("contradicted by") + " " + listed(against.map(name)),
		]
			.filter(Boolean)
			.join(", ");
	}

	/** @param {Happening} e */
	const codes = (e) =>
		[
			e.cameo && `CAMEO ${e.cameo}`,
			e.plover && `PLOVER ${e.plover}`,
			e.quad_class && t(WORDS.family["q" + e.quad_class]).toLowerCase(),
			typeof e.goldstein === "number" && `Goldstein ${e.goldstein}`,
		]
			.filter(Boolean)
			.map((words, i) => (i ? " · " : "") + words);

	/** @param {Happening} e @param {{full?: boolean}} [how] @returns {HTMLElement} */
	function eventCard(e, how = {}) {
		const undone = e.factuality !== "Actual";
		const proposed = (e.proposes || []).map((id) => events.get(id)).filter((it) => !!it);
		const more = [
			fact("On behalf of", actorLinks(e.on_behalf_of || [])),
			fact("About", (e.targets || []).length ? actorLinks(e.about || []) : []),
			fact("Place", actorLinks(e.place || [])),
			fact("Part of", eventLinks(e.part_of)),
			fact("In response to", eventLinks(e.responds_to)),
			fact("Answered by", eventLinks(e.answered_by)),
			fact("Put forward by", eventLinks((e.proposed_by || []).filter((id) => !claims.has(id)))),
			fact(
				"Date",
				e.basis
					? [[t(WORDS.basis[e.basis] || e.basis), boundWords(e.earliest, e.latest)].filter(Boolean).join("; ")]
					: [],
			),
			fact("Codes", codes(e)),
			fact("Note", e.note ? [h("bdi", null, e.note)] : []),
			fact("Passages", passageRows(e.evidence)),
		].filter((row) => !!row);
		const spoken = [...(e.asserts || []).map((id) => ["asserts", id]), ...(e.denies || []).map((id) => ["denies", id])];
		return h(
			"article",
			{ class: `card q${e.quad_class || 0}${undone ? " undone" : ""}`, "data-event": e.id },
			h("div", { class: "card-head" }, dateLine(e.edtf), how.full ? null : span(capital(e.class_label), "class")),
			how.full ? null : h("h4", { class: "title" }, link("v:" + e.id, e.label)),
			h(
				"p",
				{ class: "badges" },
				undoneBadge(e),
				e.summary ? badge("Summary, not counted") : null,
				shown.possible.has(e.id) ? badge("Date may lie outside the range") : null,
			),
			undone && putForward(e) ? h("p", { class: "soft" }, putForward(e)) : null,
			parties(e),
			...proposed.map((it) =>
				h(
					"p",
					{ class: "proposes" },
					span("Puts forward: ", "soft"),
					link("v:" + it.id, it.label),
					" ",
					undoneBadge(it),
				),
			),
			evidenceLines(e.evidence),
			...(how.full ? claimsProposing.get(e.id) || [] : []).map((claim) => claimCard(claim, "in")),
			...spoken.map(([verb, id]) => {
				const claim = claims.get(id);
				return claim ? claimCard(claim, verb) : null;
			}),
			more.length ? h("details", { open: how.full }, h("summary", null, "Details"), h("dl", null, ...more)) : null,
			h(
				"button",
				{
					type: "button",
					class: "quiet cite",
					"data-key": "cite-" + e.id,
					"aria-label": t("Cite: {0}", e.label),
					onclick: () => showText(t("Citation"), citation(e)),
				},
				"Cite",
			),
		);
	}
	/** A claim with its speaker on one side and the denial beside it. @param {Claim} claim @param {string} [verb] */
	function claimCard(claim, verb) {
		const voices = (/** @type {Voice[] | undefined} */ list) => {
			/** @type {Map<string, Voice[]>} */ const by = new Map();
			for (const voice of list || []) file(by, voice.actors.join(), voice);
			return [...by.values()].map((own) =>
				h(
					"p",
					null,
					...actorLinks(own[0].actors),
					...own.map((voice) => h("span", { class: "when" }, link("v:" + voice.event, dateWords(voice.edtf), "soft"))),
				),
			);
		};
		const said = voices(claim.asserted_by);
		const against = [
			...voices(claim.denied_by),
			...(claim.contradicted_by || []).map((id) => {
				const other = claims.get(id);
				return other
					? h(
							"p",
							null,
							...actorLinks(claimants(other)),
							span(` ${t("claims")} (${t(other.status).toLowerCase()}): `, "soft"),
							link("c:" + id, other.label),
						)
					: null;
			}),
		].filter((row) => !!row);
		return h(
			"div",
			{ class: "claim " + (claim.status || "").toLowerCase() },
			h(
				"p",
				{ class: "claim-head" },
				span(
					/** @type {Record<string, string>} */ ({
						denies: "Denies the claim",
						asserts: "Claims",
						in: "Put forward in the claim",
					})[verb || ""] || "Claim",
					"soft",
				),
				statusBadge(claim.status),
			),
			h("p", { class: "title" }, link("c:" + claim.id, claim.label)),
			h(
				"div",
				{ class: "sides" },
				h(
					"div",
					{ class: "says" },
					h("p", { class: "side-name" }, "Said by"),
					...(said.length ? said : claimants(claim).map((id) => h("p", null, actorLink(id)))),
				),
				h(
					"div",
					{ class: "denies" },
					h("p", { class: "side-name" }, "Against it"),
					...(against.length ? against : [h("p", { class: "soft" }, "No denial recorded in these sources.")]),
				),
			),
			evidenceLines(claim.evidence),
		);
	}
	/** @param {Held} item */
	function heldCard(item) {
		const force = inForce(item, asOf());
		const words = { certain: "certain on {0}", possible: "possible on {0}", no: "not on {0}" }[force];
		return h(
			"article",
			{ class: "card held" },
			h(
				"div",
				{ class: "card-head" },
				h("span", { class: "date" }, capital(item.type_label || "") || WORDS.kind[item.kind]),
				item.kind === "tie" ? null : badge(t(words || "", shortDay(asOf())), "force-" + force),
			),
			h("p", { class: "title" }, link("s:" + item.id, item.label)),
			h("p", { class: "parties" }, ...actorLinks(item.left || []), span(" → ", "to"), ...actorLinks(item.right || [])),
			item.kind === "tie" ? null : h("p", { class: "soft" }, capital(heldWords(item))),
			item.started_by ? h("p", { class: "soft" }, "Began with ", ...eventLinks([item.started_by])) : null,
			item.ended_by ? h("p", { class: "soft" }, "Ended with ", ...eventLinks([item.ended_by])) : null,
			evidenceLines(item.evidence),
		);
	}
	/** @param {string | undefined} early @param {string | undefined} late */
	const boundWords = (early, late) =>
		early && late
			? early === late
				? t("on {0}", shortDay(early))
				: t("between {0} and {1}", shortDay(early), shortDay(late))
			: early
				? t("on or after {0}", shortDay(early))
				: late
					? t("by {0}", shortDay(late))
					: "";
	/** When something held, as far as it is known. @param {Held} item */
	function heldWords(item) {
		const begin = boundWords(item.earliest_begin, item.latest_begin),
			end = boundWords(item.earliest_end, item.latest_end);
		const known = item.last_known && t("last known in force {0}", shortDay(item.last_known));
		return [begin && t("began {0}", begin), end ? t("ended {0}", end) : t("no end known"), known]
			.filter(Boolean)
			.join("; ");
	}
	/** The day for which measures and offices are judged: the one asked for, the end of the range, else the horizon of the sources. */
	const asOf = () => {
		const last = Math.max(...[...held.values()].map((item) => dayOf(item.last_known, -Infinity)), -Infinity);
		return dayOf(state.asof || state.to || raw.horizon, last > -Infinity ? last : lastDay);
	};

	/** @param {string} title @param {(Node | null)[]} items @param {string} key @param {string} [remark] */
	function part(title, items, key, remark) {
		if (!items.length) return null;
		return h(
			"section",
			{ class: "part", "data-part": key },
			h("h3", null, title, h("span", { class: "n" }, /** @type {any} */ (items).total || items.length)),
			remark ? h("p", { class: "soft remark" }, remark) : null,
			...items,
		);
	}
	/** The first of many, built; the others when asked for. @template T @param {T[]} list @param {(item: T) => Node} build @param {number} [most] @returns {Node[]} */
	function few(list, build, most = 60) {
		const nodes = list.slice(0, most).map((item) => build(item));
		if (list.length > most) {
			const more = h(
				"button",
				{
					type: "button",
					class: "quiet",
					onclick: () => {
						const next = few(list.slice(most), build, most * 2);
						more.replaceWith(...next);
						/** @type {HTMLElement | null} */ (
							next[0] instanceof Element ? next[0].querySelector("button, summary") : null
						)?.focus();
					},
				},
				"Show more",
				span(` (${list.length - most})`),
			);
			nodes.push(more);
		}
		return Object.assign(nodes, { total: list.length });
	}
	/** @param {Happening[]} list */
	function eventParts(list) {
		const open = list.filter((e) => shown.events.has(e.id)).sort(byDate);
		const hidden = list.filter((e) => !shown.events.has(e.id)).sort(byDate);
		return [
			part(
				"What happened",
				few(
					open.filter((e) => e.factuality === "Actual"),
					(e) => eventCard(e),
				),
				"events",
			),
			part(
				"Not reported as done",
				few(
					open.filter((e) => e.factuality !== "Actual"),
					(e) => eventCard(e),
				),
				"undone",
				"Planned, promised, threatened or alleged. These are never drawn as relations.",
			),
			hidden.length
				? h(
						"details",
						{ class: "hidden-events" },
						h("summary", null, t("{0} hidden by the filters", count(hidden.length, "event"))),
						...few(hidden, (e) => eventCard(e)),
					)
				: null,
		];
	}
	/** @param {string} title @param {Child | Child[]} sub @param {Node | null} [icon] */
	const heading = (title, sub, icon) =>
		h(
			"header",
			{ class: "panel-head" },
			h(
				"div",
				{ class: "panel-title" },
				icon || null,
				h("h2", { tabindex: -1 }, h("bdi", { lang: title === t("Claim") ? null : tagOf(state.sel) }, title)),
				h(
					"button",
					{
						type: "button",
						class: "icon close",
						"aria-label": "Close",
						onclick: () => {
							change(state.sel ? { sel: "" } : { path: [], pick: 0 }, true);
							closeDrawers();
						},
					},
					"×",
				),
			),
			h("p", { class: "sub" }, sub),
		);
	/** Jump links to the parts of a long panel. @param {(Element | null)[]} parts */
	function jumps(parts) {
		const real = parts.filter((item) => !!item && item.hasAttribute("data-part"));
		if (real.length < 2) return null;
		return h(
			"nav",
			{ class: "jumps", "aria-label": "In this panel" },
			...real.map((item) =>
				h(
					"button",
					{
						type: "button",
						onclick: () => item?.scrollIntoView({ behavior: calmly.matches ? "auto" : "smooth", block: "start" }),
					},
					item?.querySelector("h3")?.firstChild?.textContent || "",
					h("span", { class: "n" }, item?.querySelector("h3 .n")?.textContent || ""),
				),
			),
		);
	}

	/** @param {Actor} actor */
	function actorPanel(actor) {
		const others = (actor.tags || [])
			.filter(([, text]) => text !== actor.label)
			.map(([tag, text]) => `${text} (${tag})`);
		const linked = [...shown.edges.keys()].filter((e) => e.from === actor.id || e.to === actor.id).length;
		const states = (heldOfActor.get(actor.id) || [])
			.slice()
			.sort((a, b) => (a.kind + a.label < b.kind + b.label ? -1 : 1));
		const stated = claimsOfActor.get(actor.id) || [];
		const parts = [...eventParts(eventsOfActor.get(actor.id) || [])];
		parts.splice(
			2,
			0,
			part(
				"Claims",
				stated.map((claim) => claimCard(claim)),
				"claims",
			),
			part("In force and in office", states.map(heldCard), "held"),
		);
		return [
			heading(
				actor.label,
				[capital(typeWords(actor)), " · " + t("{0} shown", count(linked, "relation"))],
				figureIcon(actor.type, 24),
			),
			actor.description ? h("p", { class: "description" }, h("bdi", null, actor.description)) : null,
			h(
				"dl",
				{ class: "facts" },
				fact(
					"Also",
					[...others, ...(actor.aliases || [])].length
						? [h("bdi", null, [...others, ...(actor.aliases || [])].join(", "))]
						: [],
				),
				fact("Part of", actorLinks(actor.part_of || [])),
				fact("Wikidata", wikidata(actor.wikidata || "")),
				fact(
					"First named",
					(actor.mentions || [])
						.slice(0, 1)
						.map((i) => span(cited[i] ? `${name(cited[i][5])}, ${t("paragraph")} ${cited[i][1]}` : "")),
				),
			),
			actorActions(actor),
			jumps(parts),
			...parts,
		];
	}
	/** @param {string} text */
	function wikidata(text) {
		const q = /Q[1-9]\d*$/.exec(text);
		return q
			? [h("a", { href: "https://www.wikidata.org/wiki/" + q[0], target: "_blank", rel: "noopener noreferrer" }, q[0])]
			: [];
	}
	/** @param {Actor} actor */
	function actorActions(actor) {
		const here = state.ego === actor.id;
		return h(
			"div",
			{ class: "actions" },
			h(
				"div",
				{ class: "switch", role: "group", "aria-label": "Show only what surrounds this actor" },
				h("span", { class: "switch-name" }, "Around"),
				...[1, 2, 3].map((depth) =>
					h(
						"button",
						{
							type: "button",
							"data-key": "ego" + depth,
							"aria-pressed": here && state.depth === depth,
							"aria-label": t("{0} around", count(depth, "step")),
							onclick: () => {
								change(here && state.depth === depth ? { ego: "" } : { ego: actor.id, depth }, true);
								fitShown();
							},
						},
						depth,
					),
				),
			),
			h("button", { type: "button", "data-key": "path-from", onclick: () => openPath(actor.label) }, "Path from here"),
			voices.has(actor.id)
				? h(
						"button",
						{
							type: "button",
							"data-key": "voice",
							"aria-pressed": state.voice === actor.id,
							onclick: () => change({ voice: state.voice === actor.id ? "" : actor.id }, true),
						},
						"In this voice",
					)
				: null,
			state.pins.has(actor.id)
				? h(
						"button",
						{
							type: "button",
							"data-key": "unpin",
							onclick: () => {
								const pins = new Map(state.pins);
								pins.delete(actor.id);
								change({ pins });
							},
						},
						"Unpin",
					)
				: null,
		);
	}
	/** @param {string} key */
	function edgePanel(key) {
		const group = edgesOfKey(key);
		if (!group.length) return overview();
		const [first] = group;
		const explained = [...new Set(group.flatMap((e) => e.because || []))];
		const states = explained.flatMap((id) => held.get(id) || []);
		const happened = explained.flatMap((id) => events.get(id) || []);
		const parts = eventParts(happened);
		return [
			heading(`${name(first.from)} ${first.symmetric || key.startsWith("p:") ? "↔" : "→"} ${name(first.to)}`, [
				listed([...new Set(group.map((e) => e.label))]),
				happened.length ? ` · ${count(happened.length, "event")}` : "",
				" ",
				group.some(disputed) ? statusBadge("Contested") : "",
			]),
			h("p", { class: "links" }, actorLink(first.from), span(" and ", "soft"), actorLink(first.to)),
			group.some(disputed)
				? h("p", { class: "soft remark" }, "That it was said is reported; what was said is contested.")
				: null,
			...states.map(heldCard),
			...parts,
		];
	}
	/** @param {Happening} e */
	const eventPanel = (e) => [
		heading(e.label, [
			capital(e.class_label),
			e.factuality === "Actual" ? "" : ` · ${t(WORDS.factuality[e.factuality] || e.factuality)}`,
		]),
		eventCard(e, { full: true }),
		part(
			"In reply",
			(e.answered_by || []).flatMap((id) => events.get(id) || []).map((it) => eventCard(it)),
			"answers",
		),
		part(
			"In response to",
			(e.responds_to || []).flatMap((id) => events.get(id) || []).map((it) => eventCard(it)),
			"causes",
		),
	];
	/** @param {Claim} claim */
	function claimPanel(claim) {
		const speech = [...new Set([...(claim.asserted_by || []), ...(claim.denied_by || [])].map((voice) => voice.event))];
		return [
			heading(t("Claim"), [standing(claim)]),
			claimCard(claim),
			h(
				"dl",
				{ class: "facts" },
				fact("About", actorLinks(claim.about || [])),
				fact("What it alleges", eventLinks(claim.proposes)),
				fact("Passages", passageRows(claim.evidence)),
			),
			part(
				"Speech acts",
				speech
					.flatMap((id) => events.get(id) || [])
					.sort(byDate)
					.map((e) => eventCard(e)),
				"events",
			),
			part(
				"Contradicting claims",
				(claim.contradicted_by || []).flatMap((id) => claims.get(id) || []).map((c) => claimCard(c)),
				"claims",
			),
		];
	}
	/** What a reader sees first: how much there is, how to read it, what is contested and what is not done. */
	function overview() {
		const contested = [...claims.values()].filter((claim) => DISPUTED.has(claim.status));
		const undone = [...events.values()].filter((e) => e.factuality !== "Actual" && shown.events.has(e.id)).sort(byDate);
		const from = [...events.values()].filter(dated);
		const span_ = from.length
			? t(
					" between {0} and {1}",
					dayWords(from.reduce((day, e) => Math.min(day, e.lo), Infinity)),
					dayWords(from.reduce((day, e) => Math.max(day, e.hi), -Infinity)),
				)
			: "";
		return [
			h(
				"header",
				{ class: "panel-head" },
				h(
					"div",
					{ class: "panel-title" },
					h("h2", { tabindex: -1 }, "Who did what to whom"),
					h(
						"button",
						{ type: "button", class: "icon close phone-only", "aria-label": "Close", onclick: closeDrawers },
						"×",
					),
				),
			),
			h(
				"p",
				{ class: "lead" },
				t(
					"{0} and {1}{2}, from {3}. Choose an actor or a line to see its evidence.",
					count(events.size, "event"),
					count(claims.size, "claim"),
					span_,
					count(sources.size, "source"),
				),
			),
			h(
				"div",
				{ class: "key" },
				h("p", null, lineIcon("q3"), span("Words of conflict; thicker means more events")),
				h("p", null, lineIcon("q4"), span("Deeds of conflict")),
				h("p", null, lineIcon("q1"), span("Words of cooperation")),
				h("p", null, lineIcon("q2"), span("Deeds of cooperation")),
				h("p", null, lineIcon("q3", true), span("Dashed with ≠: what was said is contested")),
			),
			...viewpointParts(),
			part(
				"Contested claims",
				few(contested, (claim) =>
					h(
						"div",
						{ class: "brief" },
						link("c:" + claim.id, claim.label),
						h("p", { class: "soft" }, statusBadge(claim.status), standing(claim).replace(/^[^,]+, /, "")),
					),
				),
				"claims",
			),
			part(
				"Not reported as done",
				few(undone, (e) =>
					h(
						"div",
						{ class: "brief" },
						link("v:" + e.id, e.label),
						h(
							"p",
							{ class: "soft" },
							badge(e.factuality, "undone"),
							[dateWords(e.edtf), putForward(e)].filter(Boolean).join("; "),
						),
					),
				),
				"undone",
			),
			part(
				"Sources",
				few([...sources], ([id, words]) => h("p", { class: "source" }, h("bdi", null, words || id))),
				"sources",
			),
		];
	}
	/** What somebody asserts and denies; what was in force and in office on the day asked for. */
	function viewpointParts() {
		const brief = (/** @type {Claim} */ claim) =>
			h(
				"div",
				{ class: "brief" },
				link("c:" + claim.id, claim.label),
				h("p", { class: "soft" }, statusBadge(claim.status), standing(claim).replace(/^[^,]+, /, "")),
			);
		const own = state.voice ? toldBy(state.voice) : null;
		const days = state.asof
			? [...held.values()].filter((item) => item.kind !== "tie" && shown.states.has(item.id))
			: [];
		const on = (/** @type {string} */ force) => days.filter((item) => inForce(item, asOf()) === force);
		const row = (/** @type {Held} */ item) =>
			h(
				"div",
				{ class: "brief" },
				link("s:" + item.id, item.label),
				h("p", { class: "soft" }, t(WORDS.kind[item.kind]), ": ", heldWords(item)),
			);
		return [
			own && part(t("What {0} asserts", name(state.voice)), own.asserted.map(brief), "asserts"),
			own && part(t("What {0} denies", name(state.voice)), own.denied.map(brief), "denies"),
			own && !own.asserted.length && !own.denied.length
				? h("p", { class: "soft" }, "No claim is made or denied in this voice.")
				: null,
			part(t("Certain on {0}", shortDay(asOf())), on("certain").map(row), "certain"),
			part(
				t("Possible on {0}", shortDay(asOf())),
				on("possible").map(row),
				"possible",
				"Beginning or end is known too vaguely to be sure.",
			),
		];
	}
	/** @type {ReturnType<typeof setTimeout> | undefined} */ let panelWaits;
	/** While filters move over a large picture, the panel follows when they rest. */
	function panelSoon() {
		clearTimeout(panelWaits);
		panelWaits = setTimeout(drawPanel, 150);
	}
	let panelKey = "";
	function drawPanel() {
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

	/* ── 12 search ──────────────────────────────────────────────────────────────────────────────────────────────── */

	/** @typedef {{sel: string, words: string, more: string, keys: string[], names?: string[]}} Entry */
	/** @type {Entry[]} */
	let entries = [];
	const makeEntries = () => [
		...[...actors.values()].map((a) => ({
			sel: "n:" + a.id,
			words: a.label,
			more: capital(typeWords(a)),
			keys: namesOf(a).map(plain),
			names: namesOf(a),
		})),
		...[...events.values()].map((e) => ({
			sel: "v:" + e.id,
			words: e.label,
			keys: [plain(e.label)],
			more: [
				dateWords(e.edtf),
				e.factuality === "Actual" ? e.class_label : t(WORDS.factuality[e.factuality] || e.factuality),
				putForward(e),
			]
				.filter(Boolean)
				.join(" · "),
		})),
		...[...claims.values()].map((c) => ({
			sel: "c:" + c.id,
			words: c.label,
			more: standing(c),
			keys: [plain(c.label)],
		})),
	];
	/** @param {string} query */
	function found(query) {
		const words = plain(query).split(/\s+/).filter(Boolean);
		if (!words.length) return [];
		const begins = new RegExp("(^|[^\\p{L}])" + words[0].replace(/[^\p{L}\p{N}]/gu, "."), "u");
		const fit = (/** @type {string} */ key) => {
			if (!words.every((word) => key.includes(word))) return 0;
			return (key.startsWith(words[0]) ? 3 : begins.test(key) ? 2 : 1) + 1 / (2 + key.length);
		};
		const ranked = entries
			.map((entry) => {
				const scores = entry.keys.map(fit),
					score = Math.max(...scores),
					best = scores.indexOf(score);
				const alias = scores[0] ? "" : entry.names?.[best];
				return { score, hit: alias ? { ...entry, more: `${entry.more} · ${t("also")} “${alias}”` } : entry };
			})
			.filter(({ score }) => score > 0)
			.sort((a, b) => b.score - a.score)
			.map(({ hit }) => hit);
		const some = (/** @type {string} */ kind, /** @type {number} */ n) =>
			ranked.filter((hit) => hit.sel.startsWith(kind)).slice(0, n);
		return [...some("n:", 7), ...some("v:", 6), ...some("c:", 4)];
	}
	function buildSearch() {
		const input = /** @type {HTMLInputElement} */ (byId("query")),
			list = byId("hits");
		/** @type {Entry[]} */ let hits = [];
		let now = -1;
		const close = () => {
			list.hidden = true;
			now = -1;
			input.setAttribute("aria-expanded", "false");
			input.removeAttribute("aria-activedescendant");
		};
		const take = (/** @type {Entry | undefined} */ hit) => {
			if (!hit) return;
			input.value = hit.words;
			close();
			choose(hit.sel);
			if (hit.sel.startsWith("n:")) showActor(hit.sel.slice(2));
		};
		const mark = (/** @type {number} */ next) => {
			now = (next + hits.length) % hits.length;
			[...list.querySelectorAll("[role=option]")].forEach((row, i) => {
				row.setAttribute("aria-selected", String(i === now));
				if (i === now) row.scrollIntoView({ block: "nearest" });
			});
			input.setAttribute("aria-activedescendant", "hit-" + now);
		};
		const titles = /** @type {Record<string, string>} */ ({ "n:": "Actors", "v:": "Events", "c:": "Claims" });
		const search = () => {
			hits = found(input.value);
			let group = "";
			list.replaceChildren(
				...hits.flatMap((hit, i) => {
					const kind = hit.sel.slice(0, 2),
						fresh = kind !== group;
					group = kind;
					const icon = kind === "n:" ? figureIcon(actors.get(hit.sel.slice(2))?.type || "", 16) : span("", "dot");
					return [
						...(fresh ? [h("div", { class: "hit-group", role: "presentation" }, titles[kind])] : []),
						h(
							"div",
							{
								role: "option",
								id: "hit-" + i,
								"aria-selected": "false",
								onpointerdown: (/** @type {Event} */ e) => {
									e.preventDefault();
									take(hit);
								},
							},
							icon,
							h("span", { class: "words" }, h("bdi", null, hit.words), h("small", null, hit.more)),
						),
					];
				}),
			);
			if (!hits.length && input.value.trim())
				list.replaceChildren(h("div", { class: "hit-group", role: "presentation" }, "Nothing by that name"));
			list.hidden = !input.value.trim();
			input.setAttribute("aria-expanded", String(!list.hidden));
			now = -1;
			if (hits.length) mark(0);
		};
		input.addEventListener("input", search);
		input.addEventListener("focus", () => {
			input.select();
			if (input.value) search();
		});
		input.addEventListener("blur", close);
		input.addEventListener("keydown", (e) => {
			if (e.key === "Escape") {
				e.stopPropagation();
				if (list.hidden) {
					input.value = "";
					input.blur();
				} else close();
			} else if (list.hidden || !hits.length) return;
			else if (e.key === "ArrowDown") mark(now + 1);
			else if (e.key === "ArrowUp") mark(now - 1);
			else if (e.key === "Enter") take(hits[Math.max(0, now)]);
			else return;
			e.preventDefault();
		});
	}
	/** Bring an actor into view even if a filter hides it. @param {string} id */
	function showActor(id) {
		const type = actors.get(id)?.type || "";
		const types = new Set(state.types);
		types.delete(type);
		change({
			view: "network",
			types,
			...(degree(id) || state.loose ? {} : { loose: true }),
			...(shown.nodes.has(id) ? {} : { ego: "" }),
		});
		if (!shown.nodes.has(id) && edgesOfActor.has(id))
			change({
				held: state.held || (edgesOfActor.get(id) || []).every(isHeld),
				from: "",
				to: "",
				relations: new Set(),
				contested: false,
			});
		renderer.fit([id, ...around(id, 1, shown.edges.keys())]);
		cameraMoved = true;
	}

	/* ── 13 path ────────────────────────────────────────────────────────────────────────────────────────────────── */

	/** @typedef {{ids: string[], steps: Edge[][]}} Path */
	/** All shortest paths among what is shown, whatever the direction of the relations; at most twelve. @param {string} from @param {string} to @returns {Path[]} */
	function paths(from, to) {
		const near = neighbourhood(shown.edges.keys());
		const depth = new Map([[from, 0]]);
		for (let rim = [from], d = 1; rim.length && !depth.has(to); d++) {
			const next = [];
			for (const id of rim)
				for (const other of (near.get(id) || new Map()).keys())
					if (!depth.has(other)) {
						depth.set(other, d);
						next.push(other);
					}
			rim = next;
		}
		if (!depth.has(to) || from === to) return [];
		/** @type {string[][]} */ let chains = [[to]];
		for (let d = Number(depth.get(to)) - 1; d >= 0; d--)
			chains = chains
				.flatMap((chain) =>
					[...(near.get(chain[0]) || new Map()).keys()].filter((id) => depth.get(id) === d).map((id) => [id, ...chain]),
				)
				.slice(0, 400);
		const weight = (/** @type {string[]} */ chain) =>
			chain
				.slice(1)
				.reduce(
					(sum, id, i) =>
						sum +
						Math.sqrt(
							(near.get(chain[i])?.get(id) || []).reduce(
								(n, e) => n + (isHeld(e) ? 0 : (shown.edges.get(e) || []).length),
								0,
							),
						),
					0,
				);
		return chains
			.sort((a, b) => weight(b) - weight(a) || (a.join() < b.join() ? -1 : 1))
			.slice(0, 12)
			.map((ids) => ({ ids, steps: ids.slice(1).map((id, i) => near.get(ids[i])?.get(id) || []) }));
	}
	/** @returns {Path | undefined} */
	const currentPath = () => {
		const all = state.path.length ? paths(state.path[0], state.path[1]) : [];
		return all[state.pick % Math.max(1, all.length)];
	};
	function pathPanel() {
		const all = paths(state.path[0], state.path[1]);
		const title = t("{0} to {1}", name(state.path[0]), name(state.path[1]));
		if (!all.length)
			return [
				heading(title, "No path among what is shown."),
				h("p", { class: "soft" }, "Widen the filters or the time range, or turn on offices and ties."),
			];
		const pick = state.pick % all.length,
			{ ids, steps } = all[pick];
		const turn = (/** @type {number} */ by) => change({ pick: (pick + by + all.length) % all.length });
		return [
			heading(title, [
				count(steps.length, "step"),
				all.length > 1 ? ", " + t("path {0} of {1} of this length", pick + 1, all.length) : "",
			]),
			all.length > 1
				? h(
						"div",
						{ class: "actions" },
						h("button", { type: "button", "data-key": "path-back", onclick: () => turn(-1) }, "Previous"),
						h("button", { type: "button", "data-key": "path-next", onclick: () => turn(1) }, "Next"),
					)
				: null,
			h(
				"ol",
				{ class: "route", "aria-label": "The path" },
				...ids.map((id) => h("li", null, figureIcon(actors.get(id)?.type || "", 16), actorLink(id))),
			),
			h("p", { class: "soft remark" }, "Arrows show who acts. A path is not evidence that its ends know each other."),
			...steps.map((group, i) => {
				const live = [...new Set(group.flatMap((e) => shown.edges.get(e) || []))];
				return h(
					"section",
					{ class: "part step" },
					h("h3", null, `${i + 1}. ${name(ids[i])} – ${name(ids[i + 1])}`),
					...group.map((e) =>
						h(
							"p",
							{ class: "step-line" },
							lineIcon(family(e), disputed(e)),
							span(
								`${name(e.from)} ${e.symmetric ? t("and") : ""} ${e.symmetric ? name(e.to) + " " + e.label : e.label + " " + name(e.to)}`.replace(
									/ +/g,
									" ",
								),
							),
						),
					),
					...live
						.flatMap((id) => events.get(id) || [])
						.sort(byDate)
						.map((e) => eventCard(e)),
					...live.flatMap((id) => held.get(id) || []).map(heldCard),
				);
			}),
		];
	}
	function buildPathBar() {
		const bar = /** @type {HTMLFormElement} */ (byId("path-bar"));
		const options = h("datalist", { id: "actor-names" });
		/** Names to choose from, made when they are asked for. */
		const offer = () => {
			if (options.firstChild) return;
			const all = [...actors.values()].sort((a, b) => degree(b.id) - degree(a.id)).slice(0, 2000);
			options.append(
				...all
					.map((a) => a.label)
					.sort()
					.map((words) => h("option", { value: words })),
			);
		};
		bar.addEventListener("focusin", offer);
		const field = (/** @type {string} */ id, /** @type {string} */ words) =>
			h("label", null, span(words), h("input", { id, list: "actor-names", autocomplete: "off", placeholder: "actor" }));
		const note = h("span", { class: "soft", id: "path-note", role: "status" });
		bar.replaceChildren(
			options,
			field("path-from", "From"),
			field("path-to", "to"),
			h("button", { type: "submit", class: "primary" }, "Find path"),
			h(
				"button",
				{ type: "button", class: "icon", "aria-label": "Close the path search", onclick: () => closePath() },
				"×",
			),
			note,
		);
		bar.onsubmit = (e) => {
			e.preventDefault();
			const ends = ["path-from", "path-to"].map((id) => actorNamed(/** @type {HTMLInputElement} */ (byId(id)).value));
			if (!ends[0] || !ends[1] || ends[0] === ends[1]) {
				note.textContent = t(
					ends[0] && ends[0] === ends[1] ? "Choose two different actors." : "No such actor. Choose two from the list.",
				);
				return;
			}
			note.textContent = "";
			change({ path: /** @type {string[]} */ (ends), pick: 0, sel: "", view: "network" }, true);
			openDrawer("panel", true);
			const path = currentPath();
			if (path) {
				renderer.fit(path.ids);
				cameraMoved = true;
			}
		};
	}
	/** @param {string} text */
	function actorNamed(text) {
		const exact = [...actors.values()].find((a) => plain(a.label) === plain(text.trim()));
		return (
			exact?.id ||
			found(text)
				.find((hit) => hit.sel.startsWith("n:"))
				?.sel.slice(2) ||
			""
		);
	}
	/** @param {string} [from] */
	function openPath(from) {
		closeDrawers();
		byId("path-bar").hidden = false;
		byId("path-open").setAttribute("aria-expanded", "true");
		const [a, b] = ["path-from", "path-to"].map((id) => /** @type {HTMLInputElement} */ (byId(id)));
		if (from) [a.value, b.value] = [from, ""];
		(a.value ? b : a).focus();
	}
	function closePath() {
		byId("path-bar").hidden = true;
		byId("path-open").setAttribute("aria-expanded", "false");
		if (state.path.length) change({ path: [], pick: 0 }, true);
		byId("path-open").focus();
	}

	/* ── 14 time ────────────────────────────────────────────────────────────────────────────────────────────────── */

	/** @typedef {{lo: number, hi: number}} Bin  first and last day */
	const counted = [...events.values()].filter((e) => dated(e) && !e.summary);
	const firstDay = counted.reduce((day, e) => Math.min(day, e.lo), Infinity),
		lastDay = counted.reduce((day, e) => Math.max(day, e.hi), counted.length ? -Infinity : 0);
	/** @type {Bin[]} */
	const bins = counted.length ? binsOf(firstDay, lastDay) : [];

	/** Equal steps of the calendar: days, weeks, months, quarters or years, as the span allows. @param {number} lo @param {number} hi */
	function binsOf(lo, hi) {
		const days = hi - lo;
		/** @type {Bin[]} */ const all = [];
		if (days <= 210) {
			const step = days <= 40 ? 1 : 7;
			for (let day = lo; day <= hi; day += step) all.push({ lo: day, hi: day + step - 1 });
			return all;
		}
		const months = days <= 366 * 7 ? 1 : days <= 366 * 25 ? 3 : 12;
		const start = new Date(lo * 864e5);
		let year = start.getUTCFullYear(),
			month = start.getUTCMonth() - (start.getUTCMonth() % months);
		for (;;) {
			const from = Math.round(Date.UTC(year, month, 1) / 864e5),
				to = Math.round(Date.UTC(year, month + months, 1) / 864e5) - 1;
			if (from > hi) return all;
			all.push({ lo: from, hi: to });
			month += months;
			if (month > 11) [year, month] = [year + 1, month - 12];
		}
	}
	const rangeWords = () => {
		const from = state.from || isoOf(bins[0].lo),
			to = state.to || isoOf(bins[bins.length - 1].hi);
		return `${shortDay(from)} – ${shortDay(to)}`;
	};
	/** Vague dates count in each bin by the share of their days that lies in it. @param {Iterable<Happening>} list */
	function histogram(list) {
		const sums = bins.map(() => [0, 0, 0, 0, 0]);
		for (const e of list) {
			if (!dated(e) || e.summary) continue;
			bins.forEach((bin, i) => {
				const share = Math.min(e.hi, bin.hi) - Math.max(e.lo, bin.lo) + 1;
				if (share > 0) sums[i][e.quad_class || 0] += share / (e.hi - e.lo + 1);
			});
		}
		return sums;
	}
	const STACK = [4, 3, 2, 1, 0];
	/** @type {number | undefined} */ let playing;
	let drawTime = () => {};
	function buildTime() {
		const section = byId("time");
		if (!bins.length) {
			section.hidden = true;
			return;
		}
		const play = h("button", {
			type: "button",
			class: "icon play",
			"aria-label": "Play",
			onclick: () => (playing ? stop() : start()),
		});
		const icon = s(
			"svg",
			{ viewBox: "0 0 16 16", "aria-hidden": "true" },
			s("path", { class: "fill", d: "M4 2.5v11l9-5.5z" }),
		);
		play.append(icon);
		const words = h("p", { class: "range-words" }),
			note = h("p", { class: "soft range-note" });
		const chart = s("svg", { class: "histogram", role: "img", "aria-label": "Events over time by quad class" });
		const handles = ["First day shown", "Last day shown"].map((title, i) =>
			h("div", {
				class: "handle",
				role: "slider",
				tabindex: 0,
				"aria-label": title,
				"aria-valuemin": 0,
				"aria-valuemax": bins.length - 1,
				onkeydown: (/** @type {KeyboardEvent} */ e) => nudge(i, e),
			}),
		);
		const track = h("div", { class: "track" }, chart, h("div", { class: "rail" }), ...handles);
		const undatedEvents = [...events.values()].filter((e) => !dated(e));
		const box = /** @type {HTMLInputElement} */ (
			h("input", { type: "checkbox", onchange: () => change({ undated: box.checked }) })
		);
		const sure = /** @type {HTMLInputElement} */ (
			h("input", { type: "checkbox", onchange: () => change({ certain: sure.checked }) })
		);
		const sureRow = h("label", { class: "row sure" }, sure, h("span", { class: "words" }, "Only what is certain"));
		const quads = h("ul", { class: "quads" });
		section.replaceChildren(
			h("div", { class: "time-left" }, play, h("div", null, words, note)),
			track,
			h(
				"div",
				{ class: "time-right" },
				quads,
				sureRow,
				undatedEvents.length
					? h(
							"label",
							{ class: "row" },
							box,
							h("span", { class: "words" }, t("{0} not fully dated", undatedEvents.length)),
						)
					: null,
			),
		);

		const index = (/** @type {string} */ iso, /** @type {number} */ otherwise) => {
			if (!iso) return otherwise;
			const day = dayOf(iso, 0),
				i = bins.findIndex((bin) => day <= bin.hi);
			return i < 0 ? bins.length - 1 : i;
		};
		const range = () => [index(state.from, 0), index(state.to, bins.length - 1)];
		const setRange = (/** @type {number} */ a, /** @type {number} */ b) => {
			const [lo, hi] = [Math.max(0, Math.min(a, b)), Math.min(bins.length - 1, Math.max(a, b))];
			change({ from: lo === 0 ? "" : isoOf(bins[lo].lo), to: hi === bins.length - 1 ? "" : isoOf(bins[hi].hi) });
		};
		/** @param {number} which @param {KeyboardEvent} e */
		function nudge(which, e) {
			const now = range();
			const step = {
				ArrowLeft: -1,
				ArrowDown: -1,
				ArrowRight: 1,
				ArrowUp: 1,
				PageDown: -3,
				PageUp: 3,
				Home: -1e6,
				End: 1e6,
			}[e.key];
			if (!step) return;
			e.preventDefault();
			stop();
			now[which] = which
				? Math.max(now[0], Math.min(bins.length - 1, now[1] + step))
				: Math.min(now[1], Math.max(0, now[0] + step));
			setRange(now[0], now[1]);
		}
		/* Press on a handle moves it; press on the chart and drag chooses a range. */
		const binAt = (/** @type {PointerEvent} */ e) => {
			const r = track.getBoundingClientRect();
			return Math.max(0, Math.min(bins.length - 1, Math.floor(((e.clientX - r.left) / r.width) * bins.length)));
		};
		/** @type {{anchor: number, which: number} | null} */ let drag = null;
		track.addEventListener("pointerdown", (e) => {
			const which = handles.indexOf(/** @type {HTMLElement} */ (e.target)),
				now = range();
			stop();
			drag = { anchor: which < 0 ? binAt(e) : now[1 - which], which };
			track.setPointerCapture(e.pointerId);
			if (which >= 0) handles[which].focus();
			else setRange(drag.anchor, drag.anchor);
		});
		track.addEventListener("pointermove", (e) => {
			if (drag) setRange(drag.anchor, binAt(e));
		});
		track.addEventListener("pointerup", () => {
			drag = null;
		});
		track.addEventListener("dblclick", () => setRange(0, bins.length - 1));

		let reach = [0, 0];
		function start() {
			const [lo, hi] = range();
			reach = lo === 0 && hi === bins.length - 1 ? [0, -1] : [lo, hi === bins.length - 1 ? lo - 1 : hi];
			icon.replaceChildren(s("path", { class: "fill", d: "M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z" }));
			play.setAttribute("aria-label", t("Pause"));
			playing = setInterval(step, 900);
			step();
		}
		function step() {
			reach[1] += 1;
			if (reach[1] >= bins.length - 1) {
				setRange(reach[0], bins.length - 1);
				stop();
			} else setRange(reach[0], reach[1]);
		}
		function stop() {
			if (!playing) return;
			clearInterval(playing);
			playing = undefined;
			play.setAttribute("aria-label", t("Play"));
			icon.replaceChildren(s("path", { class: "fill", d: "M4 2.5v11l9-5.5z" }));
		}

		drawTime = () => {
			const width = track.clientWidth || 600,
				high = 58,
				step = width / bins.length;
			const quick = large?.timeline(state, bins);
			const open = [...(quick ? [] : derive(state, "time").events)].map(
				(id) => /** @type {Happening} */ (events.get(id)),
			);
			const sums = quick?.sums || histogram(open),
				whole = quick?.whole || histogram(events.values()),
				most = Math.max(1, ...whole.map((bin) => bin.reduce((a, b) => a + b, 0)));
			const [lo, hi] = range();
			const bars = sums.flatMap((bin, i) => {
				let y = high;
				const gap = Math.min(3, step * 0.16);
				return STACK.filter((quad) => bin[quad] > 0).map((quad) => {
					const tall = (bin[quad] / most) * (high - 6);
					y -= tall;
					return s("rect", {
						class: `bar q${quad}${i < lo || i > hi ? " out" : ""}`,
						x: (i * step + gap / 2).toFixed(1),
						y: y.toFixed(1),
						width: Math.max(1, step - gap).toFixed(1),
						height: Math.max(0.5, tall - 0.6).toFixed(1),
					});
				});
			});
			const every = Math.max(1, Math.ceil(52 / step));
			const ticks = bins.flatMap((bin, i) => {
				const words = tickWords(bin, i, every);
				return words
					? [
							s(
								"text",
								{
									class: "tick" + (/^\d{4}$/.test(words) ? " year" : ""),
									x: ((i + 0.5) * step).toFixed(1),
									y: high + 17,
								},
								words,
							),
						]
					: [];
			});
			chart.setAttribute("viewBox", `0 0 ${width} ${high + 20}`);
			chart.replaceChildren(
				s("line", { class: "base", x1: 0, x2: width, y1: high + 0.5, y2: high + 0.5 }),
				...bars,
				...ticks,
			);
			[lo, hi + 1].forEach((edge, i) => {
				handles[i].style.left = `${(edge * step).toFixed(1)}px`;
				handles[i].setAttribute("aria-valuenow", String(i ? hi : lo));
				handles[i].setAttribute("aria-valuetext", dayWords(i ? bins[hi].hi : bins[lo].lo));
			});
			const rail = /** @type {HTMLElement} */ (track.querySelector(".rail"));
			rail.style.left = `${(lo * step).toFixed(1)}px`;
			rail.style.width = `${((hi + 1 - lo) * step).toFixed(1)}px`;
			words.textContent = `${shortDay(bins[lo].lo)} – ${shortDay(bins[hi].hi)}`;
			const unsure = shown.possible.size;
			note.textContent = unsure ? t("{0} only possibly in it", count(unsure, "event")) : t("Drag to choose a range");
			box.checked = state.undated;
			sure.checked = state.certain;
			sureRow.hidden = !(state.from || state.to || state.asof || state.certain);
			const byQuad = large?.quads(shown) || [0, 0, 0, 0, 0];
			if (!large) for (const id of shown.events) byQuad[events.get(id)?.quad_class || 0]++;
			quads.replaceChildren(
				...STACK.filter((quad) => quad || byQuad[0]).map((quad) =>
					h(
						"li",
						null,
						h("span", { class: "swatch q" + quad, "aria-hidden": "true" }),
						t(WORDS.family["q" + quad]),
						h("span", { class: "n" }, byQuad[quad]),
					),
				),
			);
		};
		new ResizeObserver(() => {
			drawTime();
			drawPairs();
		}).observe(track);
	}
	/** @param {Bin} bin @param {number} i @param {number} every */
	function tickWords(bin, i, every) {
		const date = new Date(bin.lo * 864e5),
			month = date.getUTCMonth();
		const long = bin.hi - bin.lo > 300;
		if (long) return i % every ? "" : String(date.getUTCFullYear());
		if (bin.hi - bin.lo < 8) return i % every ? "" : `${date.getUTCDate()} ${WORDS.months[month].slice(0, 3)}`;
		const jump = [1, 2, 3, 4, 6, 12].find((n) => n >= every) || 12;
		return month === 0 ? String(date.getUTCFullYear()) : month % jump ? "" : WORDS.months[month].slice(0, 3);
	}

	/* ── 15 table ───────────────────────────────────────────────────────────────────────────────────────────────── */

	/** @typedef {{sel: string, date: string, sort: number, who: string[], what: string, whom: string[], title: string, standing: string, undone: boolean, reported: string, quad: string}} Row */
	/** @returns {Row[]} */
	function tableRows() {
		const reported = (/** @type {number[] | undefined} */ list) => {
			/** @type {Map<string, number[]>} */ const by = new Map();
			for (const i of list || []) if (cited[i]) file(by, name(cited[i][5]), cited[i][1]);
			return [...by].map(([who, places]) => `${who} ¶ ${[...places].sort((a, b) => a - b).join(", ")}`).join("; ");
		};
		const happened = [...shown.events]
			.map((id) => /** @type {Happening} */ (events.get(id)))
			.map((e) => ({
				sel: "v:" + e.id,
				date: dateWords(e.edtf),
				sort: sortDay(e),
				who: e.actors || [],
				what: capital(e.class_label),
				whom: e.targets || [],
				title: e.label,
				standing: [
					...(e.factuality !== "Actual"
						? [t(WORDS.factuality[e.factuality] || e.factuality), putForward(e)]
						: [t(e.summary ? "Summary, not counted" : "Reported"), touchesDispute(e) ? t("claim contested") : ""]),
					shown.possible.has(e.id) ? t("date may lie outside the range") : "",
				]
					.filter(Boolean)
					.join("; "),
				undone: e.factuality !== "Actual",
				reported: reported(e.evidence),
				quad: "q" + (e.quad_class || 0),
			}));
		const lasting = [...shown.states]
			.flatMap((id) => held.get(id) || [])
			.map((x) => ({
				sel: "s:" + x.id,
				date: x.kind === "tie" ? dateWords("") : capital(heldWords(x)),
				sort: dayOf(x.earliest_begin, dayOf(x.last_known, 1e9)),
				who: x.left || [],
				what: capital(x.type_label || "") || WORDS.kind[x.kind],
				whom: x.right || [],
				title: x.label,
				standing: x.kind === "tie" ? t("Reported") : t(inForce(x, asOf()) + " on {0}", shortDay(asOf())),
				undone: false,
				reported: reported(x.evidence),
				quad: "tie",
			}));
		return [...happened, ...lasting];
	}
	const COLUMNS = /** @type {[string, string, (row: Row) => string | number][]} */ ([
		["date", "Date", (row) => row.sort],
		["who", "Who", (row) => plain(listed(row.who.map(name)))],
		["what", "What", (row) => plain(row.what)],
		["whom", "Whom", (row) => plain(listed(row.whom.map(name)))],
		["event", "Event", (row) => plain(row.title)],
		["standing", "Standing", (row) => plain(row.standing)],
		["reported", "Reported by", (row) => plain(row.reported)],
	]);
	function sortedRows() {
		const down = state.sort.startsWith("-"),
			key = state.sort.replace("-", "");
		const by = (COLUMNS.find(([column]) => column === key) || COLUMNS[0])[2];
		const rows = tableRows().map((row) => ({ row, key: by(row) }));
		rows.sort((a, b) =>
			a.key < b.key ? -1 : a.key > b.key ? 1 : a.row.sort - b.row.sort || (a.row.sel < b.row.sel ? -1 : 1),
		);
		return (down ? rows.reverse() : rows).map(({ row }) => row);
	}
	/** @param {boolean} live  with buttons, or for paper */
	function tableOf(live) {
		const all = sortedRows(),
			rows = live ? all.slice(0, tableMost) : all.slice(0, 5000),
			down = state.sort.startsWith("-"),
			key = state.sort.replace("-", "");
		const people = (/** @type {string[]} */ ids) => (live ? actorLinks(ids) : [h("bdi", null, listed(ids.map(name)))]);
		return h(
			"table",
			null,
			h(
				"caption",
				null,
				t(
					state.held || state.asof
						? "{0}: every event, office, measure and tie that the filters leave. Rows in italics are not reported as done."
						: "{0}: every event that the filters leave. Rows in italics are not reported as done.",
					count(all.length, "row"),
				),
			),
			h(
				"thead",
				null,
				h(
					"tr",
					null,
					...COLUMNS.map(([column, words]) =>
						h(
							"th",
							{ scope: "col", "aria-sort": live && column === key ? (down ? "descending" : "ascending") : null },
							live
								? h(
										"button",
										{
											type: "button",
											"data-key": "sort-" + column,
											onclick: () => change({ sort: column === key && !down ? "-" + column : column }),
										},
										words,
										span(column === key ? (down ? " ↓" : " ↑") : "", "arrow"),
									)
								: words,
						),
					),
				),
			),
			h(
				"tbody",
				null,
				...rows.map((row) =>
					h(
						"tr",
						{
							class: [row.undone ? "undone" : "", live && row.sel === state.sel ? "chosen" : ""].join(" "),
							"data-sel": row.sel,
						},
						h("td", { class: "when" }, row.date),
						h("td", null, ...people(row.who)),
						h("td", null, span([h("span", { class: "swatch " + row.quad, "aria-hidden": "true" }), row.what], "what")),
						h("td", null, ...people(row.whom)),
						h("td", null, live ? link(row.sel, row.title) : h("bdi", null, row.title)),
						h("td", { class: "standing-cell" }, row.standing),
						h("td", { class: "soft" }, row.reported),
					),
				),
			),
		);
	}
	let tableKey = "",
		tableMost = 500;
	function drawTable() {
		const host = byId("table"),
			on = state.view === "table";
		host.hidden = !on;
		byId("stage").hidden = on;
		document.body.classList.toggle("wide", on && !state.sel && !state.path.length);
		byId("view-table").setAttribute("aria-pressed", String(on));
		byId("view-network").setAttribute("aria-pressed", String(!on));
		if (!on) return;
		const key = [
			spoken,
			state.asof,
			state.certain,
			state.sort,
			state.sel,
			state.from,
			state.to,
			[...shown.events].join(),
			[...shown.states].join(),
		].join("\n");
		if (key === tableKey) return;
		tableKey = key;
		const spot = host.contains(document.activeElement) ? document.activeElement : null;
		const again = spot?.getAttribute("data-key"),
			row = spot?.closest("tr")?.getAttribute("data-sel");
		const left = shown.events.size + shown.states.size - tableMost;
		host.replaceChildren(
			tableOf(true),
			left > 0
				? h(
						"button",
						{
							type: "button",
							"data-key": "more",
							onclick: () => {
								tableMost += 500;
								tableKey = "";
								drawTable();
							},
						},
						"Show more",
						span(` (${left})`),
					)
				: "",
		);
		if (again)
			/** @type {HTMLElement | null} */ (
				host.querySelector(
					row
						? `tr[data-sel="${CSS.escape(row)}"] [data-key="${CSS.escape(again)}"]`
						: `[data-key="${CSS.escape(again)}"]`,
				)
			)?.focus({ preventScroll: true });
	}

	/* ── 16 export and print ────────────────────────────────────────────────────────────────────────────────────── */

	const STANDING = "A link is not an accusation proved. Claims are shown with who makes them and their status.";
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
		const top = 46,
			low = 58,
			tall = height + top + low;
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
	/** @param {Blob} blob @param {string} ending */
	function save(blob, ending) {
		const url = URL.createObjectURL(blob);
		const slug =
			plain(raw.title)
				.replace(/[^a-z0-9]+/g, "-")
				.replace(/^-|-$/g, "")
				.slice(0, 60) || "network";
		h("a", { href: url, download: `${slug}.${ending}` }).click();
		setTimeout(() => URL.revokeObjectURL(url), 10000);
	}
	const saveSvg = () => save(new Blob([pictureText().text], { type: "image/svg+xml" }), "svg");
	function savePng() {
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
	function preparePrint() {
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
			tableOf(false),
			h("h2", null, "Sources"),
			...[...sources.values()].map((words) => h("p", null, h("bdi", null, words))),
		);
	}

	/* ── 17 quoting and keeping ─────────────────────────────────────────────────────────────────────────────────── */

	/** Show a text to be copied, with a button that copies it where that is allowed. @param {string} title @param {string} text */
	function showText(title, text) {
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
	/** Where an event stands: source, paragraph, span, hash, access as the dossier tells it, and our name for it. @param {Happening} e */
	function citation(e) {
		const rows = (e.evidence || []).filter((i) => cited[i]).map((i) => cited[i]);
		const places = [...new Set(rows.map((row) => row[0]))].map((source) => {
			const about = raw.documents[source] || {};
			const title = about.title || sources.get(source) || source;
			const head = [about.publisher, `“${title}”`, about.published && dateWords(about.published), about.address];
			const spans = rows
				.filter((row) => row[0] === source)
				.map(([, paragraph, start, end, sha, , speaker]) =>
					[
						"  " + t("¶ {0}, characters {1}–{2}", paragraph, start, end),
						speaker && t("citing") + " " + name(speaker),
						`sha256 ${sha}…`,
					]
						.filter(Boolean)
						.join(", "),
				);
			return [head.filter(Boolean).join(", ") + ".", ...spans, about.access && t("Access: {0}", about.access)];
		});
		const what = [
			`“${e.label}”`,
			dateWords(e.edtf),
			e.factuality === "Actual" ? "" : t(WORDS.factuality[e.factuality] || e.factuality),
		];
		return [what.filter(Boolean).join(", ") + ".", ...places.flat(), iri(e.id)].filter(Boolean).join("\n");
	}
	/** @param {string} id */
	const iri = (id) => raw.prefixes.id + encodeURIComponent(id);

	/** A query that finds the rows of the table, whatever the filters are. */
	function sparql() {
		const now = state;
		const node = (/** @type {string} */ id) => `<${iri(id)}>`;
		const rel = (/** @type {string} */ key) => `<${raw.prefixes.rel}${encodeURIComponent(key.replace(/^rel:/, ""))}>`;
		const day = (/** @type {string} */ iso) => `"${iso}"^^xsd:date`;
		const hidden = [...now.types]
			.map((key) => looks.get(key)?.class)
			.filter(Boolean)
			.map((kind) => "dip:" + kind);
		const inside = now.ego
			? [...around(now.ego, now.depth, derive({ ...now, ego: "" }).edges.keys())].map(node).join(" ")
			: "";
		const end = (/** @type {string} */ it) =>
			(hidden.length ? `\n    FILTER NOT EXISTS { ${it} a ?kind . FILTER(?kind IN (${hidden.join(", ")})) }` : "") +
			(inside ? `\n    VALUES ${it} { ${inside} }` : "");
		const some = (/** @type {string} */ pattern) =>
			hidden.length || inside
				? `\n    FILTER${inside ? "" : `(NOT EXISTS { ?what ${pattern} ?any } ||`} EXISTS { ?what ${pattern} ?party .${end("?party")} }${inside ? "" : ")"}`
				: "";
		const disputedNow = (/** @type {string} */ it) =>
			`EXISTS { { ${it} dip:asserts|dip:denies ?said } UNION { ?said dip:proposes ${it} ; a dip:Proposition } ?said dip:status ?status . FILTER(?status IN (dip:Contested, dip:Denied)) }`;
		const dates =
			"\n    OPTIONAL { ?what sem:hasEarliestBeginTimeStamp ?earliest } OPTIONAL { ?what sem:hasLatestEndTimeStamp ?latest }" +
			(now.undated ? "" : "\n    FILTER(BOUND(?earliest) && BOUND(?latest))") +
			(now.certain && (now.from || now.to)
				? `\n    FILTER(${[now.from && `BOUND(?earliest) && ?earliest >= ${day(now.from)}`, now.to && `BOUND(?latest) && ?latest <= ${day(now.to)}`].filter(Boolean).join(" && ")})`
				: "") +
			(now.from ? `\n    FILTER(!BOUND(?latest) || ?latest >= ${day(now.from)})` : "") +
			(now.to ? `\n    FILTER(!BOUND(?earliest) || ?earliest <= ${day(now.to)})` : "");
		const who = now.voice && node(now.voice);
		const own = `{ ?what dip:attestedBy ?told . ?told dip:attributedTo ${who} } UNION { ?what dip:attestedBy ?told . ?told dip:reportedBy ${who} . FILTER NOT EXISTS { ?told dip:attributedTo ?other } }`;
		const spoken = now.voice
			? `\n    { SELECT DISTINCT ?what WHERE { ${own}\n      UNION { ?what dip:actor ${who} ; dip:asserts|dip:denies|dip:proposes ?content }\n      UNION { ?act dip:actor ${who} ; dip:proposes ?what }\n      UNION { ?act dip:actor ${who} ; dip:asserts|dip:denies ?claim . ?claim dip:proposes ?what } } }`
			: "";
		const without = now.relations.size
			? `\n    FILTER(?relation NOT IN (${[...now.relations].sort().map(rel).join(", ")}))`
			: "";
		const edge = `?edge a dip:DerivedEdge ; rdf:subject ?from ; rdf:predicate ?relation ; rdf:object ?to ; prov:wasDerivedFrom ?what .${without}${end("?from")}${end("?to")}`;
		const drawn =
			edge +
			(now.contested
				? `\n    ?edge dip:status ?standing . FILTER(?standing IN (dip:Contested, dip:Denied))\n    FILTER(${disputedNow("?what")} || NOT EXISTS { ?edge prov:wasDerivedFrom ?one . FILTER(${disputedNow("?one")}) })`
				: "");
		const off = (/** @type {string} */ kind) => now.facts.has(kind);
		const kinds = FACTS.filter((kind) => !/Summary|Other/.test(kind) && off(kind)).map((kind) => "dip:" + kind);
		const other =
			"?what dip:factuality ?factuality . FILTER NOT EXISTS { ?edge a dip:DerivedEdge ; prov:wasDerivedFrom ?what }" +
			(kinds.length ? `\n    FILTER(?factuality NOT IN (${kinds.join(", ")}))` : "") +
			(off("Summary") ? "\n    FILTER(?factuality != dip:Actual || NOT EXISTS { ?what dip:aggregate true })" : "") +
			(off("Other") ? "\n    FILTER(?factuality != dip:Actual || EXISTS { ?what dip:aggregate true })" : "") +
			(now.contested ? `\n    FILTER(${disputedNow("?what")})` : "") +
			some("dip:actor|dip:target|dip:about|dip:onBehalfOf|sem:hasPlace");
		const parts = [
			`{ # events that draw a line\n    ?what a dip:Event . ${drawn}${dates}${spoken}\n  }`,
			`{ # events that draw none\n    ?what a dip:Event . ${other}${dates}${spoken}\n  }`,
		];
		const holds = now.asof ? heldOn(day(now.asof)) : heldWithin(day);
		const voiced = now.voice ? `\n    { SELECT DISTINCT ?what WHERE { ${own} } }` : "";
		if (now.asof && !now.contested)
			parts.push(
				`{ # offices, measures and ties of the day\n    ?what a dip:State .${holds}${voiced}${some("dip:imposedBy|dip:appliesTo|org:member|org:organization|dip:tieFrom|dip:tieTo")}\n  }`,
			);
		else if (now.held && !now.contested)
			parts.push(`{ # offices and ties\n    ?what a dip:State . ${edge}${holds}${voiced}\n  }`);
		const prefixes = Object.entries(raw.prefixes).map(([key, value]) => `PREFIX ${key}: <${value}>`);
		return `${prefixes.join("\n")}\n\nSELECT DISTINCT ?what ?label ?date WHERE {\n  ${parts.join(" UNION ")}\n  ?what rdfs:label ?label . FILTER(LANG(?label) = "en")\n  OPTIONAL { ?what dip:edtf ?date }\n}\nORDER BY ?date ?what\n`;
	}
	const BOUNDS = ["EarliestBegin", "LatestBegin", "EarliestEnd", "LatestEnd"]
		.map((bound) => `\n    OPTIONAL { ?what sem:has${bound}TimeStamp ?${bound} }`)
		.join("");
	/** @param {string} day */
	const heldOn = (day) =>
		`${BOUNDS}\n    FILTER(!BOUND(?EarliestBegin) || ?EarliestBegin <= ${day}) FILTER(!BOUND(?LatestEnd) || ?LatestEnd >= ${day})` +
		(state.certain
			? `\n    FILTER(BOUND(?LatestBegin) && ?LatestBegin <= ${day} && IF(BOUND(?EarliestEnd), ?EarliestEnd > ${day}, !BOUND(?LatestEnd)))`
			: "");
	/** @param {(iso: string) => string} day */
	const heldWithin = (day) =>
		(state.from || state.to ? BOUNDS : "") +
		(state.to ? `\n    FILTER(!BOUND(?EarliestBegin) || ?EarliestBegin <= ${day(state.to)})` : "") +
		(state.from ? `\n    FILTER(!BOUND(?LatestEnd) || ?LatestEnd >= ${day(state.from)})` : "");

	/** Keep where the actors stand, for another page or another day. */
	function saveLayout() {
		const places = [...actors.values()].map((a) => [a.id, (state.pins.get(a.id) || [a.x, a.y]).map(Math.round)]);
		const layout = {
			format: "diplokg-layout",
			version: 1,
			title: raw.title,
			places,
			pins: [...state.pins.keys()].sort(),
		};
		save(new Blob([JSON.stringify(layout, null, 1) + "\n"], { type: "application/json" }), "layout.json");
	}
	/** Who stands elsewhere in the file than here is pinned there; actors that are not here are passed over. */
	async function loadLayout() {
		const input = /** @type {HTMLInputElement} */ (byId("layout-file"));
		const chosen = input.files?.[0];
		input.value = "";
		if (!chosen) return;
		/** @type {Map<string, [number, number]>} */ const pins = new Map();
		try {
			const layout = JSON.parse(await chosen.text());
			if (layout.format !== "diplokg-layout") throw new TypeError("another format");
			const kept = new Set(layout.pins);
			for (const [id, [x, y]] of layout.places) {
				const actor = actors.get(id);
				if (!actor || !Number.isFinite(x) || !Number.isFinite(y) || Math.abs(x) + Math.abs(y) > 1e6) continue;
				if (kept.has(id) || Math.hypot(actor.x - x, actor.y - y) > 1) pins.set(id, [Math.round(x), Math.round(y)]);
			}
		} catch {
			byId("live").textContent = t("This file holds no layout.");
			return showText(t("Layout"), t("This file holds no layout."));
		}
		change({ pins }, true);
		fitShown();
	}
	function buildMenu() {
		const act = (/** @type {string} */ words, /** @type {() => void} */ go) =>
			h(
				"button",
				{
					type: "button",
					onclick: () => {
						toggleMenu(false);
						go();
					},
				},
				words,
			);
		byId("export-menu").replaceChildren(
			act("PNG image", savePng),
			act("SVG drawing", saveSvg),
			act("Print or PDF", () => window.print()),
			h("hr"),
			act("See the SPARQL", () => showText(t("SPARQL of what is shown"), sparql())),
			h("hr"),
			act("Save the layout", saveLayout),
			act("Load a layout", () => byId("layout-file").click()),
		);
	}

	/* ── 18 pairs ───────────────────────────────────────────────────────────────────────────────────────────────── */

	/** @typedef {{key: string, ends: [string, string], list: Happening[]}} Lane */
	/** Events of each pair that draw a line; summaries and what is not done never do. @returns {Lane[]} */
	function lanes() {
		/** @type {Map<string, Set<string>>} */ const found = new Map();
		for (const [edge, live] of shown.edges) {
			if (isHeld(edge)) continue;
			const key = pairKey(edge.from, edge.to);
			if (!found.has(key)) found.set(key, new Set());
			for (const id of live) found.get(key)?.add(id);
		}
		const [kind, id] = [state.sel.slice(0, 2), state.sel.slice(2)];
		const chosen = new Set(/[ebp]:/.test(kind) ? edgesOfKey(state.sel).map((e) => pairKey(e.from, e.to)) : []);
		return [...found]
			.map(([key, ids]) => ({
				key,
				ends: /** @type {[string, string]} */ (pairs.get(key)),
				list: [...ids]
					.map((one) => /** @type {Happening} */ (events.get(one)))
					.filter((e) => e.factuality === "Actual" && !e.summary),
			}))
			.filter(({ ends, list }) => list.length && (kind !== "n:" || ends.includes(id)))
			.sort(
				(a, b) =>
					Number(chosen.has(b.key)) - Number(chosen.has(a.key)) ||
					b.list.length - a.list.length ||
					(a.key < b.key ? -1 : 1),
			);
	}
	/** Blocks side by side where they do not touch, else on top of each other. @param {{x: number, wide: number}[]} blocks @returns {number[]} */
	function stacked(blocks) {
		/** @type {number[]} */ const ends = [];
		return blocks.map(({ x, wide }) => {
			let level = ends.findIndex((end) => end <= x);
			if (level < 0) level = ends.length;
			ends[level] = x + wide + 1;
			return level;
		});
	}
	const BLOCK = 8;
	/** @param {Lane} lane @param {number} width */
	function laneChart(lane, width) {
		const first = bins[0].lo,
			days = bins[bins.length - 1].hi + 1 - first;
		const shapes = lane.list
			.filter(dated)
			.sort((a, b) => a.lo - b.lo || a.hi - b.hi || (a.id < b.id ? -1 : 1))
			.map((e) => {
				const x = ((e.lo - first) / days) * width;
				return { e, x: Math.min(x, width - 7), wide: Math.max(7, ((e.hi + 1 - e.lo) / days) * width - 1) };
			});
		const up = shapes.filter(({ e }) => (e.quad_class || 0) <= 2),
			down = shapes.filter(({ e }) => (e.quad_class || 0) > 2);
		const above = stacked(up),
			below = stacked(down);
		const base = (Math.max(0, ...above.map((n) => n + 1)) || 0) * (BLOCK + 1) + 4;
		const tall = base + Math.max(0, ...below.map((n) => n + 1)) * (BLOCK + 1) + 6;
		const block = (/** @type {typeof shapes[0]} */ { e, x, wide }, /** @type {number} */ y) => {
			const words = `${dateWords(e.edtf)}: ${e.label}`;
			const dispute = touchesDispute(e);
			return s(
				"rect",
				{
					class: `block bar q${e.quad_class || 0}${dispute ? " contested" : ""}${state.sel === "v:" + e.id ? " chosen" : ""}`,
					x: x.toFixed(1),
					y,
					width: wide.toFixed(1),
					height: BLOCK,
					rx: 2,
					role: "button",
					tabindex: -1,
					"data-sel": "v:" + e.id,
					"aria-label": words + (dispute ? ", " + t("contested") : ""),
					"aria-pressed": state.sel === "v:" + e.id,
				},
				s("title", {}, words),
			);
		};
		const blocks = [
			...up.map((shape, i) => block(shape, base - 1 - (above[i] + 1) * (BLOCK + 1) + 1)),
			...down.map((shape, i) => block(shape, base + 2 + below[i] * (BLOCK + 1))),
		].sort((a, b) => Number(a.getAttribute("x")) - Number(b.getAttribute("x")));
		blocks[0]?.setAttribute("tabindex", "0");
		return s(
			"svg",
			{
				class: "lane",
				viewBox: `0 0 ${width} ${tall}`,
				width,
				height: tall,
				role: "group",
				"aria-label": lane.ends.map(name).join(" – "),
			},
			s("line", { class: "base", x1: 0, x2: width, y1: base + 0.5, y2: base + 0.5 }),
			...blocks,
		);
	}
	let pairsKey = "";
	/** Cooperation above the line, conflict below; a block is as wide as its date is vague. */
	function drawPairs() {
		const section = byId("pairs"),
			open = state.pairs && bins.length > 0;
		section.hidden = !open;
		if (!open) return void (pairsKey = "");
		const track = document.querySelector("#time .track");
		const width = Math.max(160, Math.round((track || section).clientWidth || 600));
		const all = lanes();
		const key = [spoken, width, state.sel, ...all.map((lane) => lane.key + lane.list.map((e) => e.id).join())].join(
			"\n",
		);
		if (key === pairsKey) return;
		pairsKey = key;
		const spot = section.contains(document.activeElement) ? document.activeElement : null;
		const again = spot && ["data-sel", "data-key"].map((at) => [at, spot.getAttribute(at)]).find(([, value]) => value);
		const seen = all.slice(0, 30);
		section.replaceChildren(
			h(
				"div",
				{ class: "pairs-head" },
				h("h2", null, "Events of each pair"),
				h(
					"p",
					{ class: "soft" },
					"Cooperation above the line, conflict below; a block is as wide as its date is vague. Only what is reported as done, summaries left out.",
				),
				h(
					"button",
					{
						type: "button",
						class: "icon close",
						"aria-label": "Close the chart of pairs",
						onclick: () => change({ pairs: false }),
					},
					"×",
				),
			),
			...seen.map((lane) => {
				const [up, down] = [1, 3].map(
					(low) => lane.list.filter((e) => e.quad_class === low || e.quad_class === low + 1).length,
				);
				const loose = lane.list.filter((e) => !dated(e)).length;
				const sel = "p:" + lane.key;
				return h(
					"div",
					{ class: "pair" + (state.sel === sel ? " chosen" : "") },
					h(
						"button",
						{
							type: "button",
							class: "link",
							"data-key": sel,
							"aria-pressed": state.sel === sel,
							onclick: () => choose(state.sel === sel ? "" : sel),
						},
						h("bdi", null, name(lane.ends[0])),
						" – ",
						h("bdi", null, name(lane.ends[1])),
					),
					laneChart(lane, width),
					h(
						"p",
						{ class: "soft" },
						h("span", { class: "up" }, t("{0} above", up)),
						" · ",
						h("span", { class: "down" }, t("{0} below", down)),
						loose ? " · " + t("{0} not fully dated", loose) : null,
					),
				);
			}),
			all.length > seen.length
				? h("p", { class: "soft" }, t("{0} more pairs: choose an actor to see its own.", all.length - seen.length))
				: "",
			all.length ? "" : h("p", { class: "soft" }, "No event between two of the actors shown."),
		);
		if (again)
			/** @type {HTMLElement | null} */ (
				section.querySelector(`[${again[0]}="${CSS.escape(String(again[1]))}"]`)
			)?.focus({ preventScroll: true });
	}
	function buildPairs() {
		const section = byId("pairs");
		section.addEventListener("click", (e) => {
			const sel = /** @type {Element} */ (e.target).closest(".block")?.getAttribute("data-sel");
			if (sel) choose(sel);
		});
		section.addEventListener("keydown", (e) => {
			const here = /** @type {Element} */ (e.target),
				row = here.closest("svg.lane");
			if (!row || e.ctrlKey || e.metaKey || e.altKey) return;
			const blocks = [...row.querySelectorAll(".block")],
				now = blocks.indexOf(here);
			const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: blocks.length - 1 }[e.key];
			if (e.key === "Enter" || e.key === " ") choose(here.getAttribute("data-sel") || "");
			else if (next !== undefined && blocks[next]) {
				here.setAttribute("tabindex", "-1");
				blocks[next].setAttribute("tabindex", "0");
				/** @type {SVGElement} */ (blocks[next]).focus();
			} else return;
			e.preventDefault();
			e.stopPropagation();
		});
	}

	/* ── 19 tour and language ───────────────────────────────────────────────────────────────────────────────────── */

	/** Go to a step of the tour: the whole page takes its state; colours, language, keys and pins stay. @param {number} step */
	function visit(step) {
		if (step > steps.length) return endTour();
		const { theme, lang, keys, pins } = state;
		const own = fromAddress(steps[step - 1].state);
		state = { ...own, theme, lang, keys, pins: new Map([...pins, ...own.pins]), story: step };
		closeDrawers();
		settle();
		remembered = "";
		remember(true);
	}
	function endTour() {
		change({ story: 0 }, true);
		byId("tour-open").focus();
	}
	function drawTour() {
		const tour = byId("tour"),
			step = steps[state.story - 1];
		tour.hidden = !step;
		if (!step) return void tour.replaceChildren();
		const key = spoken + state.story;
		if (tour.dataset.key === key && tour.firstChild) return;
		const inside = tour.contains(document.activeElement) ? document.activeElement?.getAttribute("data-key") : "";
		tour.dataset.key = key;
		const turn = (/** @type {string} */ words, /** @type {number} */ by, /** @type {string} */ kind) =>
			h(
				"button",
				{
					type: "button",
					class: kind,
					"data-key": "tour" + by,
					disabled: state.story + by < 1,
					onclick: () => visit(state.story + by),
				},
				words,
			);
		const last = state.story === steps.length;
		tour.replaceChildren(
			h(
				"div",
				{ class: "tour-words", "aria-live": "polite" },
				h(
					"p",
					{ class: "soft" },
					h("bdi", { lang: raw.story.language }, raw.story.title),
					` · ${t("{0} of {1}", state.story, steps.length)}`,
				),
				h("h2", { lang: raw.story.language }, h("bdi", null, step.title)),
				h("p", { lang: raw.story.language }, h("bdi", null, step.text)),
			),
			h(
				"div",
				{ class: "tour-turn" },
				h(
					"div",
					{ class: "steps", "aria-hidden": "true" },
					...steps.map((_, i) => h("span", { class: i < state.story ? "on" : "" })),
				),
				h(
					"div",
					{ class: "actions" },
					turn("Back", -1, ""),
					turn(last ? "Finish" : "Next", 1, "primary"),
					h("button", { type: "button", class: "icon", "aria-label": "Close the tour", onclick: endTour }, "×"),
				),
			),
		);
		if (inside)
			/** @type {HTMLElement | null} */ (
				tour.querySelector(`[data-key="${inside}"]:not(:disabled)`) || tour.querySelector(".primary")
			)?.focus();
	}
	function drawTools() {
		const lang = byId("lang"),
			spanish = tongue() === "es";
		lang.textContent = spanish ? "EN" : "ES";
		lang.lang = spanish ? "en" : "es";
		lang.setAttribute("aria-label", spanish ? "EN: English" : "ES: Español");
		byId("pairs-open").setAttribute("aria-pressed", String(state.pairs));
		byId("pairs-open").hidden = !bins.length || !pairs.size;
		byId("tour-open").setAttribute("aria-pressed", String(state.story > 0));
		byId("tour-open").hidden = !steps.length;
	}

	/** The language of the page as built; "" before it is. */
	let spoken = "";
	const tongue = () => state.lang || (/^es\b/.test(navigator.language) ? "es" : "en");
	/** Words of the vocabulary in the data, with their English. @type {[Record<string, any>, string, string][]} */
	const terms = [
		...[...events.values()].map((e) => /** @type {[any, string, string]} */ ([e, "class_label", e.class_label])),
		.../** @type {Edge[]} */ (raw.edges).map((e) => /** @type {[any, string, string]} */ ([e, "label", e.label])),
		...[...looks.values()].map((look) => /** @type {[any, string, string]} */ ([look, "label", look.label])),
		...[...held.values()].map((x) => /** @type {[any, string, string]} */ ([x, "type_label", x.type_label || ""])),
	];
	for (const actor of actors.values()) actor.tags = [["en", actor.label], ...(actor.labels || [])];
	/** What the page says before its script runs. @type {[(words: string) => void, string][]} */
	const printed = [];
	{
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node = walk.nextNode(); node; node = walk.nextNode()) {
			const text = /** @type {Text} */ (node),
				words = text.data;
			if (words.trim() && !text.parentElement?.closest("h1, script, style, noscript"))
				printed.push([(now) => (text.data = now), words]);
		}
		for (const attribute of ["aria-label", "placeholder"])
			for (const element of document.querySelectorAll(`[${attribute}]`))
				printed.push([(now) => element.setAttribute(attribute, now), element.getAttribute(attribute) || ""]);
	}
	/** Build what does not change but with the language. */
	function build() {
		spoken = tongue();
		dictionary = new Map(Object.entries(spoken === "es" ? SPANISH : {}));
		document.documentElement.lang = spoken;
		for (const [put, words] of printed) put(say(words));
		for (const [thing, field, words] of terms) thing[field] = t(words);
		for (const actor of actors.values())
			actor.label =
				(actor.tags || []).find(([tag]) => tag.split("-")[0] === spoken)?.[1] || actor.tags?.[0][1] || actor.id;
		if (playing) clearInterval(playing);
		playing = undefined;
		buildFilters();
		buildPathBar();
		buildTime();
		buildHelp();
		buildMenu();
		entries = makeEntries();
		const svg = document.querySelector("svg.network");
		svg?.setAttribute("aria-label", t(NETWORK));
		panelKey = tableKey = pairsKey = announced = "";
	}
	/* ── 20 help, drawers, theme, keys ──────────────────────────────────────────────────────────────────────────── */

	function buildHelp() {
		const dialog = /** @type {HTMLDialogElement} */ (byId("help"));
		const box = /** @type {HTMLInputElement} */ (
			h("input", { type: "checkbox", onchange: () => change({ keys: box.checked }) })
		);
		const rows = (/** @type {[string, string][]} */ list) =>
			h(
				"dl",
				{ class: "keys" },
				...list.map(([key, words]) =>
					h("div", null, h("dt", null, ...key.split(" ").map((one) => h("kbd", null, one))), h("dd", null, words)),
				),
			);
		dialog.replaceChildren(
			h(
				"div",
				{ class: "side-head" },
				h("h2", null, "How to read and use this page"),
				h("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => dialog.close() }, "×"),
			),
			h(
				"div",
				{ class: "columns" },
				h(
					"section",
					null,
					h("h3", null, "Reading"),
					h(
						"p",
						null,
						"A line is drawn when at least one event is reported as having happened. Its arrow points from who acts to whom it is done; its width grows with the number of events. Parallel lines of one kind are folded into one line with a number; choose it to unfold them.",
					),
					h(
						"p",
						null,
						"Cool colours are cooperation, warm colours conflict; light is words, strong is deeds. A dashed line with ≠ means that what was said is contested: the claim and its denial stand side by side in the panel.",
					),
					h(
						"p",
						null,
						"What is planned, promised, threatened or alleged is never drawn. It is listed under “Not reported as done”, in the panel and in the table.",
					),
					h(
						"p",
						null,
						"Dates are shown as precisely as the source supports. An event whose date may lie outside the chosen range is kept and marked. Bars spread a vague date over the days it may mean.",
					),
					h("p", null, t(STANDING), " ", t("This is a research tool, not compliance screening.")),
					h("p", null, t("This page holds no code of others and asks the network for nothing.")),
				),
				h(
					"section",
					null,
					h("h3", null, "Keys"),
					rows([
						["/", "search"],
						["Tab", "go through the page; the network is one stop"],
						["← ↑ → ↓", "in the network: to the neighbour in that direction"],
						["Shift →", "the next relation of the actor"],
						["Enter", "show the evidence"],
						["Home", "the actor with most relations"],
						["Esc", "close, then clear the choice, path and surroundings"],
						["+ − 0", "zoom in, out, fit"],
						["t", "table or network"],
						["p", "path"],
						["e", "events of each pair"],
						["n b", "guided tour: next, back"],
						["?", "this page"],
					]),
					h("label", { class: "row" }, box, h("span", { class: "words" }, "Single-key shortcuts")),
					h("h3", null, "Keeping"),
					h(
						"p",
						null,
						"The address holds everything you see: copy it to come back or to share. Drag an actor to pin it.",
					),
				),
			),
		);
		byId("help-open").onclick = () => {
			box.checked = state.keys;
			dialog.showModal();
		};
	}
	/** @param {string} which @param {boolean} [onlyPhone] */
	function openDrawer(which, onlyPhone) {
		if (onlyPhone && !matchMedia("(max-width: 820px)").matches) return;
		document.body.dataset.drawer = which;
		for (const side of ["filters", "panel"]) byId("dock-" + side).setAttribute("aria-expanded", String(side === which));
	}
	function closeDrawers() {
		const open = document.body.dataset.drawer;
		delete document.body.dataset.drawer;
		for (const side of ["filters", "panel"]) byId("dock-" + side).setAttribute("aria-expanded", "false");
		if (open && byId(open).contains(document.activeElement)) byId("dock-" + open).focus();
	}
	const systemDark = matchMedia("(prefers-color-scheme: dark)");
	const isDark = () => (state.theme ? state.theme === "dark" : systemDark.matches);
	function drawTheme() {
		document.documentElement.dataset.theme = isDark() ? "dark" : "light";
		byId("theme").setAttribute("aria-pressed", String(isDark()));
	}
	/** @param {KeyboardEvent} e */
	function onKey(e) {
		const target = /** @type {HTMLElement} */ (e.target);
		if (e.key === "Escape") return void escape();
		if (
			!state.keys ||
			e.ctrlKey ||
			e.metaKey ||
			e.altKey ||
			/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
			document.querySelector("dialog[open]")
		)
			return;
		const act = /** @type {Record<string, () => void>} */ ({
			"/": () => byId("query").focus(),
			"?": () => byId("help-open").click(),
			"+": () => renderer.zoom(1.35),
			"=": () => renderer.zoom(1.35),
			"-": () => renderer.zoom(1 / 1.35),
			0: fitShown,
			t: () => change({ view: state.view === "table" ? "network" : "table" }),
			p: () => openPath(),
			e: () => change({ pairs: !state.pairs }),
			n: () => steps.length && visit(state.story + 1),
			b: () => state.story > 1 && visit(state.story - 1),
		})[e.key];
		if (!act) return;
		e.preventDefault();
		act();
	}
	/** One step back: menu, drawer, choice, path, surroundings. */
	function escape() {
		if (!byId("export-menu").hidden) return toggleMenu(false);
		if (state.story) return endTour();
		if (document.body.dataset.drawer) return closeDrawers();
		if (state.sel) return change({ sel: "" }, true);
		if (!byId("path-bar").hidden) return closePath();
		if (state.path.length) return change({ path: [], pick: 0 }, true);
		if (state.ego) change({ ego: "" }, true);
	}
	/** @param {boolean} open */
	function toggleMenu(open) {
		byId("export-menu").hidden = !open;
		byId("export-open").setAttribute("aria-expanded", String(open));
	}

	/* ── 21 start ───────────────────────────────────────────────────────────────────────────────────────────────── */

	const renderer = /** @type {Renderer} */ (
		(large?.renderer || svgRenderer)(byId("canvas"), () => byId("zoom").getBoundingClientRect())
	);
	let cameraMoved = false,
		announced = "";
	/** What the choice or the path lifts out of the picture. @param {Strand[]} strands */
	function emphasis(strands) {
		const [kind, id] = [state.sel.slice(0, 2), state.sel.slice(2)];
		const chosen = new Set([kind === "n:" ? id : state.sel]);
		/** @type {Set<string>} */ const near = new Set();
		const add = (/** @type {Iterable<string>} */ ids) => {
			for (const one of ids) near.add(one);
		};
		const lift = (/** @type {(strand: Strand) => boolean} */ test, ends = true) => {
			for (const strand of strands)
				if (test(strand)) {
					near.add(strand.key);
					if (ends) add([strand.from, strand.to]);
				}
		};
		const explains = (/** @type {string[]} */ ids) =>
			lift((strand) => strand.edges.some((edge) => (edge.because || []).some((one) => ids.includes(one))));
		if (kind === "n:") {
			add([id]);
			lift((strand) => strand.from === id || strand.to === id);
		} else if (/[ebp]:/.test(kind)) {
			const group = new Set(edgesOfKey(state.sel));
			lift((strand) => {
				const on = strand.edges.some((edge) => group.has(edge));
				if (on) chosen.add(strand.key);
				return on;
			});
		} else if (kind === "v:") {
			add(involved(/** @type {Happening} */ (events.get(id))));
			explains([id]);
		} else if (kind === "s:") {
			const item = held.get(id);
			add([...(item?.left || []), ...(item?.right || [])]);
			explains([id]);
		} else if (kind === "c:") {
			const c = claims.get(id);
			const voices = [...(c?.asserted_by || []), ...(c?.denied_by || [])];
			add([...(c?.about || []), ...voices.flatMap((v) => v.actors)]);
			explains(voices.map((v) => v.event));
		} else if (state.path.length) {
			const path = currentPath();
			add(path ? path.ids : state.path);
			lift((strand) => !!path && path.steps.flat().some((edge) => strand.edges.includes(edge)), false);
		} else return { chosen, near: null };
		return { chosen, near };
	}
	const closeUp = () => (state.camera[2] || 0) > 2.4;
	/** Edges drawn one by one: those of the chosen bundle, all of them from close up. */
	function unfolded() {
		const group = new Set(/^[eb]:/.test(state.sel) ? edgesOfKey(state.sel) : []);
		const all = closeUp();
		return (/** @type {Edge} */ edge) => all || group.has(edge);
	}
	function refresh() {
		const fresh = spoken !== tongue();
		if (fresh) build();
		shown = derive(state);
		drawTheme();
		drawTools();
		countFacets();
		for (const update of filterUpdates) update();
		drawChips();
		const strands = /** @type {Strand[]} */ (large ? large.strands(shown) : strandsOf(shown, unfolded()));
		renderer.setPins(state.pins);
		renderer.setVisible({ nodes: shown.nodes, ghosts: shown.ghosts, strands });
		renderer.select(emphasis(strands));
		drawTable();
		if (large && panelKey.startsWith(state.sel + "\n")) panelSoon();
		else drawPanel();
		drawTime();
		drawPairs();
		drawTour();
		const empty = byId("empty");
		empty.hidden = shown.nodes.size > 0;
		empty.textContent = t("Nothing is left by these filters.");
		const undone = large
			? large.undone(shown)
			: [...shown.events].filter((id) => events.get(id)?.factuality !== "Actual").length;
		const words = [
			count(shown.nodes.size, "actor"),
			count(shown.edges.size, "relation"),
			count(shown.events.size - undone, "event"),
		].join(" · ");
		byId("tally").replaceChildren(
			words,
			undone ? h("span", { class: "wide-only" }, " · " + t("{0} not reported as done", undone)) : "",
		);
		if (announced && announced !== words) byId("live").textContent = t("Shown") + ": " + words.replace(/ · /g, ", ");
		announced = words;
	}
	const fitShown = () => {
		cameraMoved = false;
		change({ camera: [] });
		renderer.fit(shown.nodes);
	};

	/** @param {string} hash */
	function restore(hash) {
		state = fromAddress(hash);
		settle();
	}
	/** Show a whole state that was made elsewhere. */
	function settle() {
		remembered = address(state);
		cameraMoved = state.camera.length === 3;
		panelKey = tableKey = "";
		refresh();
		if (state.path.length) {
			byId("path-bar").hidden = false;
			["path-from", "path-to"].forEach((id, i) => {
				/** @type {HTMLInputElement} */ (byId(id)).value = name(state.path[i]);
			});
		}
		if (cameraMoved) renderer.setCamera(state.camera);
		else renderer.fit(shown.nodes, !state.story);
	}

	function start() {
		buildSearch();
		buildPairs();
		renderer.setData([...actors.values()]);
		renderer.on("choose", (sel) => choose(sel));
		renderer.on("pin", (id, spot) => change({ pins: new Map(state.pins).set(id, spot) }));
		renderer.on("camera", (camera) => {
			cameraMoved = true;
			const before = closeUp();
			state.camera = camera;
			if (closeUp() !== before) refresh();
			remember();
		});
		renderer.on("resize", () => {
			if (!cameraMoved) renderer.fit(shown.nodes, true);
			drawPairs();
		});
		const tip = byId("tip");
		renderer.on("hover", (what, strand) => {
			tip.hidden = !strand;
			if (strand) tip.replaceChildren(h("bdi", null, strandWords(strand)));
		});
		renderer.on("tip", (x, y) => {
			if (tip.hidden) return;
			const room = byId("stage").clientWidth;
			tip.style.left = `${Math.max(8, Math.min(x + 14, room - tip.offsetWidth - 8))}px`;
			tip.style.top = `${y + 16}px`;
		});
		byId("view-network").addEventListener("click", () => change({ view: "network" }));
		byId("view-table").addEventListener("click", () => change({ view: "table" }));
		byId("path-open").addEventListener("click", () => (byId("path-bar").hidden ? openPath() : closePath()));
		byId("export-open").addEventListener("click", () => toggleMenu(!!byId("export-menu").hidden));
		document.addEventListener("pointerdown", (e) => {
			if (!(/** @type {Element} */ (e.target).closest(".menu"))) toggleMenu(false);
		});
		byId("lang").addEventListener("click", () => change({ lang: tongue() === "es" ? "en" : "es" }));
		byId("pairs-open").addEventListener("click", () => change({ pairs: !state.pairs }));
		byId("tour-open").addEventListener("click", () => (state.story ? endTour() : visit(1)));
		byId("layout-file").addEventListener("change", loadLayout);
		byId("theme").addEventListener("click", () => change({ theme: isDark() ? "light" : "dark" }));
		systemDark.addEventListener("change", drawTheme);
		byId("zoom-in").addEventListener("click", () => renderer.zoom(1.35));
		byId("zoom-out").addEventListener("click", () => renderer.zoom(1 / 1.35));
		byId("fit").addEventListener("click", fitShown);
		byId("skip").addEventListener("click", () => {
			change({ view: "table" });
			byId("table").focus();
		});
		for (const side of ["filters", "panel"])
			byId("dock-" + side).addEventListener("click", () =>
				document.body.dataset.drawer === side ? closeDrawers() : openDrawer(side),
			);
		document.addEventListener("keydown", onKey);
		window.addEventListener("beforeprint", preparePrint);
		window.addEventListener("hashchange", () => {
			if (location.hash.slice(1) !== remembered) restore(location.hash);
		});
		window.addEventListener("popstate", () => {
			if (location.hash.slice(1) !== remembered) restore(location.hash);
		});
		restore(location.hash);
		document.documentElement.dataset.ready = "yes";
	}
	start();
})();
