import { describe, expect, jest, test } from "@jest/globals";
import { below, seed } from "../../src/runtime/realm.ts";
import { RingBuffer } from "../../src/util/ring-buffer.ts";
import { areCollected, heapInUse } from "../support/memory.ts";

function drain<T>(ring: RingBuffer<T>): T[] {
  const values: T[] = [];
  while (ring.length > 0) values.push(ring.shift());
  return values;
}

describe("a ring buffer", () => {
  test("starts empty", () => {
    expect(new RingBuffer<number>().length).toBe(0);
  });

  test("returns the values in the order in which they were added", () => {
    const ring = new RingBuffer<number>();
    const values = Array.from({ length: 1000 }, (_, i) => i);
    for (const value of values) ring.push(value);
    expect(ring.length).toBe(1000);
    expect(drain(ring)).toEqual(values);
  });

  // Growing copies the part before the head and the part after it, and their sizes differ from head to head.
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    "keeps the order when it grows after %i values have passed through",
    (passed) => {
      const ring = new RingBuffer<number>();
      for (let i = 0; i < passed; i++) {
        ring.push(-1);
        ring.shift();
      }
      const values = Array.from({ length: 40 }, (_, i) => i);
      for (const value of values) ring.push(value);
      expect(drain(ring)).toEqual(values);
    },
  );

  test("counts undefined and null as values", () => {
    const ring = new RingBuffer<unknown>();
    ring.push(undefined);
    ring.push(null);
    expect(ring.length).toBe(2);
    expect(drain(ring)).toEqual([undefined, null]);
  });

  test("returns its oldest value without removing it", () => {
    const ring = new RingBuffer<number | undefined>();
    expect(ring.first).toBeUndefined();
    ring.push(1);
    ring.push(2);
    expect([ring.first, ring.first, ring.length]).toEqual([1, 1, 2]);
    ring.shift();
    expect(ring.first).toBe(2);
    ring.shift();
    expect(ring.first).toBeUndefined();
    ring.push(undefined);
    ring.push(3);
    expect(ring.first).toBeUndefined();
    ring.shift();
    expect(ring.first).toBe(3);
  });

  test.each([1, 2, 3, 4])("agrees with an array for any sequence of operations (seed %i)", (value) => {
    seed(value);
    const ring = new RingBuffer<number>();
    const model: number[] = [];
    // A call of `expect` for each of the 12,000 values would take nearly all of the time.
    const check = (actual: unknown, expected: unknown, step: number): void => {
      if (actual !== expected) expect([step, actual]).toEqual([step, expected]);
    };
    for (let step = 0; step < 4000; step++) {
      // The share of additions alternates, so that the ring is full and empty many times, at many offsets.
      const additions = (step >> 6) % 2 === 0 ? 3 : 1;
      if (model.length === 0 || below(4) < additions) {
        ring.push(step);
        model.push(step);
      } else {
        check(ring.shift(), model.shift(), step);
      }
      check(ring.length, model.length, step);
      check(ring.first, model[0], step);
    }
    expect(drain(ring)).toEqual(model);
  });

  // Shrinking copies the part before the head and the part after it.
  test.each([0, 1, 31, 32, 33, 63])("keeps the order when it shrinks after %i values have passed through", (passed) => {
    const ring = new RingBuffer<number>();
    const values = Array.from({ length: 1000 }, (_, i) => i);
    for (let i = 0; i < passed; i++) ring.push(-1);
    for (let i = 0; i < passed; i++) ring.shift();
    for (const value of values) ring.push(value);
    const shifted = values.slice(0, 990).map(() => ring.shift());
    for (const value of values) ring.push(value);
    expect([...shifted, ...drain(ring)]).toEqual([...values, ...values]);
  });

  test("that is nearly empty after a burst uses no more memory than a ring that was always small", async () => {
    const rings = Array.from({ length: 100 }, () => new RingBuffer<number>());
    const before = await heapInUse();
    for (const ring of rings) {
      for (let i = 0; i < 10_000; i++) ring.push(i);
      while (ring.length > 5) ring.shift();
    }
    // A slot takes 8 bytes.
    expect((await heapInUse()) - before).toBeLessThan(rings.length * 64 * 8 + 200_000);
    for (const ring of rings) expect(drain(ring)).toEqual([9995, 9996, 9997, 9998, 9999]);
  });

  test("copies fewer than 4 values for each operation, at any length that grows and shrinks repeatedly", () => {
    const fill = jest.spyOn(Array.prototype, "fill");
    try {
      const ring = new RingBuffer<number>();
      let operations = 0;
      for (const limit of [8, 9, 32, 33, 64, 65, 256, 257]) {
        for (let round = 0; round < 50; round++) {
          for (; ring.length < limit; operations++) ring.push(0);
          for (; ring.length > limit >> 2; operations++) ring.shift();
        }
      }
      const copied = fill.mock.results.reduce((sum, { value }) => sum + (value as unknown[]).length, 0);
      expect(copied).toBeLessThan(4 * operations);
    } finally {
      fill.mockRestore();
    }
  });

  test("does not retain a value that was removed", async () => {
    const ring = new RingBuffer<object>();
    const refs = (() => {
      const values = Array.from({ length: 12 }, () => ({}));
      for (const value of values) ring.push(value);
      for (let i = 0; i < 11; i++) ring.shift();
      return values.map((value) => new WeakRef(value));
    })();
    expect(await areCollected(refs)).toEqual([...new Array<boolean>(11).fill(true), false]);
    expect(ring.length).toBe(1);
  });
});
