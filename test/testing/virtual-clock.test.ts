// The passage of virtual time, driven by hand: the real time that it looks at is jest's.

import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

const epoch = Date.UTC(2000, 0, 1);

let changes = 0;
let passage: VirtualClock;

beforeEach(() => {
  jest.useFakeTimers();
  changes = 0;
  passage = new VirtualClock(() => changes++);
});

afterEach(() => {
  jest.useRealTimers();
});

// R144
describe("while nobody is awake", () => {
  test("time starts at midnight UTC of 2000-01-01 and stands still", () => {
    jest.advanceTimersByTime(1000);
    expect([passage.now(), passage.wall(), changes]).toEqual([0, epoch, 0]);
  });

  test.each([0.5, 1, 3_600_000, 2 ** 31, 2 ** 40])("a jump of %d ms is exact", (ms) => {
    passage.advanceTo(ms);
    passage.advanceTo(2 * ms);
    expect([passage.now(), passage.wall()]).toEqual([2 * ms, epoch + 2 * ms]);
  });

  test("another first alarm is a change", () => {
    passage.set();
    expect([passage.now(), changes]).toEqual([0, 1]);
  });
});

// R144
describe("while somebody is awake", () => {
  test("time jumps when it would really have come, and not before", () => {
    passage.advanceInRealTime(50);
    jest.advanceTimersByTime(49);
    expect([passage.now(), changes]).toEqual([0, 0]);
    jest.advanceTimersByTime(1);
    expect([passage.now(), passage.wall(), changes]).toEqual([50, epoch + 50, 1]);
  });

  test("an instant between two milliseconds is exact", () => {
    passage.advanceTo(10);
    passage.advanceInRealTime(10.5);
    jest.advanceTimersByTime(1);
    expect([passage.now(), changes]).toEqual([10.5, 1]);
  });

  test("what has really passed before does not count for what is waited for next", () => {
    passage.advanceInRealTime(50);
    jest.advanceTimersByTime(49);
    passage.advanceInRealTime(50);
    jest.advanceTimersByTime(49);
    expect([passage.now(), changes]).toEqual([0, 0]);
    jest.advanceTimersByTime(1);
    expect([passage.now(), changes]).toEqual([50, 1]);
  });

  test("another instant takes the place of the one before", () => {
    passage.advanceInRealTime(100);
    passage.advanceInRealTime(10);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1000);
    expect([passage.now(), changes]).toEqual([10, 1]);
  });

  test("a time longer than the host knows comes in pieces", () => {
    const far = 2 ** 32;
    passage.advanceInRealTime(far);
    for (const piece of [2 ** 31 - 1, 2 ** 32 - 2, far]) {
      jest.advanceTimersByTime(2 ** 31 - 1);
      expect(passage.now()).toBe(piece);
      passage.advanceInRealTime(far);
    }
  });

  test("for ever is never, and nothing is set on the host", () => {
    passage.advanceInRealTime(50);
    passage.advanceInRealTime(Infinity);
    expect(jest.getTimerCount()).toBe(0);
  });

  test("when nobody is awake any more, nothing is left on the host and time stands still", () => {
    passage.advanceInRealTime(50);
    passage.clear();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(1000);
    expect([passage.now(), changes]).toEqual([0, 0]);
  });
});
