// A program for bundlers, which prints the result of every case.

import { main } from "goro";
import { cases } from "./cases.js";

main(async () => {
  for (const [name, f] of Object.entries(cases)) {
    await f();
    console.log(name);
  }
});
