// Pauses that a failed attempt requires, as servers do with the header Retry-After.

import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { context, parseRetryAfter, retry, type RetryOptions, time, WorkerPool } from "goro";
import { now } from "goro/testing";
import { inBubble } from "../support/contexts.ts";
import { shown } from "../support/shown.ts";

/** The pauses of `retry` between calls that fail. */
async function pausesOf(options: Partial<RetryOptions>, retries: number = 3): Promise<number[]> {
  const calls: number[] = [];
  const call = (): never => {
    calls.push(now());
    throw new Error(`call ${calls.length}`);
  };
  await expect(retry(call, { retries, delay: 10, jitter: 0, ...options })).rejects.toThrow(`call ${retries + 1}`);
  return calls.slice(1).map((at, i) => at - (calls[i] as number));
}

describe("retryAfter", () => {
  test("sets the pause before the next attempt, and undefined leaves it as it is", () =>
    inBubble(async () => {
      const after: Record<string, number> = { "call 1": 7_000, "call 3": 0 };
      expect(await pausesOf({ retryAfter: ({ message }) => after[message] })).toEqual([7_000, 20, 0]);
    }));

  test("takes a date, and one that has passed means now", () =>
    inBubble(async () => {
      const dates = (ms: number) => (): Date => new Date(time.now() + ms);
      expect(await pausesOf({ retryAfter: dates(60_000) })).toEqual([60_000, 60_000, 60_000]);
      expect(await pausesOf({ retryAfter: dates(-1) })).toEqual([0, 0, 0]);
    }));

  test("is bounded by maxRetryAfter, which is 5 minutes, and not by maxDelay or jitter", () =>
    inBubble(async () => {
      expect(await pausesOf({ retryAfter: () => 1_000, maxDelay: 5, jitter: 1 }, 1)).toEqual([1_000]);
      expect(await pausesOf({ retryAfter: () => Infinity }, 1)).toEqual([300_000]);
      expect(await pausesOf({ retryAfter: () => new Date(8.64e15), maxRetryAfter: 2_000 }, 1)).toEqual([2_000]);
      expect(await pausesOf({ retryAfter: () => -5 }, 1)).toEqual([0]);
    }));

  test("is not called when no attempt follows", () =>
    inBubble(async () => {
      const errors: string[] = [];
      const retryAfter = ({ message }: Error): undefined => void errors.push(message);
      await pausesOf({ retryAfter }, 1);
      await expect(
        retry(() => Promise.reject(new Error("final")), { retries: 9, retryAfter, shouldRetry: () => false }),
      ).rejects.toThrow("final");
      expect(errors).toEqual(["call 1"]);
    }));

  test("is the failure if it throws or returns a wrong value", () =>
    inBubble(async () => {
      const why = new Error("why");
      const fail = (): never => {
        throw new Error("attempt");
      };
      const throws = (): never => {
        throw why;
      };
      await expect(retry(fail, { retries: 1, retryAfter: throws })).rejects.toBe(why);
      for (const value of [NaN, "5", null, new Date(NaN)]) {
        const failure = retry(fail, { retries: 1, retryAfter: () => value as number });
        await expect(failure).rejects.toMatchObject({
          name: "RangeError",
          message: `retryAfter must return a number of milliseconds, a valid Date or undefined, got ${shown(value)}`,
          cause: { message: "attempt" },
        });
      }
    }));

  test("can be canceled during its pause", () =>
    inBubble(async () => {
      const [ctx] = context.withTimeout(context.background(), 50);
      const start = now();
      await expect(
        retry(() => Promise.reject(new Error("fails")), { retries: 1, retryAfter: () => 1_000, ctx }),
      ).rejects.toBeInstanceOf(context.DeadlineExceeded);
      expect(now() - start).toBe(50);
    }));

  test("works in the options of a pool", () =>
    inBubble(async () => {
      let calls = 0;
      const pool = new WorkerPool<number, number>(
        (_, job) => {
          if (++calls === 1) throw new Error("busy");
          return job;
        },
        { workers: 1, retry: { retries: 1, retryAfter: () => 5_000 } },
      );
      const start = now();
      expect([await pool.run(1), now() - start]).toEqual([1, 5_000]);
      await pool.stop();
    }));

  test("its options are checked", async () => {
    const fn = (): number => 1;
    await expect(retry(fn, { retries: 1, retryAfter: 5 as never })).rejects.toThrow(
      "retry: retryAfter must be a function, got 5",
    );
    await expect(retry(fn, { retries: 1, maxRetryAfter: -1 })).rejects.toThrow(
      "retry: maxRetryAfter must be a number, 0 or more, got -1",
    );
    expect(() => new WorkerPool(fn, { retry: { retries: 1, maxRetryAfter: NaN } })).toThrow(
      "WorkerPool: retry.maxRetryAfter must be a number, 0 or more, got NaN",
    );
  });
});

describe("parseRetryAfter", () => {
  const date = new Date(Date.UTC(1994, 10, 6, 8, 49, 37));

  // The three dates are the examples of RFC 9110.
  test.each<[string, number | Date | undefined]>([
    ["0", 0],
    ["120", 120_000],
    [" 1.5 ", 1_500],
    ["Sun, 06 Nov 1994 08:49:37 GMT", date],
    ["Sunday, 06-Nov-94 08:49:37 GMT", date],
    ["Sun Nov  6 08:49:37 1994", date],
    ["", undefined],
    ["-1", undefined],
    ["1e3", undefined],
    ["soon", undefined],
    ["2026-01-01", undefined],
    ["Sun, 99 Nov 1994 99:99:99 GMT", undefined],
  ])("%p is %p", (value, expected) => {
    expect(parseRetryAfter({ "retry-after": value })).toEqual(expected);
  });

  test("takes a Response, Headers, a message of Node, an object with headers, and the headers of Node", () => {
    const message = new IncomingMessage(new Socket());
    message.headers["retry-after"] = "2";
    expect(parseRetryAfter(new Response(null, { headers: { "Retry-After": "2" } }))).toBe(2_000);
    expect(parseRetryAfter(new Headers({ "retry-after": "2" }))).toBe(2_000);
    expect(parseRetryAfter(message)).toBe(2_000);
    expect(parseRetryAfter({ headers: new Headers({ "retry-after": "2" }) })).toBe(2_000);
    expect(parseRetryAfter({ headers: { "Retry-After": 2 } })).toBe(2_000);
    expect(parseRetryAfter({ "RETRY-AFTER": ["2", "3"] })).toBe(2_000);
  });

  test.each([undefined, null, {}, { headers: null }, { headers: {} }, new Headers(), { "retry-after": undefined }])(
    "%p has no value",
    (source) => {
      expect(parseRetryAfter(source)).toBeUndefined();
    },
  );
});
