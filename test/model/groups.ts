// The models of Once, SingleFlight, ErrGroup, WaitGroup and RateLimiter: they compute the results of all calls, and their times,
// from the times of the calls. No two of these times are equal, so the order is determined.

import fc, { type Arbitrary } from "fast-check";
import { GoLimiter } from "./bucket.ts";

/** A call: its time, its duration, both in milliseconds, and whether it fails. */
export interface Job {
  readonly at: number;
  readonly takes: number;
  readonly fails: boolean;
}

/** The result of a call, and its time in milliseconds. */
export interface CallResult {
  readonly at: number;
  readonly what: string;
}

// The clock of a bubble counts from 1970, so a double has a resolution of about 1/4,096 ms.
const step = 1 / 512;

/** Adds a unique fraction of a millisecond to the time and to the duration of each job. */
function separateTimes<T extends { at: number; takes: number }>(jobs: readonly T[]): T[] {
  return jobs
    .map((job, i) => ({ ...job, at: job.at + 32 * (i + 1) * step, takes: job.takes + (i + 1) * step }))
    .sort((a, b) => a.at - b.at);
}

function listOf<T extends object>(more: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<(Job & T)[]> {
  const job = fc.record({ at: fc.nat(20), takes: fc.nat(12), fails: fc.boolean(), ...more });
  return fc
    .array(job, { minLength: 1, maxLength: 12, size: "max" })
    .map((jobs) => separateTimes(jobs as unknown as (Job & T)[]));
}

export const onceCalls: Arbitrary<Job[]> = listOf({});

/** The first call runs its function; all other calls resolve when it has returned. */
export function onceModel(jobs: readonly Job[]): CallResult[] {
  const [first] = jobs as readonly [Job];
  const end = first.at + first.takes;
  return jobs.map((job) => ({
    at: Math.max(job.at, end),
    what: job === first && first.fails ? "failed" : "done",
  }));
}

export interface FlightCall extends Job {
  readonly key: string;
  readonly method: "do" | "doChan" | "forget";
}

export const flightCalls: Arbitrary<FlightCall[]> = listOf({
  key: fc.constantFrom("a", "b"),
  method: fc.constantFrom("do" as const, "do" as const, "doChan" as const, "forget" as const),
});

/** A call joins the running call of its key, unless that was forgotten. Its result names the running call. */
export function flightModel(calls: readonly FlightCall[]): CallResult[] {
  const running = new Map<string, { call: FlightCall; id: number; end: number }>();
  const joined = new Map<number, number>();
  const owners = calls.map((call, id) => {
    const current = running.get(call.key);
    if (call.method === "forget") {
      running.delete(call.key);
      return null;
    }
    if (current !== undefined && current.end > call.at) {
      joined.set(current.id, (joined.get(current.id) ?? 0) + 1);
      return current;
    }
    const own = { call, id, end: call.at + call.takes };
    running.set(call.key, own);
    return own;
  });
  return calls.map(({ at }, id) => {
    const owner = owners[id];
    if (owner === null || owner === undefined) return { at, what: "forgotten" };
    const shared = (joined.get(owner.id) ?? 0) > 0;
    return { at: owner.end, what: `${owner.id} ${owner.call.fails ? "failed" : `done, shared: ${shared}`}` };
  });
}

export interface GroupCall extends Job {
  readonly isTry: boolean;
}

export const groupCalls: Arbitrary<GroupCall[]> = listOf({ isTry: fc.boolean() });

/** The start of each goroutine, null if `tryGo` rejects it; the end of the last; the time of the first failure. */
export function groupModel(
  calls: readonly GroupCall[],
  limit: number,
): [starts: (number | null)[], end: number, failed: number] {
  const ends: number[] = [];
  let lastStart = 0;
  let end = 0;
  let failed = Infinity;
  const starts = calls.map(({ at, takes, fails, isTry }) => {
    const busy = ends.filter((end) => end > at).sort((a, b) => b - a);
    // If the previous call is still waiting, all slots are taken.
    const start = busy.length < limit ? at : (busy[limit - 1] as number);
    if (isTry && start > at) return null;
    lastStart = Math.max(lastStart, start);
    ends.push(start + takes);
    end = Math.max(end, start + takes);
    if (fails) failed = Math.min(failed, start + takes);
    return start;
  });
  return [starts, end, failed];
}

export interface LimiterCall extends Job {
  readonly n: number;
  readonly method: "allow" | "wait" | "wait with a deadline" | "wait and be canceled";
}

export const limiterCalls: Arbitrary<LimiterCall[]> = listOf({
  n: fc.nat(4),
  method: fc.constantFrom(
    "allow" as const,
    "wait" as const,
    "wait with a deadline" as const,
    "wait and be canceled" as const,
  ),
});

/** `takes` is the time until the deadline or the cancellation. */
export function limiterModel(calls: readonly LimiterCall[], limit: number, burst: number): CallResult[] {
  const limiter = new GoLimiter(limit, burst);
  const cancels: { at: number; cancel: (t: number) => void }[] = [];
  return calls.map(({ at, takes, n, method }) => {
    cancels.sort((a, b) => a.at - b.at);
    while (cancels.length > 0 && (cancels[0] as CallResult & (typeof cancels)[0]).at < at) {
      const { at, cancel } = cancels.shift() as (typeof cancels)[0];
      cancel(at);
    }
    const longest = method === "allow" ? 0 : method === "wait with a deadline" ? takes : Infinity;
    if (n > burst) return { at, what: "too many" };
    const reservation = limiter.reserve(at, n, longest);
    if (reservation === undefined) return { at, what: "refused" };
    if (method !== "wait and be canceled" || reservation.due < at + takes) return { at: reservation.due, what: "done" };
    cancels.push({ at: at + takes, cancel: reservation.cancel });
    return { at: at + takes, what: "canceled" };
  });
}
