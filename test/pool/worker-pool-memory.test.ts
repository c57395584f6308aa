// What a pool keeps alive. (Coverage would keep all of it.)

import { expect, test } from "@jest/globals";
import { Channel, context, WorkerPool } from "goro";
import { children } from "../support/contexts.ts";
import { areCollected, isCollected } from "../support/memory.ts";

const { background, withCancel } = context;

test("a pool keeps nothing of jobs that are over, or that it has not accepted", async () => {
  const gate = new Channel<never>();
  const pool = new WorkerPool<object, unknown>((_, job) => ("wait" in job ? gate.receive() : undefined), {
    workers: 2,
  });
  const come = async (): Promise<WeakRef<object>[]> => {
    const refs: WeakRef<object>[] = [];
    const job = { id: 1 };
    const [ctx, cancel] = withCancel(background());
    await (
      await pool.submit(job, { ctx })
    ).result;
    await pool.send({ wait: 1 });
    await pool.send({ wait: 2 });
    const refused = { id: 2 };
    expect(pool.trySubmit(refused)).toBeUndefined();
    const [hasty, giveUp] = withCancel(background());
    const waiting = pool.submit({ id: 3 }, { ctx: hasty });
    giveUp();
    await waiting.catch(() => undefined);
    for (const each of [job, ctx, refused, hasty]) refs.push(new WeakRef(each));
    cancel();
    return refs;
  };
  const refs = await come();
  expect(await areCollected(refs)).toEqual(refs.map(() => true));
  gate.close();
  await pool.stop();
});

test("a pool that is dropped is collected, although its context lives on", async () => {
  const [ctx, cancel] = withCancel(background());
  const make = async (): Promise<WeakRef<object>[]> => {
    const refs: WeakRef<object>[] = [];
    for (let i = 0; i < 20; i++) {
      const pool = new WorkerPool((_ctx, n: number) => n, { workers: 2, ctx });
      await (
        await pool.submit(1)
      ).result;
      await pool.send(2);
      for await (const _ of pool.map([1, 2, 3])) break;
      await pool.results.receive();
      refs.push(new WeakRef(pool));
    }
    return refs;
  };
  const refs = await make();
  await isCollected(new WeakRef({}));
  expect(children(ctx)).toBe(0);
  expect(await areCollected(refs)).toEqual(refs.map(() => true));
  cancel();
});
