// @ts-check
/* What things are called: types for the checker and for readers; nothing here runs. */

/** @typedef {{id: string, label: string, type: string, labels?: [string, string][], tags?: [string, string][],
 *   aliases?: string[], description?: string, part_of?: string[], wikidata?: string, mentions?: number[],
 *   x: number, y: number}} Actor */
/** @typedef {{id: string, from: string, to: string, predicate: string, label: string, status?: string,
 *   quad_class?: number, symmetric?: boolean, count?: number, because?: string[]}} Edge */
/** @typedef {{id: string, label: string, event_class?: string, class_label: string, factuality: string,
 *   actors?: string[], targets?: string[], about?: string[], on_behalf_of?: string[], place?: string[], edtf?: string,
 *   earliest?: string, latest?: string, basis?: string, summary?: boolean, cameo?: string,
 *   plover?: string, quad_class?: number, goldstein?: number, note?: string, asserts?: string[], denies?: string[],
 *   proposes?: string[], proposed_by?: string[], responds_to?: string[], answered_by?: string[], part_of?: string[],
 *   evidence?: number[], voiced_by?: string[], denied_by?: string[], feed?: string, stands_for?: number, lo: number, hi: number}} Happening */
/** @typedef {{event: string, actors: string[], edtf: string}} Voice */
/** @typedef {{id: string, label: string, status: string, about?: string[], asserted_by?: Voice[], denied_by?: Voice[],
 *   contradicted_by?: string[], proposes?: string[], evidence?: number[]}} Claim */
/** @typedef {{id: string, kind: string, label: string, type_label: string, left?: string[], right?: string[],
 *   earliest_begin?: string, latest_begin?: string, earliest_end?: string, latest_end?: string, last_known?: string,
 *   certainty?: string, started_by?: string, ended_by?: string, evidence?: number[]}} Held */
/** @typedef {[source: string, paragraph: number, start: number, end: number, hash: string, reporter: string,
 *   speaker: string, where?: string]} Cited */
/** @typedef {{key: string, label: string, figure: string, color: string, class?: string}} Look */
/** @typedef {{year: string, month: number, day: number, season: number, mark: string}} Part */
/** @typedef {Node | string | number | null | undefined | false} Child */
/**
 * @typedef {object} State
 * @property {string} sel        what is chosen: n:actor, e:edge, b:bundle, p:pair, v:event, c:claim, s:measure/office/tie, or ""
 * @property {Set<string>} types       hidden types of actors
 * @property {Set<string>} relations   hidden predicates
 * @property {Set<string>} facts       hidden kinds of events that draw no relation
 * @property {Set<string>} feeds       hidden feeds
 * @property {boolean} held      offices and ties drawn
 * @property {boolean} loose     actors without a relation drawn
 * @property {boolean} contested only what is contested
 * @property {boolean} undated   events without two bounds included
 * @property {boolean} certain   only what lies certainly in the range, or holds certainly on the day
 * @property {string} asof       the day for which measures and offices are shown, or ""
 * @property {string} voice      whose assertions and denials alone are shown, or ""
 * @property {boolean} pairs     the chart of pairs is open
 * @property {number} story      step of the guided tour, from 1; 0: no tour
 * @property {string} lang       en, es or "" (as the reader's browser)
 * @property {string} from       first day of the range, or ""
 * @property {string} to         last day of the range, or ""
 * @property {string} ego        actor in the middle, or ""
 * @property {number} depth
 * @property {string[]} path     two actors, or none
 * @property {number} pick       which of several shortest paths
 * @property {string} view       network or table
 * @property {string} sort       column of the table, `-` before it for descending
 * @property {string} theme      light, dark or "" (as the system)
 * @property {boolean} keys      single-key shortcuts on
 * @property {number[]} camera   x, y, scale; empty: fit
 * @property {Map<string, [number, number]>} pins
 */
/**
 * @typedef {object} Shown
 * @property {Set<string>} nodes
 * @property {Set<string>} ghosts     actors that only the time range leaves without a relation
 * @property {Map<Edge, string[]>} edges   drawn edges with the events (or states) that explain them
 * @property {Set<string>} events
 * @property {Set<string>} states
 * @property {Set<string>} possible   events whose date may lie outside the range
 */
/**
 * One drawn line: an edge, or a bundle of parallel edges of one direction and family.
 * @typedef {object} Strand
 * @property {string} key      the selection it stands for
 * @property {string} from
 * @property {string} to
 * @property {Edge[]} edges
 * @property {string[]} live   events or states behind it
 * @property {string} family
 * @property {number} contested   how many of its edges are; only if all are is it dashed
 * @property {boolean} coded   all its events come from feeds
 * @property {boolean} both    arrow heads at both ends
 * @property {string} label
 * @property {number} place    position in the fan of its pair
 * @property {number} of       strands in that fan
 */
/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */
/**
 * What the page asks of a renderer; a Canvas one for thousands of nodes can take its place.
 * @typedef {object} Renderer
 * @property {(nodes: Actor[]) => void} setData
 * @property {(what: {nodes: Set<string>, ghosts: Set<string>, strands: Strand[]}) => void} setVisible
 * @property {(near: {chosen: Set<string>, near: Set<string> | null}) => void} select   keys of strands, ids of actors
 * @property {(id: string) => void} focus       keyboard focus on an actor
 * @property {(ids: Iterable<string>, calm?: boolean) => void} fit
 * @property {(pins: Map<string, [number, number]>) => void} setPins
 * @property {(boxes: Box[]) => void} reserve   where no label may stand
 * @property {(camera: number[]) => void} setCamera
 * @property {(factor: number) => void} zoom
 * @property {() => {svg: string, width: number, height: number}} export
 * @property {(name: string, act: (...args: any[]) => void) => void} on   choose, hover, camera, pin
 */
/** @typedef {{actor: Actor, x: number, y: number, r: number, sx: number, sy: number, g: Element, shape: Element, ring: Element, hit: Element, text: Element, drawn: number}} Spot */
/** @typedef {{strand: Strand, g: Element, hit: Element, line: Element, head: Element, tail: Element | null, mark: Element | null, text: Element, curve: number[], width: number}} Line */
/** @typedef {{sel: string, words: string, more: string, keys: string[], names?: string[]}} Entry */
/** @typedef {{ids: string[], steps: Edge[][]}} Path */
/** @typedef {{lo: number, hi: number}} Bin  first and last day */
/** @typedef {{sel: string, date: string, sort: number, who: string[], what: string, whom: string[], title: string, standing: string, undone: boolean, reported: string, quad: number}} Row */
/** @typedef {{key: string, ends: [string, string], list: Happening[]}} Lane */
/**
 * What answers for thousands of actors (`crowd/`); null where a filter is not known there.
 * @typedef {object} Crowd
 * @property {(now: State, skip?: string) => any} derive
 * @property {(out: Shown) => any} pack
 * @property {(now: State) => any} facets
 * @property {(what: any) => number[]} quads
 * @property {(what: any) => number} undone
 * @property {(what: any, sel: string) => any} strands
 * @property {(now: State, bins: Bin[]) => {sums: number[][], whole: number[][]} | null} timeline
 * @property {(host: HTMLElement, controls: () => DOMRect) => any} renderer
 */
