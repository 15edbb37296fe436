// @ts-check
/* How parts of an address are written. */

/** @param {string} text */
export const coded = (text) => encodeURIComponent(text).replace(/%3A/g, ":").replace(/%2F/g, "/");

/** @param {Iterable<string>} parts */
export const codedList = (parts) => [...parts].map(coded).join(",");

/** @param {string} text */
export const decoded = (text) => {
	try {
		return decodeURIComponent(text);
	} catch {
		return "";
	}
};

/** @param {string} text */
export const decodedList = (text) => (text ? text.split(",").map(decoded) : []);

/** @param {string} hash @returns {Map<string, string>} */
export const partsOf = (hash) =>
	new Map(
		hash
			.replace(/^#/, "")
			.split("&")
			.filter(Boolean)
			.map((part) => /** @type {[string, string]} */ ([...part.split(/=(.*)/s), ""].slice(0, 2))),
	);
