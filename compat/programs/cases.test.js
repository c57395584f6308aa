// The cases, in a runner whose functions are global.

import { cases } from "./cases.js";

for (const [name, f] of Object.entries(cases)) (globalThis.test ?? globalThis.it)(name, f);
