// Between the suite's setup and its first file.

import { endSetup } from "./harness.ts";

endSetup();
