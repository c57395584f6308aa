// Worker pools that are stopped or canceled at any moment: each job has exactly one outcome.

import { context, type Context, receive, select, StoppedError, type PoolTask, time, WorkerPool } from "goro";
import { type Load, pick } from "./round.ts";

const failure = new Error("the job fails");

export const jobs: Load = (round, chance) => {
  const { tally } = round;
  const [ctx, cancel] = context.withCancel(round.ctx);
  const workers = 1 + chance.randomInt(4);
  let running = 0;
  let most = 0;
  const pool = new WorkerPool(work, { workers, queueSize: pick(chance, [0, 1, 8]), ctx });
  const tasks: PoolTask<number, number>[] = [];
  let sent = 0;
  let outcomes = 0;
  let offers = 0;
  let rejected = 0;

  async function work(ctx: Context, job: number): Promise<number> {
    most = Math.max(most, ++running);
    try {
      if (job % 3 === 0) {
        const s = await select({ done: receive(ctx.done()), over: receive(time.after(job % 2)) });
        if (s.case === "done") throw context.cause(ctx) ?? failure;
      }
      if (job % 7 === 0) throw failure;
      return 2 * job;
    } finally {
      running--;
    }
  }

  for (let submitters = 1 + chance.randomInt(4); submitters > 0; submitters--) {
    round.go(async (chance) => {
      for (let times = chance.randomInt(12); times > 0; times--) {
        offers++;
        const [submitCtx, cancelSubmit] = context.withTimeout(ctx, 1 + chance.randomInt(10));
        try {
          if (chance.randomInt(3) === 0) {
            await pool.send(chance.randomInt(100));
            sent++;
          } else {
            const task = await pool.submit(chance.randomInt(100), { ctx: submitCtx });
            tasks.push(task);
            if (chance.randomInt(8) === 0) task.cancel();
            await task.result.catch(() => undefined);
          }
        } catch (error) {
          const isExpected = error === context.cause(submitCtx) || error === context.cause(ctx);
          if (!isExpected && !(error instanceof StoppedError)) throw error;
          rejected++;
        } finally {
          cancelSubmit();
        }
      }
    });
  }
  round.go(async () => {
    for await (const outcome of pool.results) {
      outcomes++;
      tally[outcome.status]++;
    }
  });
  round.go(async (chance) => {
    await time.sleep(chance.randomInt(8));
    if (chance.randomInt(4) === 0) cancel();
    const [stopCtx, cancelStop] = context.withTimeout(round.ctx, chance.randomInt(4));
    const report = chance.randomInt(2) === 0 ? await pool.stop() : await pool.stop(stopCtx);
    cancelStop();
    round.equal("functions that were abandoned", report.abandoned, 0);
  });

  return () => {
    cancel();
    for (const { outcome, job } of tasks) {
      if (outcome === undefined) round.faults.push(`job ${job} was accepted and has no outcome`);
      else tally[outcome.status]++;
      if (outcome?.status === "done") round.equal(`the result of job ${job}`, outcome.value, 2 * job);
    }
    const stats = pool.stats();
    round.equal("outcomes of jobs that were sent", outcomes, sent);
    round.equal("jobs accepted + rejected", tasks.length + sent + rejected, offers);
    round.equal("jobs that the pool has counted", stats.processed + stats.canceled, tasks.length + sent);
    round.equal("functions that run", stats.running + running, 0);
    round.equal("jobs that wait", stats.queued + stats.waiting, 0);
    if (most > workers) round.faults.push(`${most} jobs ran at once with ${workers} workers`);
    tally.offers += offers;
    tally.rejected += rejected;
  };
};
