// A program for bundlers: it prints what came of every case.

import { main } from "goro";
import { cases } from "./cases.js";

main(async () => {
  for (const [name, f] of Object.entries(cases)) {
    await f();
    console.log(name);
  }
});
