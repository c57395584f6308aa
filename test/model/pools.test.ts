// Both doors of the pool, checked against the model.

import { test } from "@jest/globals";
import { explore } from "./pools.ts";
import { doors } from "./pools/doors.ts";
import { effort, seed } from "./seed.ts";

test.each(doors)(`a %s holds what the model demands through random histories (seed ${seed})`, async (door) => {
  await explore(door, seed, 1000 * effort);
});
