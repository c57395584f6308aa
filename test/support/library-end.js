// Deletes the library that jest has built.

export { tearDown as default } from "./library.js";
