// What a function that has been called once keeps alive. (Coverage would keep all of it.)

import { expect, test } from "@jest/globals";
import { Once, onceFunc, onceValue } from "goro";
import { isCollected } from "../support/memory.ts";

// What the function refers to is made where nothing else can see it. An error would keep its stack, and that the function.
function made(wrap: (touch: () => void) => () => unknown): [ref: WeakRef<object>, f: () => unknown] {
  const buffer = { touched: false };
  const f = wrap(() => {
    buffer.touched = true;
  });
  return [new WeakRef(buffer), f];
}

function called(f: () => unknown): void {
  try {
    f();
  } catch (error) {
    expect(error).toBe("test panic");
  }
}

// R95
test.each<[string, (touch: () => void) => () => unknown]>([
  ["onceFunc", (touch) => onceFunc(touch)],
  ["onceValue", (touch) => onceValue(() => (touch(), null))],
  ["onceFunc that throws", (touch) => onceFunc(() => (touch(), fail()))],
  ["onceValue that throws", (touch) => onceValue(() => (touch(), fail()))],
])("TestOnceXGC: %s lets its function go when it has been called, and not before", async (_, wrap) => {
  const [ref, f] = made(wrap);
  expect(await isCollected(ref)).toBe(false);
  called(f);
  expect(await isCollected(ref)).toBe(true);
  called(f);
});

// R95
test("a once keeps nothing of the function that it has called", async () => {
  const once = new Once();
  const ref = made((touch) => {
    void once.do(touch);
    return () => undefined;
  })[0];
  expect(await isCollected(ref)).toBe(true);
  await once.do(() => expect("called").toBe("never"));
});

function fail(): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- see above
  throw "test panic";
}
