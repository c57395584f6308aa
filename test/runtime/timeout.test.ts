import { expect, jest, test } from "@jest/globals";
import { MAX_TIMEOUT_MS, startHostTimer } from "../../src/runtime/timeout.ts";

test("without the runtime's clock, a time limit is a timer of the host, which can be canceled", () => {
  jest.useFakeTimers();
  try {
    const fired: string[] = [];
    startHostTimer("a", 10, () => fired.push("a"));
    startHostTimer("a", 5, () => fired.push("b"))();
    startHostTimer("a", 2 * MAX_TIMEOUT_MS, () => fired.push("long"));
    jest.advanceTimersByTime(10);
    expect(fired).toEqual(["a"]);
    jest.advanceTimersByTime(MAX_TIMEOUT_MS);
    expect(fired).toEqual(["a", "long"]);
  } finally {
    jest.useRealTimers();
  }
});
