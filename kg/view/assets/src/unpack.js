// @ts-check
/* Large data come packed. */

/** The text behind gzip and base64. @param {string} text */
export const diploUnzipped = (text) => {
	const letters = atob(text),
		bytes = new Uint8Array(letters.length);
	for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
	return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
};
