// Worker pools that are stopped or canceled at any time: each job has exactly one outcome.

import { context, type Context, receive, select, StoppedError, type Task, time, WorkerPool } from "goro";
import { type Load, pick } from "./round.ts";

const failure = new Error("the job fails");

export const jobs: Load = (round, random) => {
  const { tally } = round;
  const [ctx, cancel] = context.withCancel(round.ctx);
  const workers = 1 + random.randomInt(4);
  let running = 0;
  let most = 0;
  const pool = new WorkerPool(work, { workers, queueSize: pick(random, [0, 1, 8]), ctx });
  const tasks: Task<number, number>[] = [];
  let sent = 0;
  let outcomes = 0;
  let offers = 0;
  let turned = 0;

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

  for (let askers = 1 + random.randomInt(4); askers > 0; askers--) {
    round.go(async (random) => {
      for (let times = random.randomInt(12); times > 0; times--) {
        offers++;
        const [jobCtx, end] = context.withTimeout(ctx, 1 + random.randomInt(10));
        try {
          if (random.randomInt(3) === 0) {
            await pool.send(random.randomInt(100));
            sent++;
          } else {
            const task = await pool.submit(random.randomInt(100), jobCtx);
            tasks.push(task);
            if (random.randomInt(8) === 0) task.cancel();
            await task.result.catch(() => undefined);
          }
        } catch (error) {
          const isKnown = error === context.cause(jobCtx) || error === context.cause(ctx);
          if (!isKnown && !(error instanceof StoppedError)) throw error;
          turned++;
        } finally {
          end();
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
  round.go(async (random) => {
    await time.sleep(random.randomInt(8));
    if (random.randomInt(4) === 0) cancel();
    const [patience, end] = context.withTimeout(round.ctx, random.randomInt(4));
    const report = random.randomInt(2) === 0 ? await pool.stop() : await pool.stop(patience);
    end();
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
    round.equal("jobs accepted + turned away", tasks.length + sent + turned, offers);
    round.equal("jobs that the pool has counted", stats.processed + stats.canceled, tasks.length + sent);
    round.equal("functions that run", stats.running + running, 0);
    round.equal("jobs that wait", stats.queued + stats.waiting, 0);
    if (most > workers) round.faults.push(`${most} jobs ran at once with ${workers} workers`);
    tally.offers += offers;
    tally.turned += turned;
  };
};
