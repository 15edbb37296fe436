// @ts-check
/* The data of the page, read once: tables by id, and what belongs to what. */
import { diploUnzipped } from "./unpack.js";

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export let raw = JSON.parse(byId("data").textContent || "{}");

if (typeof raw === "string") raw = JSON.parse(await diploUnzipped(raw)); // large data are packed

/** @template T @param {Record<string, any>} table @returns {Map<string, T>} */
const table = (table) => {
	const map = new Map();
	for (const id in table) {
		table[id].id = id;
		map.set(id, table[id]);
	}
	return map;
};

/** @type {Map<string, Actor>} */ export const actors = new Map(raw.nodes.map((/** @type {Actor} */ n) => [n.id, n]));

/** @type {Map<string, Happening>} */ export const events = table(raw.events);

/** @type {Map<string, Claim>} */ export const claims = table(raw.claims);

/** @type {Map<string, Held>} */ export const held = table(raw.states);

/** @type {Map<string, Look>} */ export const looks = new Map(raw.types.map((/** @type {Look} */ t) => [t.key, t]));

/** @type {Map<string, string>} */ export const sources = new Map(Object.entries(raw.sources));

const sourceIds = [...sources.keys()];

/** @type {Cited[]} */
export const cited = raw.evidence;
for (const row of raw.evidence) row[0] = sourceIds[row[0]];

/** @type {Map<string, string>} */ const names = new Map(Object.entries(raw.names));

/** Who publishes a feed, and whether machines have coded it, by its name. @type {Map<string, [string, boolean]>} */
export const feeds = new Map(Object.entries(raw.feeds || {}));
/** @param {string | undefined} feed */
export const feedName = (feed) => (feed && feeds.get(feed)?.[0]) || feed || "";

/** @type {Map<string, string>} */ export const passages = new Map(Object.entries(raw.passages));

for (const claim of claims.values())
	for (const voice of [...(claim.asserted_by || []), ...(claim.denied_by || [])]) {
		voice.actors ||= events.get(voice.event)?.actors || [];
		voice.edtf ||= events.get(voice.event)?.edtf || "";
	}

/** Edges by id; the two directions of a symmetric relation are one edge, found under both ids. @type {Map<string, Edge>} */
export const edgeById = new Map();

/** @type {Edge[]} */
export const edges = [];

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
export const file = (map, key, value) => {
	const list = map.get(key);
	if (!list) map.set(key, [value]);
	else if (!list.includes(value)) list.push(value);
};

/** @type {Map<string, number>} */ const days = new Map();
/** @param {string | undefined} iso @param {number} otherwise */
export const dayOf = (iso, otherwise) => {
	if (!iso) return otherwise;
	let day = days.get(iso);
	if (day === undefined) days.set(iso, (day = Math.round(Date.parse(iso + "T00:00:00Z") / 864e5)));
	return Number.isNaN(day) ? otherwise : day;
};

/** @param {number} day */
export const isoOf = (day) => new Date(day * 864e5).toISOString().slice(0, 10);

for (const event of events.values()) {
	event.factuality ||= "Actual";
	event.class_label ||= event.event_class || "";
	event.lo = dayOf(event.earliest, -Infinity);
	event.hi = dayOf(event.latest, Infinity);
}

/** @param {Happening} event */
export const dated = (event) => event.lo > -Infinity && event.hi < Infinity;

/** @param {Happening} a @param {Happening} b */
export const byDate = (a, b) => sortDay(a) - sortDay(b) || a.hi - b.hi || (a.id < b.id ? -1 : 1);

/** @param {Happening} event */
export const sortDay = (event) => (event.lo > -Infinity ? event.lo : event.hi < Infinity ? event.hi : 1e9);

export const DISPUTED = new Set(["Contested", "Denied"]);

/** @param {Edge} edge */
export const isHeld = (edge) => held.has((edge.because || [])[0]);

/** The colour family: quad class 1–4, `q0` when uncoded, `tie` for offices and ties. @param {Edge} edge */
export const family = (edge) => (isHeld(edge) ? "tie" : "q" + (edge.quad_class || 0));

/** Does every event behind it come from a feed? @param {string[]} ids */
export const allCoded = (ids) => feeds.size > 0 && ids.length > 0 && ids.every((id) => !!events.get(id)?.feed);

/** How many events these are: a summary of a feed stands for many. @param {Iterable<string>} ids */
export const weigh = (ids) => {
	let sum = 0;
	for (const id of ids) sum += events.get(id)?.stands_for || 1;
	return sum;
};

/** How many events are drawn by some edges: a summary of a feed tells no relation, so an edge that rests on one says itself how many it has. @param {Edge[]} of @param {Iterable<string>} ids */
export const weightOf = (of, ids) =>
	of.some((edge) => edge.count)
		? Math.min(
				weigh(ids),
				of.reduce((sum, edge) => sum + (edge.count || (edge.because || []).length), 0),
			)
		: weigh(ids);

/** @param {Edge} edge */
export const disputed = (edge) => DISPUTED.has(edge.status || "");

/** @type {Map<string, Edge[]>} */ export const edgesOfEvent = new Map();

/** @type {Map<string, Edge[]>} */ export const edgesOfActor = new Map();

/** As `file` where the values come in turn, so that only the last can be the same. @template K, V @param {Map<K, V[]>} map @param {K} key @param {V} value */
const append = (map, key, value) => {
	const list = map.get(key);
	if (!list) map.set(key, [value]);
	else if (list[list.length - 1] !== value) list.push(value);
};

for (const edge of edges) {
	for (const id of edge.because || []) append(edgesOfEvent, id, edge);
	append(edgesOfActor, edge.from, edge);
	append(edgesOfActor, edge.to, edge);
}

/** @param {Happening} e */
export function involved(e) {
	/** @type {string[]} */ const all = [];
	for (const ids of [e.actors, e.targets, e.about, e.on_behalf_of, e.place])
		if (ids) for (const id of ids) all.push(id);
	return all;
}

/** @type {Map<string, Happening[]> | null} */ let eventsOfActor = null;
/** The events in which somebody or something has a part. @param {string} id */
export function eventsWith(id) {
	if (!eventsOfActor) {
		eventsOfActor = new Map();
		for (const event of events.values()) for (const one of involved(event)) append(eventsOfActor, one, event);
	}
	return eventsOfActor.get(id) || [];
}

/** @type {Map<string, Claim[]>} */ export const claimsOfActor = new Map();

/** @type {Map<string, Claim[]>} */ export const claimsProposing = new Map();

for (const claim of claims.values()) {
	const voices = [...(claim.asserted_by || []), ...(claim.denied_by || [])].flatMap((voice) => voice.actors);
	for (const id of [...(claim.about || []), ...voices]) file(claimsOfActor, id, claim);
	for (const id of claim.proposes || []) file(claimsProposing, id, claim);
}

/** @type {Map<string, Held[]>} */ export const heldOfActor = new Map();

for (const state of held.values())
	for (const id of [...(state.left || []), ...(state.right || [])]) file(heldOfActor, id, state);

/** @param {string} id */
export const degree = (id) => (edgesOfActor.get(id) || []).length;

/** @param {string} id */
export const name = (id) => actors.get(id)?.label || names.get(id) || id.replace(/^.*[/#:]/, "").replace(/-/g, " ");

/** All names of an actor, the label first. @param {Actor} a */
export const namesOf = (a) => [
	...new Set([a.label, ...(a.labels || []).map(([, text]) => text), ...(a.aliases || [])]),
];

/** @param {Actor} actor */
export const typeWords = (actor) => looks.get(actor.type)?.label || actor.type;

/** @param {Happening} e */
export const touchesDispute = (e) =>
	(!!(e.asserts || e.denies) &&
		[...(e.asserts || []), ...(e.denies || [])].some((id) => DISPUTED.has(claims.get(id)?.status || ""))) ||
	(claimsProposing.get(e.id) || []).some((claim) => DISPUTED.has(claim.status));

/** @param {string} a @param {string} b */
export function pairKey(a, b) {
	return a < b ? a + "|" + b : b + "|" + a;
}
