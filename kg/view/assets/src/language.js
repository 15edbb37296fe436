// @ts-check
/* English or Spanish: everything that is built anew when the language changes. */
import { actors, events, held, looks, raw } from "./data.js";
import { CROWD, NETWORK } from "./descriptions.js";
import { buildHelp } from "./help.js";
import { buildFilters } from "./legend.js";
import { buildMenu } from "./menu.js";
import { forgetPairs } from "./pairs.js";
import { forgetPanel } from "./panel.js";
import { buildPathBar } from "./path.js";
import { forgetNames } from "./search.js";
import { large } from "./shown.js";
import { SPANISH } from "./spanish.js";
import { speak, spoken, tongue } from "./state.js";
import { forgetTable } from "./table.js";
import { buildTime, stopPlaying } from "./time.js";
import { say, t, translate, worded } from "./words.js";

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
export function build() {
	speak(tongue());
	translate(spoken === "es" ? SPANISH : {});
	document.documentElement.lang = spoken;
	for (const [put, words] of printed) put(say(words));
	for (const [thing, field, words] of terms) thing[field] = worded(words);
	for (const actor of actors.values())
		actor.label =
			(actor.tags || []).find(([tag]) => tag.split("-")[0] === spoken)?.[1] || actor.tags?.[0][1] || actor.id;
	stopPlaying();
	buildFilters();
	buildPathBar();
	buildTime();
	buildHelp();
	buildMenu();
	forgetNames();
	document.querySelector(".network")?.setAttribute("aria-label", t(large ? CROWD : NETWORK));
	forgetPanel();
	forgetTable();
	forgetPairs();
}
