// Each entry point has the types of `using`, independent of the `lib` of the program.

import { bubble } from "goro/testing";

console.log(bubble);
