// Go's own test of the objects that a function of onceFunc keeps alive. (Under coverage all of them stay alive.)

import { expect, test } from "@jest/globals";
import { onceFunc, onceValue } from "goro";
import { isCollected } from "../support/memory.ts";

// The captured object is created in a scope of its own. A thrown Error would keep its stack, and the stack this object.
function made(wrap: (touch: () => void) => () => unknown): [ref: WeakRef<object>, f: () => unknown] {
  const buffer = { touched: false };
  const f = wrap(() => {
    buffer.touched = true;
  });
  return [new WeakRef(buffer), f];
}

function fail(): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- see above
  throw "test panic";
}

function callAndCatch(f: () => unknown): void {
  try {
    f();
  } catch (error) {
    expect(error).toBe("test panic");
  }
}

// T-M12; R95
test.each<[string, (touch: () => void) => () => unknown]>([
  ["OnceFunc", (touch) => onceFunc(touch)],
  ["OnceValue", (touch) => onceValue(() => (touch(), null))],
  ["OnceValues", (touch) => onceValue((): [null, null] => (touch(), [null, null]))],
  ["OnceFunc panic", (touch) => onceFunc((): void => (touch(), fail()))],
  ["OnceValue panic", (touch) => onceValue((): null => (touch(), fail()))],
  ["OnceValues panic", (touch) => onceValue((): [null, null] => (touch(), fail()))],
])("TestOnceXGC: %s releases its function after the call, and not before", async (_, wrap) => {
  const [ref, f] = made(wrap);
  expect(await isCollected(ref)).toBe(false);
  callAndCatch(f);
  expect(await isCollected(ref)).toBe(true);
  callAndCatch(f);
});
