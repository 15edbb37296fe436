// @ts-check
/* Who claims and who denies: words for the standing of a claim or of an event that is not a fact. */
import { DISPUTED, cited, claims, claimsProposing, name } from "./data.js";
import { WORDS, listed, t } from "./words.js";

/** Who puts forward an event that is not a fact, and who denies it. @param {Happening} e */
export function putForward(e) {
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
export function claimants(claim) {
	const said = (claim.asserted_by || []).flatMap((voice) => voice.actors);
	const cites = (claim.evidence || []).map((i) => cited[i]?.[6] || cited[i]?.[5]);
	return [...new Set(said.length ? said : cites)].filter(Boolean);
}

/** Status, speaker and denial of a claim in a few words. @param {Claim} claim */
export function standing(claim) {
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
