// The memory that a once keeps reachable. (Code coverage would keep all of it reachable.)

import { expect, test } from "@jest/globals";
import { Once } from "goro";
import { isCollected } from "../support/memory.ts";

// A separate function, so that no other scope refers to the object.
function calledWith(once: Once): WeakRef<object> {
  const buffer = { touched: false };
  void once.do(() => (buffer.touched = true));
  return new WeakRef(buffer);
}

// R95
test("a once does not keep the function that it has called", async () => {
  const once = new Once();
  const ref = calledWith(once);
  expect(await isCollected(ref)).toBe(true);
  await once.do(() => expect("called").toBe("never"));
});
