// goro/testing: programs in virtual time.

export { bubble, type BubbleOptions, now, settled } from "./bubble.ts";
