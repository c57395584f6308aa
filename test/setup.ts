// For every test of the suite: nothing may be left behind.

import { expectNoLeaks } from "goro/testing";

expectNoLeaks();
