/* Bundle the page's modules into one script for small pages and one for large ones: node build.mjs [folder]. */
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const here = new URL(".", import.meta.url);
await build({
	absWorkingDir: fileURLToPath(here),
	entryPoints: ["small.js", "large.js"],
	outdir: process.argv[2] || "..",
	bundle: true,
	minify: true,
	charset: "utf8",
	format: "esm", // data may have to be unpacked first, which only a module or an async function can wait for
	banner: { js: '(async()=>{"use strict";' },
	footer: { js: "})();" },
	target: "es2022",
	lineLimit: 400,
	legalComments: "none",
	logLevel: "warning",
});
