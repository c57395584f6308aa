// Once, SingleFlight, ErrGroup, WaitGroup and RateLimiter in virtual time, compared with their models. A failure is shrunk.

import { expect, test } from "@jest/globals";
import fc, { type Arbitrary } from "fast-check";
import { context, ErrGroup, Once, RateLimiter, SingleFlight, time, WaitGroup } from "goro";
import { now } from "goro/testing";
import { inBubble } from "../support/contexts.ts";
import {
  flightCalls,
  flightModel,
  type CallResult,
  groupCalls,
  groupModel,
  type Job,
  limiterCalls,
  limiterModel,
  onceCalls,
  onceModel,
} from "./groups.ts";
import { effort, seed } from "./seed.ts";

const numRuns = 200 * effort;

/** Runs programs of `arbitrary` in bubbles with random seeds. */
async function check<P>(arbitrary: Arbitrary<P>, run: (program: P) => Promise<void>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(arbitrary, fc.nat(1000), (program, order) => inBubble(() => run(program), { seed: order })),
    { seed, numRuns },
  );
}

/** Makes each call at its time, and returns the result of each with its time. */
async function runCalls<J extends Job>(
  jobs: readonly J[],
  call: (job: J, id: number) => Promise<string>,
): Promise<CallResult[]> {
  const start = now();
  return Promise.all(
    jobs.map(async (job, id) => {
      await time.sleep(job.at);
      const what = await call(job, id);
      return { at: now() - start, what };
    }),
  );
}

async function work({ takes, fails }: Job): Promise<void> {
  await time.sleep(takes);
  if (fails) throw new Error("failed");
}

const done = (): string => "done";
const messageOf = (error: unknown): string => (error as Error).message;

test(`a Once calls the first function, and all callers wait for it (seed ${seed})`, () =>
  check(onceCalls, async (jobs) => {
    const once = new Once();
    expect(await runCalls(jobs, (job) => once.do(() => work(job)).then(done, messageOf))).toEqual(onceModel(jobs));
  }));

test(`callers of a SingleFlight share a running call that is not forgotten (seed ${seed})`, () =>
  check(flightCalls, async (calls) => {
    const flights = new SingleFlight<string, number>();
    const result = await runCalls(calls, async (call, id) => {
      const f = async (): Promise<number> => {
        await time.sleep(call.takes);
        if (call.fails) throw new Error(`${id} failed`);
        return id;
      };
      if (call.method === "forget") {
        flights.forget(call.key);
        return "forgotten";
      }
      if (call.method === "do") {
        return flights.do(call.key, f).then(({ value, shared }) => `${value} done, shared: ${shared}`, messageOf);
      }
      const { value } = await flights.doChan(call.key, f).receive();
      if (value?.ok === true) return `${value.value} done, shared: ${value.shared}`;
      return messageOf(value?.error);
    });
    expect(result).toEqual(flightModel(calls));
  }));

test(`an ErrGroup starts in order, keeps its limit, and rejects with the first error (seed ${seed})`, () =>
  check(fc.tuple(groupCalls, fc.integer({ min: 1, max: 4 })), async ([calls, limit]) => {
    const [group, ctx] = ErrGroup.withContext(context.background());
    group.setLimit(limit);
    const start = now();
    const starts: (number | null)[] = calls.map(() => null);
    // One goroutine makes all calls, so that a waiting call delays the calls after it.
    const moved: typeof calls = [];
    for (const [id, job] of calls.entries()) {
      await time.sleep(start + job.at - now());
      moved.push({ ...job, at: Math.max(job.at, now() - start) });
      const f = async (): Promise<void> => {
        starts[id] = now() - start;
        await work(job);
      };
      if (job.isTry) group.tryGo(f);
      else await group.go(f);
    }
    const [expected, end, failed] = groupModel(moved, limit);
    const error: unknown = await group.wait().catch((error: unknown) => error);
    expect(starts).toEqual(expected);
    expect(now() - start).toBe(Math.max(end, moved.at(-1)?.at ?? 0, ...expected.map((each) => each ?? 0)));
    expect(error instanceof Error).toBe(failed < Infinity);
    expect(context.cause(ctx)).toEqual(error ?? new context.Canceled());
    expect(await group.wait().catch((error: unknown) => error)).toBe(error);
  }));

test(`a wait for a WaitGroup lasts until its last goroutine has ended (seed ${seed})`, () =>
  check(onceCalls, async (jobs) => {
    const wg = new WaitGroup();
    const start = now();
    for (const { at, takes } of jobs) wg.go(() => time.sleep(at + takes));
    await Promise.all([wg.wait(), wg.wait()]);
    expect(now() - start).toBe(Math.max(...jobs.map(({ at, takes }) => at + takes)));
  }));

test(`a RateLimiter grants, rejects and restores tokens as the token bucket does (seed ${seed})`, () =>
  check(fc.tuple(limiterCalls, fc.constantFrom(62.5, 125, 250), fc.integer({ min: 1, max: 4 })), async (program) => {
    const [calls, limit, burst] = program;
    const limiter = new RateLimiter(limit, burst);
    const result = await runCalls(calls, async ({ takes, n, method }) => {
      if (method === "allow") return limiter.allow(n) ? "done" : n > burst ? "too many" : "refused";
      const [ctx, cancel] =
        method === "wait with a deadline"
          ? context.withTimeout(context.background(), takes)
          : context.withCancel(context.background());
      using _ = cancel;
      const alarm = method === "wait and be canceled" ? time.afterFunc(takes, cancel) : null;
      const what = await limiter.wait(n, { ctx }).then(done, (error: unknown) => {
        if (error === ctx.err()) return "canceled";
        return messageOf(error).includes("exceeds limiter's burst") ? "too many" : "refused";
      });
      alarm?.stop();
      return what;
    });
    expect(result).toEqual(limiterModel(calls, limit, burst));
  }));
