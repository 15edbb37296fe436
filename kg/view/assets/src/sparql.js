// @ts-check
/* A query that finds the rows of the table, whatever the filters are. */
import { around } from "./around.js";
import { iri } from "./citation.js";
import { feeds, looks, raw } from "./data.js";
import { FACTS } from "./legend.js";
import { derive } from "./shown.js";
import { state } from "./state.js";

/** A query that finds the rows of the table, whatever the filters are. */
export function sparql() {
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
	if (feeds.size) {
		const hiding = [...now.feeds].sort().map((feed) => JSON.stringify(feed));
		const fed =
			"{ ?what dip:attestedBy/prov:wasGeneratedBy ?import ; dip:actor ?one ; a ?act . ?act dip:directPredicate ?relation . { ?what dip:target ?two } UNION { ?act dip:symmetric true . ?what dip:actor ?two } FILTER(?one != ?two) FILTER NOT EXISTS { ?what dip:factuality ?not . FILTER(?not != dip:Actual) } }" +
			"\n    UNION { ?what a dip:Summary ; prov:wasGeneratedBy ?import ; dip:dyadActor ?one ; dip:dyadTarget ?two ; dip:quadClass ?quad . ?act dip:directPredicate ?relation ; dip:quadClass ?quad }";
		const tie =
			"?edge a dip:DerivedEdge ; rdf:subject ?one ; rdf:predicate ?relation ; rdf:object ?two ; prov:wasDerivedFrom ?import .";
		const told =
			"?import a dip:FeedImport ; dip:feed ?feed ." +
			(hiding.length ? ` FILTER(?feed NOT IN (${hiding.join(", ")}))` : "") +
			"\n    ?what dip:attestedBy/prov:wasGeneratedBy|prov:wasGeneratedBy ?import ; dip:quadClass|dip:factuality ?known .\n    FILTER NOT EXISTS { ?what a dip:Event } FILTER NOT EXISTS { ?what dip:attestedBy/prov:wasGeneratedBy ?before . FILTER(STR(?before) < STR(?import)) }";
		const quarrel = now.contested
			? `\n    ?edge dip:status ?standing . FILTER(?standing IN (dip:Contested, dip:Denied))`
			: "";
		const plain =
			`?what dip:actor|dip:dyadActor ?anybody .\n    FILTER NOT EXISTS { ${fed}\n    ${tie} }` +
			(off("Summary") ? "\n    FILTER NOT EXISTS { ?what a dip:Summary }" : "") +
			(off("Other") ? "\n    FILTER EXISTS { ?what a dip:Summary }" : "") +
			(now.contested ? `\n    FILTER(${disputedNow("?what")})` : "") +
			some("dip:actor|dip:target|dip:about|dip:onBehalfOf|sem:hasPlace|dip:dyadActor|dip:dyadTarget");
		parts.push(
			`{ # events and summaries of feeds that draw a line\n    ${told}\n    ${fed}\n    ${tie}${without}${end("?one")}${end("?two")}${quarrel}${dates}${spoken}\n  }`,
			`{ # those that draw none\n    ${told}\n    ${plain}${dates}${spoken}\n  }`,
		);
	}
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
