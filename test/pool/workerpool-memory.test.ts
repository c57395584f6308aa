// What a pool keeps alive. (Coverage would keep all of it.)

import { expect, test } from "@jest/globals";
import { Channel, context, WorkerPool } from "goro";
import { isCollected } from "../support/memory.ts";

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
      await pool.submit(job, ctx)
    ).result;
    await pool.send({ wait: 1 });
    await pool.send({ wait: 2 });
    const refused = { id: 2 };
    expect(pool.trySubmit(refused)).toBeUndefined();
    const [hasty, giveUp] = withCancel(background());
    const waiting = pool.submit({ id: 3 }, hasty);
    giveUp();
    await waiting.catch(() => undefined);
    for (const each of [job, ctx, refused, hasty]) refs.push(new WeakRef(each));
    cancel();
    return refs;
  };
  const refs = await come();
  for (const ref of refs) expect(await isCollected(ref)).toBe(true);
  gate.close();
  await pool.stop();
});
