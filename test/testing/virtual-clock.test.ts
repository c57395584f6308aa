// The virtual clock, driven by hand: its real time is that of jest's fake timers.

import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

const epoch = Date.UTC(2000, 0, 1);

let changes = 0;
let clock: VirtualClock;

beforeEach(() => {
  jest.useFakeTimers();
  changes = 0;
  clock = new VirtualClock(() => changes++);
});

afterEach(() => {
  jest.useRealTimers();
});

// R144
describe("while all goroutines are blocked", () => {
  test("time starts at midnight UTC of 2000-01-01 and stands still", () => {
    jest.advanceTimersByTime(1000);
    expect([clock.now(), clock.wall(), changes]).toEqual([0, epoch, 0]);
  });

  test.each([0.5, 1, 3_600_000, 2 ** 31, 2 ** 40])("a jump of %d ms is exact", (ms) => {
    clock.advanceTo(ms);
    clock.advanceTo(2 * ms);
    expect([clock.now(), clock.wall()]).toEqual([2 * ms, epoch + 2 * ms]);
  });

  test("a new first alarm is a change", () => {
    clock.set();
    expect([clock.now(), changes]).toEqual([0, 1]);
  });
});

// R144
describe("while an external promise is pending", () => {
  test("time jumps after the real duration, and not before", () => {
    clock.advanceInRealTime(50);
    jest.advanceTimersByTime(49);
    expect([clock.now(), changes]).toEqual([0, 0]);
    jest.advanceTimersByTime(1);
    expect([clock.now(), clock.wall(), changes]).toEqual([50, epoch + 50, 1]);
  });

  test("a time between two milliseconds is exact", () => {
    clock.advanceTo(10);
    clock.advanceInRealTime(10.5);
    jest.advanceTimersByTime(1);
    expect([clock.now(), changes]).toEqual([10.5, 1]);
  });

  test("real time that has passed before does not shorten the next wait", () => {
    clock.advanceInRealTime(50);
    jest.advanceTimersByTime(49);
    clock.advanceInRealTime(50);
    jest.advanceTimersByTime(49);
    expect([clock.now(), changes]).toEqual([0, 0]);
    jest.advanceTimersByTime(1);
    expect([clock.now(), changes]).toEqual([50, 1]);
  });

  test("a new time replaces the previous one", () => {
    clock.advanceInRealTime(100);
    clock.advanceInRealTime(10);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1000);
    expect([clock.now(), changes]).toEqual([10, 1]);
  });

  test("a duration beyond the limit of the host is split", () => {
    const far = 2 ** 32;
    clock.advanceInRealTime(far);
    for (const piece of [2 ** 31 - 1, 2 ** 32 - 2, far]) {
      jest.advanceTimersByTime(2 ** 31 - 1);
      expect(clock.now()).toBe(piece);
      clock.advanceInRealTime(far);
    }
  });

  test("infinity is never reached, and sets no timer of the host", () => {
    clock.advanceInRealTime(50);
    clock.advanceInRealTime(Infinity);
    expect(jest.getTimerCount()).toBe(0);
  });

  test("after clear, no timer of the host remains and time stands still", () => {
    clock.advanceInRealTime(50);
    clock.clear();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(1000);
    expect([clock.now(), changes]).toEqual([0, 0]);
  });
});
