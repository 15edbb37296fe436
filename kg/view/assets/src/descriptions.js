// @ts-check
/* Words for those who hear the picture. */
import { name, typeWords, weightOf } from "./data.js";
import { shown } from "./shown.js";
import { count, t } from "./words.js";

export const calmly = matchMedia("(prefers-reduced-motion: reduce)");

export const NETWORK =
	"Network. Arrow keys go to a neighbour, Shift and an arrow key to a relation, Enter shows the evidence.";
export const CROWD =
	"Network. Arrow keys go to a neighbour, Enter shows the evidence, Home goes to the actor with most relations. The table holds every event.";

/** @param {Actor} actor */
export const actorWords = (actor) =>
	t(
		"{0}, {1}, {2} shown",
		actor.label,
		typeWords(actor).toLowerCase(),
		count([...shown.edges.keys()].filter((e) => e.from === actor.id || e.to === actor.id).length, "relation"),
	);

/** @param {Strand} strand */
export function strandWords(strand) {
	const what = strand.edges.map((edge) => edge.label).join(", ");
	const evidence = strand.family === "tie" ? "" : ", " + count(weightOf(strand.edges, strand.live), "event");
	return `${name(strand.from)} ${strand.both ? t("and") : "→"} ${name(strand.to)}: ${what}${evidence}${strand.contested ? ", " + t("contested") : ""}${strand.coded ? ", " + t("coded by feeds only") : ""}`;
}
