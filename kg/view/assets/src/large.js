// @ts-check
/* The page for thousands of actors: the same, and a crowd that answers and draws for it. */
import { facets, quads, timeline, undone } from "./crowd/counts.js";
import { renderer } from "./crowd/canvas.js";
import { derive, pack } from "./crowd/shown.js";
import { strands } from "./crowd/strands.js";
import { start } from "./page.js";
import { bringCrowd } from "./shown.js";

bringCrowd({ derive, pack, facets, quads, undone, strands, timeline, renderer });
start();
