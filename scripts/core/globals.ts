// The hooks as globals, as in jest: the setup file of the suite uses them.

import { afterEach, beforeEach } from "./harness.ts";

Object.assign(globalThis, { afterEach, beforeEach });
