// After each test of the suite, no leftovers may exist.

import { expectNoLeaks } from "goro/testing";

expectNoLeaks();
