// @ts-check
/* The page for some hundreds of lines. */
import { start } from "./page.js";

start();
