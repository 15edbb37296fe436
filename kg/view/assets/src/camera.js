// @ts-check
/* The renderer in use, and whether the reader has moved its camera. */
import { change } from "./address.js";
import { shown } from "./shown.js";

/** Draws the network: `svg.js`, or `crowd/canvas.js` for thousands. @type {Renderer} */
export let renderer;
/** @param {Renderer} made */
export const drawWith = (made) => (renderer = made);

/** Whether the reader has moved the camera; until then it shows everything. */
export let cameraMoved = false;
/** @param {boolean} moved */
export const keepCamera = (moved) => (cameraMoved = moved);

export const fitShown = () => {
	cameraMoved = false;
	change({ camera: [] });
	renderer.fit(shown.nodes);
};
