// @ts-check
/* Sets and maps over numbers that behave like those of ids. */
import { M, edgeAt, edges } from "./columns.js";

/** A set of ids as a mask over their numbers; behaves like the sets of `app.js`. */
export class Ids {
	/** @param {Uint8Array} mask @param {string[]} list @param {Map<string, number>} at */
	constructor(mask, list, at) {
		this.mask = mask;
		this.list = list;
		this.at = at;
		this.known = -1;
	}
	get size() {
		if (this.known < 0) {
			this.known = 0;
			for (const one of this.mask) if (one) this.known++;
		}
		return this.known;
	}
	/** @param {string} id */
	has(id) {
		const at = this.at.get(id);
		return at !== undefined && this.mask[at] > 0;
	}
	*[Symbol.iterator]() {
		for (let i = 0; i < this.mask.length; i++) if (this.mask[i]) yield this.list[i];
	}
	keys() {
		return this[Symbol.iterator]();
	}
	values() {
		return this[Symbol.iterator]();
	}
	/** @param {(id: string) => void} act */
	forEach(act) {
		for (const id of this) act(id);
	}
}

/** The drawn edges with what explains them, worked out when asked; behaves like a map. */
export class Drawn {
	/** @param {Uint16Array} live @param {(i: number) => string[]} reasons */
	constructor(live, reasons) {
		this.live = live;
		this.reasons = reasons;
		this.known = -1;
	}
	get size() {
		if (this.known < 0) {
			this.known = 0;
			for (const one of this.live) if (one) this.known++;
		}
		return this.known;
	}
	/** @param {any} edge */
	has(edge) {
		return this.live[edgeAt.get(edge) ?? M] > 0;
	}
	/** @param {any} edge */
	get(edge) {
		const i = edgeAt.get(edge);
		return i === undefined || !this.live[i] ? undefined : this.reasons(i);
	}
	*keys() {
		for (let i = 0; i < M; i++) if (this.live[i]) yield edges[i];
	}
	*values() {
		for (let i = 0; i < M; i++) if (this.live[i]) yield this.reasons(i);
	}
	*[Symbol.iterator]() {
		for (let i = 0; i < M; i++) if (this.live[i]) yield [edges[i], this.reasons(i)];
	}
	entries() {
		return this[Symbol.iterator]();
	}
	/** @param {(reasons: string[], edge: any) => void} act */
	forEach(act) {
		for (const [edge, reasons] of this) act(reasons, edge);
	}
}
