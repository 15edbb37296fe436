// The editor at /query: CodeMirror in a shadow root (so that its styles need no exception in the policy), completion
// from the ontology, saved questions as forms, and results as table, network, timeline and chart.
// Everything that comes from data is set as text, never as markup.
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers, highlightActiveLine, drawSelection, placeholder } from "@codemirror/view";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { StreamLanguage, bracketMatching, syntaxHighlighting, HighlightStyle } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { tags } from "@lezer/highlight";

const byId = (id) => document.getElementById(id);
const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
};
const svg = (name, attributes = {}, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

// ---------------------------------------------------------------- the editor

// CodeMirror writes one style attribute, which the policy forbids; the same through the object model is allowed.
const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

const KEYWORDS = ("SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH VALUES BIND AS GROUP BY HAVING ORDER ASC DESC " +
  "LIMIT OFFSET ASK CONSTRUCT DESCRIBE FROM NAMED PREFIX NOT EXISTS IN COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT STR LANG " +
  "DATATYPE BOUND IF COALESCE STRSTARTS CONTAINS REGEX REPLACE LCASE UCASE CONCAT YEAR MONTH").split(" ");
let vocabulary = { prefixes: {}, terms: [] };

async function complete(context) {
  const name = context.matchBefore(/[A-Za-z]*:[\w-]*/);
  if (name) {
    const [prefix, local] = name.text.split(":");
    const terms = vocabulary.terms.filter((term) => term.name.startsWith(`${prefix}:`))
      .map((term) => ({ label: term.name, detail: term.label, info: term.definition || null, type: term.kind === "Classes" ? "class" : "property" }));
    if (prefix === "id" && local.length > 1) {
      const answer = await fetch(`/search.json?q=${encodeURIComponent(local.replaceAll("-", " "))}`);
      for (const hit of answer.ok ? await answer.json() : []) terms.push({ label: `id:${hit.id}`, detail: hit.what, type: "constant" });
    }
    return { from: name.from, options: terms, validFor: prefix === "id" ? undefined : /^[A-Za-z]*:[\w-]*$/ };
  }
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) {
    const names = new Set(context.state.doc.toString().match(/[?$]\w+/g) || []);
    names.delete(variable.text);
    return { from: variable.from, options: [...names].map((label) => ({ label, type: "variable" })) };
  }
  const word = context.matchBefore(/\w+/);
  if (!word && !context.explicit) return null;
  const options = KEYWORDS.map((label) => ({ label, type: "keyword" }));
  for (const prefix of Object.keys(vocabulary.prefixes)) options.push({ label: `${prefix}:`, type: "namespace" });
  return { from: word ? word.from : context.pos, options, validFor: /^\w*$/ };
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.atom], color: "var(--code-atom)" },
  { tag: tags.variableName, color: "var(--ink)" },
]);
const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "13.5px", maxHeight: "56vh" },
  "&.cm-focused": { outline: "2.5px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace", lineHeight: "1.6", minHeight: "190px", maxHeight: "min(40vh, 340px)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--soft)", border: "none" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent) !important" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--strong-line)", borderRadius: "6px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--surface)" },
  ".cm-completionDetail": { color: "inherit", opacity: "0.8", fontStyle: "normal" },
  ".cm-completionInfo": { maxWidth: "340px" },
});

const area = byId("text");
const host = byId("editor");
const root = host.attachShadow({ mode: "open" });
const view = new EditorView({
  root,
  parent: root,
  state: EditorState.create({
    doc: area.value,
    extensions: [
      lineNumbers(), history(), drawSelection(), bracketMatching(), closeBrackets(), highlightActiveLine(), lintGutter(),
      autocompletion({ override: [complete], icons: false }), StreamLanguage.define(sparql), syntaxHighlighting(colours), look,
      EditorView.lineWrapping, EditorView.contentAttributes.of({ "aria-label": "SPARQL query", spellcheck: "false" }),
      placeholder("SELECT …"),
      keymap.of([{ key: "Mod-Enter", run: () => { run(); return true; } }, ...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
    ],
  }),
});
area.closest("label").hidden = true;
host.hidden = false;
const text = () => view.state.doc.toString();
const write = (query) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: query } });

// ---------------------------------------------------------------- asking

let answer = null;
let labels = {};
const status = byId("status");
const say = (words, problem = false) => { status.textContent = words; status.classList.toggle("problem", problem); };

async function run() {
  const query = text();
  const begun = performance.now();
  say("Asking …");
  view.dispatch(setDiagnostics(view.state, []));
  history_(query);
  let response;
  try {
    response = await fetch("/sparql", {
      method: "POST",
      headers: { "Content-Type": "application/sparql-query", Accept: "application/sparql-results+json, application/n-triples;q=0.9" },
      body: query,
    });
  } catch { return say("The server does not answer.", true); }
  const body = await response.text();
  if (!response.ok) return fail(body);
  const seconds = ((performance.now() - begun) / 1000).toFixed(2);
  const kind = response.headers.get("Content-Type");
  answer = kind.startsWith("application/n-triples") ? triples(body) : JSON.parse(body);
  if ("boolean" in answer) { say(`${answer.boolean ? "Yes" : "No"} (${seconds} s)`); answer = { head: { vars: ["answer"] }, results: { bindings: [{ answer: { type: "literal", value: String(answer.boolean) } }] } }; }
  else say(`${answer.results.bindings.length.toLocaleString("en")} rows in ${seconds} s${answer.cut ? `. ${answer.cut.message}` : ""}`);
  await name();
  downloads(query);
  show();
}

function fail(body) {
  let words = body;
  try { const told = JSON.parse(body); words = `${told.message} ${told.hint}`.trim(); } catch { /* an error told as text */ }
  answer = null;
  byId("result").replaceChildren();
  byId("downloads").hidden = true;
  say(words, true);
  const place = /line (\d+), column (\d+)/.exec(words);
  if (!place || +place[1] > view.state.doc.lines) return;
  const line = view.state.doc.line(+place[1]);
  const from = Math.min(line.from + +place[2] - 1, line.to);
  view.dispatch(setDiagnostics(view.state, [{ from, to: Math.min(from + 1, line.to), severity: "error", message: words.split("\n")[0] }]));
}

function triples(body) {
  const term = (found) => found[1] !== undefined ? { type: "uri", value: found[1] } : found[2] !== undefined ? { type: "bnode", value: found[2] }
    : { type: "literal", value: JSON.parse(`"${found[3].replace(/\\'/g, "'").replace(/\\U000([0-9A-Fa-f]{5})/g, (_, c) => String.fromCodePoint(parseInt(c, 16)))}"`), ...(found[4] ? { "xml:lang": found[4] } : {}), ...(found[5] ? { datatype: found[5] } : {}) };
  const bindings = body.split("\n").filter((line) => line && !line.startsWith("#")).map((line) => {
    const parts = [...line.matchAll(/<([^>]*)>(?!\))|_:(\S+)|"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<([^>]*)>)?/g)].map(term);
    return { subject: parts[0], predicate: parts[1], object: parts[2] };
  });
  return { head: { vars: ["subject", "predicate", "object"] }, results: { bindings } };
}

async function name() {
  const iris = new Set();
  for (const row of answer.results.bindings.slice(0, 2000)) for (const cell of Object.values(row)) if (cell && cell.type === "uri") iris.add(cell.value);
  const missing = [...iris].filter((iri) => !(iri in labels)).slice(0, 5000);
  if (!missing.length) return;
  const response = await fetch("/labels", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(missing) }).catch(() => null);
  if (response && response.ok) labels = { ...labels, ...await response.json() };
}

function history_(query) {
  const at = new URLSearchParams({ query });
  if (view_ !== "table") at.set("view", view_);
  window.history.replaceState(null, "", `/query?${at}`);
}

function downloads(query) {
  const graph = /^\s*(?:(?:#.*|PREFIX\s+\S+\s+<[^>]*>)\s*)*(CONSTRUCT|DESCRIBE)/i.test(query);
  const forms = graph ? { turtle: "Turtle", ntriples: "N-Triples", jsonld: "JSON-LD", trig: "TriG", rdfxml: "RDF/XML" } : { csv: "CSV", tsv: "TSV", json: "JSON", xml: "XML" };
  byId("downloads").hidden = false;
  byId("downloads").replaceChildren("Download: ", ...Object.entries(forms).flatMap(([form, words]) =>
    [make("a", { href: `/sparql?${new URLSearchParams({ format: form, query })}`, download: `answer.${form === "turtle" ? "ttl" : form === "ntriples" ? "nt" : form === "rdfxml" ? "rdf" : form}` }, words), " "]));
}

// ---------------------------------------------------------------- showing

let view_ = ["network", "timeline", "chart"].find((each) => each === new URLSearchParams(location.search).get("view")) || "table";
const SHOWN = 500;

function address(iri) {
  const ours = /^https:\/\/w3id\.org\/diplokg\/(id\/[a-z0-9-]+|(?:ns|rel|plover)#\w*)$/.exec(iri);
  return ours ? `/${ours[1]}` : /^https?:\/\/[\w.-]+/.test(iri) ? iri : "";
}
function short(iri) {
  const found = Object.entries(vocabulary.prefixes).filter(([, start]) => iri.startsWith(start)).sort((a, b) => b[1].length - a[1].length)[0];
  return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
}
const words = (cell) => !cell ? "" : cell.type === "uri" ? labels[cell.value] || short(cell.value) : cell.value;
function shown(cell) {
  if (!cell) return "";
  if (cell.type !== "uri") return make("bdi", cell["xml:lang"] ? { lang: cell["xml:lang"] } : {}, words(cell));
  const to = address(cell.value);
  return to ? make("a", { href: to, title: cell.value, rel: "noreferrer" }, words(cell)) : words(cell);
}
const rows = () => answer.results.bindings;
const names = () => answer.head.vars;
const isNumber = (cell) => cell && /#(integer|decimal|double|float|int|long)$/.test(cell.datatype || "");
const isDay = (cell) => cell && cell.type === "literal" && /^\d{4}(-\d\d)?(-\d\d)?/.test(cell.value) && !isNumber(cell);

let order = null;
function table() {
  let list = rows();
  if (order) list = [...list].sort((a, b) => (isNumber(a[order.name]) && isNumber(b[order.name]) ? a[order.name].value - b[order.name].value : words(a[order.name]).localeCompare(words(b[order.name]))) * (order.down ? -1 : 1));
  const head = names().map((name) => make("th", { scope: "col", "aria-sort": order && order.name === name ? (order.down ? "descending" : "ascending") : "none" },
    make("button", { type: "button", class: "sort", onclick: () => { order = { name, down: !!order && order.name === name && !order.down }; show(); } }, name.replaceAll("_", " "))));
  const body = make("tbody", {}, ...list.slice(0, SHOWN).map((row) => make("tr", {}, ...names().map((name) => make("td", isNumber(row[name]) ? { class: "number" } : {}, shown(row[name]))))));
  const more = list.length > SHOWN ? make("p", { class: "soft" }, `The first ${SHOWN} of ${list.length} rows; download them for the rest.`) : null;
  return [make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Result" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), body)), ...(more ? [more] : [])];
}

function network() {
  const about = rows().some((row) => Object.values(row).some((cell) => cell.type === "uri" && cell.value.includes("/diplokg/id/")));
  if (!about) return [note("No column of the answer holds actors, events, claims or edges.")];
  const graph = names().join() === "subject,predicate,object" && /\b(CONSTRUCT|DESCRIBE)\b/i.test(text());
  if (graph) return [note("The network is drawn for SELECT queries.")];
  return [make("iframe", { src: `/view?${new URLSearchParams({ query: text() })}`, title: "Network of what the answer names", sandbox: "allow-scripts allow-downloads" })];
}

function timeline() {
  const day = names().find((name) => rows().some((row) => isDay(row[name])));
  if (!day) return [note("No column of the answer holds dates.")];
  const dated = rows().filter((row) => isDay(row[day])).sort((a, b) => a[day].value.localeCompare(b[day].value));
  const others = names().filter((name) => name !== day && !rows().every((row) => !row[name] || isDay(row[name])));
  const items = dated.slice(0, SHOWN).map((row) => make("li", {}, make("p", { class: "date" }, row[day].value),
    make("p", {}, ...others.filter((name) => row[name]).flatMap((name, i) => [i ? " · " : "", shown(row[name])]))));
  return [make("p", { class: "soft" }, `By ${day.replaceAll("_", " ")}; ${rows().length - dated.length} undated rows are not shown.`), make("ol", { class: "events" }, ...items)];
}

function chart() {
  const value = names().find((name) => rows().length && rows().every((row) => !row[name] || isNumber(row[name])) && rows().some((row) => row[name]));
  const label = names().find((name) => name !== value);
  if (!value || !label) return [note("A chart needs a column of numbers and one of names; try COUNT and GROUP BY.")];
  const bars = rows().slice(0, 60).map((row) => [words(row[label]), row[value] ? +row[value].value : 0]);
  const low = Math.min(0, ...bars.map((bar) => bar[1])), high = Math.max(0, ...bars.map((bar) => bar[1])), span = high - low || 1;
  const wide = 640, left = 230, x = (number) => left + (number - low) / span * (wide - left - 60);
  const drawn = bars.flatMap(([name, number], i) => {
    const from = Math.min(x(0), x(number)), y = i * 26;
    return [svg("text", { x: left - 10, y: y + 17, "text-anchor": "end" }, name.length > 32 ? `${name.slice(0, 31)}…` : name),
      svg("rect", { x: from, y: y + 4, width: Math.max(1, Math.abs(x(number) - x(0))), height: 18, class: number < 0 ? "q4" : "q1" }),
      svg("text", { x: Math.max(x(number), x(0)) + 6, y: y + 17 }, number.toLocaleString("en"))];
  });
  const picture = svg("svg", { viewBox: `0 0 ${wide} ${bars.length * 26}`, role: "img", "aria-label": `${value} by ${label}`, class: "bars" }, ...drawn);
  return [make("p", { class: "soft" }, `${value.replaceAll("_", " ")} by ${label.replaceAll("_", " ")}${rows().length > 60 ? ", the first 60 rows" : ""}.`), picture];
}

const note = (told) => make("p", { class: "note" }, told);
const VIEWS = { table, network, timeline, chart };
function show() {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const on = tab.dataset.view === view_;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
  }
  byId("result").setAttribute("aria-labelledby", `tab-${view_}`);
  if (answer) byId("result").replaceChildren(...VIEWS[view_]());
}
for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("click", () => { view_ = tab.dataset.view; show(); if (answer) history_(text()); });
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...document.querySelectorAll("[role=tab]")];
    const next = all[(all.indexOf(tab) + step + all.length) % all.length];
    next.focus();
    next.click();
  });
}

// ---------------------------------------------------------------- saved questions

const saved = JSON.parse(byId("saved").textContent);
const picker = byId("question");
const form = byId("parameters");
function pick(given) {
  const question = saved.find((each) => each.name === picker.value);
  form.hidden = !question;
  if (!question) return;
  const value = (parameter) => (given instanceof URLSearchParams && given.get(parameter.name)) || parameter.default;
  form.replaceChildren(make("p", { class: "soft" }, question.description), ...question.parameters.map((parameter) =>
    make("label", {}, parameter.doc, make("input", { name: parameter.name, value: value(parameter), type: parameter.type === "day" ? "date" : "text" }))),
    make("button", { class: "primary" }, "Ask this"));
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const response = await fetch(`/questions/${picker.value}.rq?${new URLSearchParams(new FormData(form))}`).catch(() => null);
  if (!response) return say("The server does not answer.", true);
  const told = await response.text();
  if (!response.ok) return say(told, true);
  write(told);
  run();
});
picker.addEventListener("change", pick);
byId("run").addEventListener("click", (event) => { event.preventDefault(); run(); });
byId("share").addEventListener("click", async () => {
  history_(text());
  try { await navigator.clipboard.writeText(location.href); say("The link is in the clipboard."); } catch { say(location.href); }
});
byId("share").hidden = false;
show();
fetch("/vocabulary.json").then((response) => response.json()).then((found) => { vocabulary = found; if (answer) show(); });
const asked = new URLSearchParams(location.search);
if (asked.get("question") && !status.textContent) {
  picker.value = asked.get("question");
  pick(asked);
  run();
} else if (asked.get("query")) run();
