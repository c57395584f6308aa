// The hooks as globals, as jest has them: the suite's setup looks for them there.

import { afterEach, beforeEach } from "./harness.ts";

Object.assign(globalThis, { afterEach, beforeEach });
