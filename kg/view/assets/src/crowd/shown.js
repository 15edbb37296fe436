// @ts-check
/* What the filters leave, from columns; where a filter is not known here, the general way is used. */
import * as page from "./tables.js";
import {
	M,
	N,
	V,
	actorAt,
	actorIds,
	actorType,
	because,
	degree,
	drawsLine,
	edgeAt,
	edgeDisputed,
	edgeFrom,
	edgeHeld,
	edgeMost,
	edgePredicate,
	edgeTo,
	edges,
	edgesOf,
	eventAt,
	eventIds,
	factKind,
	feedAt,
	feedOf,
	hi,
	isDated,
	kindAt,
	lo,
	parties,
	predicateAt,
	sides,
	standsFor,
	stateAt,
	stateIds,
	states,
	touches,
	typeAt,
} from "./columns.js";
import { Drawn, Ids } from "./masks.js";

const KNOWN = new Set(
	(
		"types relations facts feeds held loose contested undated certain asof voice from to ego depth " +
		"sel path pick view sort theme keys camera pins pairs story lang"
	).split(" "),
);

/** Is every filter in use one of those below? @param {any} now */
export const known = (now) =>
	Object.entries(now).every(([key, value]) => KNOWN.has(key) || !(value?.size ?? value?.length ?? value));

/** @type {Map<string, {events: Uint8Array, states: Uint8Array}>} */ const heard = new Map();

/** What is told in somebody's voice. @param {string} who */
function toldBy(who) {
	let found = heard.get(who);
	if (!found) {
		const told = page.toldBy(who);
		found = {
			events: Uint8Array.from(eventIds, (id) => +told.events.has(id)),
			states: Uint8Array.from(stateIds, (id) => +told.states.has(id)),
		};
		heard.set(who, found);
	}
	return found;
}

/** @type {{now: string, found: any}} */ export const last = { now: "", found: null };

/** @param {any} now */
export const filters = (now) =>
	[
		...[now.types, now.relations, now.facts, now.feeds].map((set) => [...set].join("\r")),
		...[now.held, now.loose, now.contested, now.undated, now.certain, now.asof, now.voice],
		...[now.from, now.to, now.ego, now.depth],
	].join("\n");

/** As `derive` of `app.js`; null where a filter is not known here. @param {any} now @param {string} [skip] */
export function derive(now, skip) {
	if (!known(now)) return null;
	const found = derived(now, skip);
	if (!skip) Object.assign(last, { now: filters(now), found });
	return found;
}

/** @param {any} now @param {string} [skip] */
function derived(now, skip) {
	const any = skip === "time" || (!now.from && !now.to);
	const from = page.dayOf(now.from, -Infinity),
		to = page.dayOf(now.to, Infinity);
	const within = new Uint8Array(V);
	for (let v = 0; v < V; v++)
		if (!now.undated && !isDated[v]) within[v] = 0;
		else if (any) within[v] = 2;
		else within[v] = hi[v] < from || lo[v] > to ? 0 : lo[v] >= from && hi[v] <= to ? 2 : now.certain ? 0 : 1;
	if (now.feeds.size) {
		const noFeed = new Uint8Array(feedAt.size + 1);
		for (const feed of now.feeds) noFeed[feedAt.get(feed) || 0] = 1;
		noFeed[0] = 0;
		for (let v = 0; v < V; v++) if (noFeed[feedOf[v]]) within[v] = 0;
	}
	const heldWithin = Uint8Array.from(states, (state) => +(skip === "time" || page.heldInRange(state, now)));
	const told = now.voice ? toldBy(now.voice) : null;
	if (told) {
		for (let v = 0; v < V; v++) if (!told.events[v]) within[v] = 0;
		for (let s = 0; s < states.length; s++) if (!told.states[s]) heldWithin[s] = 0;
	}
	const noType = new Uint8Array(typeAt.size),
		noPredicate = new Uint8Array(predicateAt.size),
		noKind = new Uint8Array(kindAt.size);
	if (skip !== "types") for (const key of now.types) if (typeAt.has(key)) noType[Number(typeAt.get(key))] = 1;
	if (skip !== "relations")
		for (const key of now.relations) if (predicateAt.has(key)) noPredicate[Number(predicateAt.get(key))] = 1;
	if (skip !== "facts") for (const key of now.facts) if (kindAt.has(key)) noKind[Number(kindAt.get(key))] = 1;

	const live = new Uint16Array(M + 1),
		ghost = new Uint8Array(N);
	const { start, all } = because;
	for (let i = 0; i < M; i++) {
		const a = edgeFrom[i],
			b = edgeTo[i];
		if (noPredicate[edgePredicate[i]] || noType[actorType[a]] || noType[actorType[b]]) continue;
		if ((now.contested && !edgeDisputed[i]) || (edgeHeld[i] && !now.held)) continue;
		let n = 0;
		if (edgeHeld[i]) for (let at = start[i]; at < start[i + 1]; at++) n += heldWithin[all[at]];
		else {
			const narrow = now.contested && narrowed(i);
			for (let at = start[i]; at < start[i + 1]; at++)
				if (within[all[at]] && (!narrow || touches[all[at]])) n += standsFor[all[at]];
		}
		if (n) live[i] = Math.min(n, edgeMost[i]);
		else ghost[a] = ghost[b] = 1;
	}
	const near = now.ego ? around(actorAt.get(now.ego) ?? -1, now.depth, live) : null;
	const nodes = new Uint8Array(N),
		happened = new Uint8Array(V),
		lasting = new Uint8Array(states.length);
	for (let i = 0; i < M; i++) {
		if (!live[i]) continue;
		if (near && !(near[edgeFrom[i]] && near[edgeTo[i]])) {
			live[i] = 0;
			continue;
		}
		nodes[edgeFrom[i]] = nodes[edgeTo[i]] = 1;
		const narrow = now.contested && !edgeHeld[i] && narrowed(i);
		for (let at = start[i]; at < start[i + 1]; at++) {
			const it = all[at];
			if (edgeHeld[i]) lasting[it] ||= heldWithin[it];
			else if (within[it] && (!narrow || touches[it])) happened[it] = 1;
		}
	}
	if (now.loose && !now.ego && !now.contested)
		for (let i = 0; i < N; i++) if (!degree[i] && !noType[actorType[i]]) nodes[i] = 1;
	if (now.ego) nodes[actorAt.get(now.ego) ?? 0] = 1;
	for (let v = 0; v < V; v++) {
		if (drawsLine[v] || !within[v] || noKind[factKind[v]] || (now.contested && !touches[v])) continue;
		let open = parties.start[v] === parties.start[v + 1];
		for (let at = parties.start[v]; !open && at < parties.start[v + 1]; at++) {
			const it = parties.all[at];
			open = it < 0 ? !near : !noType[actorType[it]] && (!near || near[it] > 0);
		}
		if (open) happened[v] = 1;
	}
	if (now.asof && !now.contested)
		for (let s = 0; s < states.length; s++) {
			if (!page.heldInRange(states[s], now) || (told && !told.states[s])) continue;
			for (let at = sides.start[s]; at < sides.start[s + 1]; at++) {
				const it = sides.all[at];
				if (it < 0 ? !near : !noType[actorType[it]] && (!near || near[it])) lasting[s] = 1;
			}
		}
	const possible = new Uint8Array(V);
	if (now.from || now.to)
		for (let v = 0; v < V; v++)
			if (happened[v] && lo[v] <= hi[v] && (lo[v] < from || hi[v] > to) && within[v]) possible[v] = 1;
	if (now.ego || now.contested) ghost.fill(0);
	else for (let i = 0; i < N; i++) if (nodes[i]) ghost[i] = 0;
	const reasons = (/** @type {number} */ i) => {
		const narrow = now.contested && !edgeHeld[i] && narrowed(i);
		/** @type {string[]} */ const found = [];
		for (let at = start[i]; at < start[i + 1]; at++) {
			const it = all[at];
			if (edgeHeld[i]) heldWithin[it] && found.push(stateIds[it]);
			else if (within[it] && (!narrow || touches[it])) found.push(eventIds[it]);
		}
		return found;
	};
	return { ...packed(nodes, ghost, live, happened, lasting, possible, reasons), within };
}

/** How many of the edges shown would be left if only what is contested were. @param {any} now @param {any} found  what `derived` has found for it */
export function disputedEdges(now, found) {
	if (now.contested) return found.edges.size;
	if (now.ego) return derived({ ...now, contested: true }).edges.size;
	const { start, all } = because;
	let sum = 0;
	for (let i = 0; i < M; i++) {
		if (!edgeDisputed[i] || !found.edges.live[i]) continue;
		let open = edgeHeld[i] > 0 || !narrowed(i);
		for (let at = start[i]; !open && at < start[i + 1]; at++) open = found.within[all[at]] > 0 && touches[all[at]] > 0;
		if (open) sum++;
	}
	return sum;
}

/** @param {number} i */
function narrowed(i) {
	for (let at = because.start[i]; at < because.start[i + 1]; at++) if (touches[because.all[at]]) return true;
	return false;
}

/** @param {number} middle @param {number} depth @param {Uint16Array} live */
function around(middle, depth, live) {
	const found = new Uint8Array(N);
	if (middle < 0) return found;
	found[middle] = 1;
	for (let rim = [middle], step = 0; step < depth; step++) {
		/** @type {number[]} */ const next = [];
		for (const here of rim)
			for (let at = edgesOf.start[here]; at < edgesOf.start[here + 1]; at++) {
				const i = edgesOf.all[at],
					other = edgeFrom[i] === here ? edgeTo[i] : edgeFrom[i];
				if (live[i] && !found[other]) {
					found[other] = 1;
					next.push(other);
				}
			}
		rim = next;
	}
	return found;
}

/** @param {Uint8Array} nodes @param {Uint8Array} ghosts @param {Uint16Array} live @param {Uint8Array} happened @param {Uint8Array} lasting @param {Uint8Array} possible @param {(i: number) => string[]} reasons */
const packed = (nodes, ghosts, live, happened, lasting, possible, reasons) => ({
	nodes: new Ids(nodes, actorIds, actorAt),
	ghosts: new Ids(ghosts, actorIds, actorAt),
	edges: new Drawn(live, reasons),
	events: new Ids(happened, eventIds, eventAt),
	states: new Ids(lasting, stateIds, stateAt),
	possible: new Ids(possible, eventIds, eventAt),
});

/** What the general `derive` has found, in this form. @param {any} out */
export function pack(out) {
	const mask = (/** @type {Set<string>} */ ids, /** @type {Map<string, number>} */ at) => {
		const bits = new Uint8Array(at.size);
		for (const id of ids) bits[at.get(id) ?? at.size] = 1;
		return bits;
	};
	const live = new Uint16Array(M + 1);
	for (const [edge, reasons] of out.edges)
		live[edgeAt.get(edge) ?? M] = Math.min(page.weightOf([edge], reasons), 65535);
	live[M] = 0;
	return {
		...out,
		...packed(
			mask(out.nodes, actorAt),
			mask(out.ghosts, actorAt),
			live,
			mask(out.events, eventAt),
			mask(out.states, stateAt),
			mask(out.possible, eventAt),
			(i) => out.edges.get(edges[i]) || [],
		),
	};
}
