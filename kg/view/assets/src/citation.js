// @ts-check
/* An event quoted: source, paragraph, span, hash, and our name for it. */
import { cited, name, raw, sources } from "./data.js";
import { dateWords } from "./dates.js";
import { codedWords } from "./evidence.js";
import { WORDS, t } from "./words.js";

/** Where an event stands: source, paragraph, span, hash, access as the dossier tells it, and our name for it. @param {Happening} e */
export function citation(e) {
	const rows = (e.evidence || []).filter((i) => cited[i]).map((i) => cited[i]);
	const places = [...new Set(rows.map((row) => row[0]))].map((source) => {
		const about = raw.documents[source] || {};
		const title = about.title || sources.get(source) || source;
		const head = [about.publisher, `“${title}”`, about.published && dateWords(about.published), about.address];
		const spans = rows
			.filter((row) => row[0] === source)
			.map(([, paragraph, start, end, sha, , speaker, where]) =>
				!paragraph
					? "  " + (where || "")
					: [
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
		e.feed && codedWords(e.feed),
	];
	return [what.filter(Boolean).join(", ") + ".", ...places.flat(), iri(e.id)].filter(Boolean).join("\n");
}

/** @param {string} id */
export const iri = (id) => raw.prefixes.id + encodeURIComponent(id);
