// What a pipeline keeps alive. (Coverage would keep all of it.)

import { expect, test } from "@jest/globals";
import { context } from "goro";
import { batch, debounce, filter, map, merge, pipeline, type Stage, tee, throttle } from "goro/pipeline";
import { children } from "../support/contexts.ts";
import { areCollected, heapInUse } from "../support/memory.ts";

const many = 1_000_000;

function* numbers(count: number): Generator<number> {
  for (let n = 0; n < count; n++) yield n;
}

test("a million values keep nothing", async () => {
  const odd = pipeline(merge(numbers(many / 2), numbers(many / 2)))
    .map((_ctx, n) => ({ n }), { concurrency: 8 })
    .filter((_ctx, { n }) => n % 2 === 1, { concurrency: 4, ordered: false })
    .batch({ size: 100, interval: 1000 });
  let count = 0;
  let before = 0;
  let after = 0;
  for await (const values of odd) {
    count += values.length;
    if (count === 10_000) before = await heapInUse();
    if (count === many / 2) after = await heapInUse();
  }
  expect(count).toBe(many / 2);
  expect(after - before).toBeLessThan(500_000);
});

test("a value that was passed on is collected, and so is a pipeline that is dropped before its end", async () => {
  const [ctx, cancel] = context.withCancel(context.background());
  const objects = function* (): Generator<object> {
    for (;;) yield {};
  };
  const makers: ((options: { ctx: typeof ctx }) => Stage<unknown>)[] = [
    (options) => map(objects(), (_ctx, value) => value, { ...options, concurrency: 2 }),
    (options) => filter(objects(), () => true, options),
    (options) => merge(objects(), options),
    (options) => batch(objects(), { ...options, size: 1 }),
    (options) => tee(objects(), 1, options)[0],
  ];
  for (const make of makers) {
    const refs = await (async () => {
      const stage = make({ ctx });
      const seen = [new WeakRef((await stage.next()).value as object)];
      await stage.next();
      await stage.return();
      return [...seen, new WeakRef(stage)];
    })();
    expect(await areCollected(refs)).toEqual(refs.map(() => true));
  }
  expect(children(ctx)).toBe(0);
  cancel();
});

test("timers of a stage that was left are not kept", async () => {
  const refs = await (async () => {
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    const all = [debounce(merge([1], silent), 3_600_000), throttle(merge([1], silent), 3_600_000, { leading: false })];
    for (const stage of all) {
      void stage.next();
      await new Promise((resolve) => setImmediate(resolve));
      await stage.return();
    }
    return all.map((stage) => new WeakRef(stage));
  })();
  expect(await areCollected(refs)).toEqual(refs.map(() => true));
});
