// Where things are, seen from what the compiler has written.

import { join } from "node:path";

/** The folder of package.json. */
export const root: string = join(import.meta.dirname, "..", "..");

/** What each process of Node runs. */
export const child: string = join(root, "build", "child.js");

/** The sources of the Go twin. */
export const goTwin: string = join(root, "go");
