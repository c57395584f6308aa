// Entries of their own bring the types of `using`, whatever the program's lib.

import { record } from "goro/trace";

console.log(record);
