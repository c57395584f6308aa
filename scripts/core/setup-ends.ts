// Runs between the setup of the suite and its first file.

import { endSetup } from "./harness.ts";

endSetup();
