// What a once keeps alive. (Coverage would keep all of it.)

import { expect, test } from "@jest/globals";
import { Once } from "goro";
import { isCollected } from "../support/memory.ts";

// What the function refers to is made where nothing else can see it.
function calledWith(once: Once): WeakRef<object> {
  const buffer = { touched: false };
  void once.do(() => (buffer.touched = true));
  return new WeakRef(buffer);
}

// R95
test("a once keeps nothing of the function that it has called", async () => {
  const once = new Once();
  const ref = calledWith(once);
  expect(await isCollected(ref)).toBe(true);
  await once.do(() => expect("called").toBe("never"));
});
