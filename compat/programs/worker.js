// The cases in workerd.

import { cases } from "./cases.js";

export default {
  async test() {
    for (const f of Object.values(cases)) await f();
  },
};
