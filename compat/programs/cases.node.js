// The cases, in the test runner of Node.

import { test } from "node:test";
import { cases } from "./cases.js";

for (const [name, f] of Object.entries(cases)) test(name, f);
