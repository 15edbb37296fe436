// @ts-check
/* The rows of the table, sorted. */
import { putForward } from "./claims.js";
import { cited, dayOf, events, file, held, name, sortDay, touchesDispute } from "./data.js";
import { dateWords, inForce, shortDay } from "./dates.js";
import { codedWords, heldWords, summaryWords } from "./evidence.js";
import { asOf, shown } from "./shown.js";
import { state } from "./state.js";
import { WORDS, capital, listed, plain, t } from "./words.js";

/** @returns {Row[]} */
function tableRows() {
	const reported = (/** @type {number[] | undefined} */ list) => {
		/** @type {Map<string, number[]>} */ const by = new Map();
		for (const i of list || []) if (cited[i]) file(by, name(cited[i][5]), cited[i][1]);
		return [...by].map(([who, places]) => `${who} ¶ ${[...places].sort((a, b) => a - b).join(", ")}`).join("; ");
	};
	const happened = [...shown.events]
		.map((id) => /** @type {Happening} */ (events.get(id)))
		.map((e) => ({
			sel: "v:" + e.id,
			date: dateWords(e.edtf),
			sort: sortDay(e),
			who: e.actors || [],
			what: capital(e.class_label),
			whom: e.targets || [],
			title: e.label,
			standing: [
				...(e.factuality !== "Actual"
					? [t(WORDS.factuality[e.factuality] || e.factuality), putForward(e)]
					: [e.summary ? summaryWords(e) : t("Reported"), touchesDispute(e) ? t("claim contested") : ""]),
				e.feed ? codedWords(e.feed) : "",
				shown.possible.has(e.id) ? t("date may lie outside the range") : "",
			]
				.filter(Boolean)
				.join("; "),
			undone: e.factuality !== "Actual",
			reported: reported(e.evidence),
			quad: e.quad_class || 0,
		}));
	const lasting = [...shown.states]
		.flatMap((id) => held.get(id) || [])
		.map((x) => ({
			sel: "s:" + x.id,
			date: x.kind === "tie" ? dateWords("") : capital(heldWords(x)),
			sort: dayOf(x.earliest_begin, dayOf(x.last_known, 1e9)),
			who: x.left || [],
			what: capital(x.type_label || "") || WORDS.kind[x.kind],
			whom: x.right || [],
			title: x.label,
			standing: x.kind === "tie" ? t("Reported") : t(inForce(x, asOf()) + " on {0}", shortDay(asOf())),
			undone: false,
			reported: reported(x.evidence),
			quad: 0,
		}));
	return [...happened, ...lasting];
}

export const COLUMNS = /** @type {[string, string, (row: Row) => string | number][]} */ ([
	["date", "Date", (row) => row.sort],
	["who", "Who", (row) => plain(listed(row.who.map(name)))],
	["what", "What", (row) => plain(row.what)],
	["whom", "Whom", (row) => plain(listed(row.whom.map(name)))],
	["event", "Event", (row) => plain(row.title)],
	["standing", "Standing", (row) => plain(row.standing)],
	["reported", "Reported by", (row) => plain(row.reported)],
]);

export function sortedRows() {
	const down = state.sort.startsWith("-"),
		key = state.sort.replace("-", "");
	const by = (COLUMNS.find(([column]) => column === key) || COLUMNS[0])[2];
	const rows = tableRows().map((row) => ({ row, key: by(row) }));
	rows.sort((a, b) =>
		a.key < b.key ? -1 : a.key > b.key ? 1 : a.row.sort - b.row.sort || (a.row.sel < b.row.sel ? -1 : 1),
	);
	return (down ? rows.reverse() : rows).map(({ row }) => row);
}
