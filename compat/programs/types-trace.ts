// Each entry point has the types of `using`, independent of the `lib` of the program.

import { record } from "goro/trace";

console.log(record);
