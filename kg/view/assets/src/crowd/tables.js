// @ts-check
/* What the crowd asks of the page, under one name. */
export {
	allCoded,
	disputed,
	edges,
	edgesOfEvent,
	events,
	actors,
	dated,
	dayOf,
	family,
	feeds,
	held,
	involved,
	isHeld,
	looks,
	touchesDispute,
	typeWords,
	weightOf,
} from "../data.js";
export { figurePath } from "../figures.js";
export { factKind, heldInRange } from "../shown.js";
export { relationWords } from "../strands.js";
export { toldBy } from "../voices.js";
