// Entries of their own bring the types of `using`, whatever the program's lib.

import { bubble } from "goro/testing";

console.log(bubble);
