// The corpus of the kinds that came first; further areas stand beside it.
export { invalid } from "./invalid.ts";
export { updates } from "./updates.ts";
export { valid } from "./valid.ts";
