// A panic in a goroutine of a test: the test or its file fails, and the other files run.

import { test } from "node:test";
import { go, time } from "goro";

test("goes boom", async () => {
  go(async () => {
    throw new Error("boom");
  });
  await time.sleep(20);
});
