// @ts-check
/* Who speaks, and what is told in a voice. */
import { claimants } from "./claims.js";
import { cited, claims, events, held } from "./data.js";

/** Who is quoted, speaks or publishes. @type {Set<string>} */
export const voices = new Set([
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

/**
 * What somebody asserts and denies: claims, and the events and states that are told in that voice. A publisher tells
 * what it reports without citing anybody; an actor what it is cited for, its acts of speech, and what these put forward.
 * @param {string} who
 */
export function toldBy(who) {
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
