// @ts-check
/* Hand a file to the reader. */
import { raw } from "./data.js";
import { h } from "./elements.js";
import { plain } from "./words.js";

/** @param {Blob} blob @param {string} ending */
export function save(blob, ending) {
	const url = URL.createObjectURL(blob);
	const slug =
		plain(raw.title)
			.replace(/[^a-z0-9]+/g, "-")
			.replace(/^-|-$/g, "")
			.slice(0, 60) || "network";
	h("a", { href: url, download: `${slug}.${ending}` }).click();
	setTimeout(() => URL.revokeObjectURL(url), 10000);
}
