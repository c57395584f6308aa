// Marks of the library's code in a bundle, where it has the same file as the program. The build puts a call of `mark` before and after the
// code of each file (see scripts/marks.ts), so that no list of functions has to be kept. Only this module has none: all files import it.

/**
 * Returns the stack of an error that is created at the place of the mark. It is not `() => new Error()`: a minifier makes a call of that, and as
 * a tail call it has no frame in WebKit.
 */
export type Mark = () => string | undefined;

/** The marks of all loaded modules: for each, that of its beginning and that of its end. */
export const marks: Mark[] = [];

/** Adds a mark. It costs a function when the module is loaded; the place is read when a stack is captured. */
export function mark(here: Mark): void {
  marks.push(here);
}
