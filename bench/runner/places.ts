// Paths, relative to the compiled files.

import { join } from "node:path";

/** The folder of package.json. */
export const root: string = join(import.meta.dirname, "..", "..");

/** The program of each Node process. */
export const child: string = join(root, "build", "child.js");

/** The folder of the Go twin. */
export const goTwin: string = join(root, "go");
