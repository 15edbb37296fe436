// @ts-check
/* What the filters leave. */
import { around } from "./around.js";
import {
	actors,
	dated,
	dayOf,
	degree,
	disputed,
	edges,
	edgesOfEvent,
	events,
	held,
	involved,
	isHeld,
	raw,
	touchesDispute,
} from "./data.js";
import { inForce } from "./dates.js";
import { lastDay } from "./days.js";
import { state } from "./state.js";
import { toldBy } from "./voices.js";

/** No, possible or certain: does an event lie in the range? @param {Happening} e @param {State} now @param {boolean} any */
function inRange(e, now, any) {
	if ((!now.undated && !dated(e)) || (e.feed && now.feeds.has(e.feed))) return 0;
	if (any || (!now.from && !now.to)) return 2;
	const from = dayOf(now.from, -Infinity),
		to = dayOf(now.to, Infinity);
	if (e.hi < from || e.lo > to) return 0;
	return e.lo >= from && e.hi <= to ? 2 : now.certain ? 0 : 1;
}

/** @param {Held} h @param {State} now */
export const heldInRange = (h, now) =>
	now.asof
		? (now.certain ? ["certain"] : ["certain", "possible"]).includes(inForce(h, dayOf(now.asof, 0)))
		: dayOf(h.earliest_begin, -Infinity) <= dayOf(now.to, Infinity) &&
			dayOf(h.latest_end, Infinity) >= dayOf(now.from, -Infinity);

/** The legend entry of an event that draws no relation. @param {Happening} e */
export const factKind = (e) => (e.factuality !== "Actual" ? e.factuality : e.summary ? "Summary" : "Other");

/** Many lines need typed arrays and a canvas (`crowd/`): SVG stays smooth up to some hundreds. `?draw=` chooses for tests. */
const MANY = 600;
/** What answers for a crowd, if this page has one. @type {Crowd | null} */
export let large = null;
/** @param {Crowd} crowd */
export function bringCrowd(crowd) {
	const wish = new URLSearchParams(location.search).get("draw");
	if (wish === "canvas" || (edges.length > MANY && wish !== "svg")) large = crowd;
}

/** What the filters leave; `skip` names one filter that is ignored, for live counts. @param {State} now @param {string} [skip] @returns {Shown} */
export function derive(now, skip) {
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

/** @type {Shown} */
export let shown = {
	nodes: new Set(),
	ghosts: new Set(),
	edges: new Map(),
	events: new Set(),
	states: new Set(),
	possible: new Set(),
};
/** @param {Shown} what */
export const show = (what) => (shown = what);

/** The day for which measures and offices are judged: the one asked for, the end of the range, else the horizon of the sources. */
export const asOf = () => {
	const last = Math.max(...[...held.values()].map((item) => dayOf(item.last_known, -Infinity)), -Infinity);
	return dayOf(state.asof || state.to || raw.horizon, last > -Infinity ? last : lastDay);
};
