// Both entry points of the pool, compared with the model.

import { test } from "@jest/globals";
import { explore } from "./pools.ts";
import { entryPoints } from "./pools/entry-points.ts";
import { effort, seed } from "./seed.ts";

test.each(entryPoints)(`a %s satisfies the model in random histories (seed ${seed})`, async (entryPoint) => {
  await explore(entryPoint, seed, 1000 * effort);
});
