// The cases, in a runner that compiles TypeScript.

import { cases } from "./cases.js";

declare const test: (name: string, f: () => unknown) => void;

for (const [name, f] of Object.entries(cases as Record<string, () => unknown>)) test(name, f);
