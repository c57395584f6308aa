// `retry` without a pool.

import { describe, expect, test } from "@jest/globals";
import { context, retry, time } from "goro";
import { now } from "goro/testing";
import { children, inBubble } from "../support/contexts.ts";

const { background, withCancelCause } = context;
const why = new Error("why");

/** A function that fails `failures` times before it returns the number of its call. */
function failing(failures: number): (attempt: number) => Promise<number> {
  return async (attempt) => {
    await time.sleep(1);
    if (attempt <= failures) throw new Error(`attempt ${attempt}`);
    return attempt;
  };
}

describe("retry", () => {
  test("calls the function until it succeeds, with growing pauses", () =>
    inBubble(async () => {
      const start = now();
      expect(await retry(failing(3), { retries: 5, delay: 10, jitter: 0 })).toBe(4);
      expect(now() - start).toBe(4 + 10 + 20 + 40);
    }));

  test("rejects with the error of the last attempt, as it was thrown", () =>
    inBubble(async () => {
      await expect(retry(failing(9), { retries: 2 })).rejects.toThrow("attempt 3");
      const thrown = { code: 1 };
      const throws = (): never => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw thrown;
      };
      await expect(retry(throws, { retries: 0 })).rejects.toBe(thrown);
    }));

  test("ends at an error that shouldRetry refuses, and with an error that it throws", () =>
    inBubble(async () => {
      const seen: [string, number][] = [];
      const shouldRetry = (error: Error, attempts: number): boolean => {
        seen.push([error.message, attempts]);
        return attempts < 2;
      };
      await expect(retry(failing(9), { retries: 9, shouldRetry })).rejects.toThrow("attempt 2");
      expect(seen).toEqual([
        ["attempt 1", 1],
        ["attempt 2", 2],
      ]);
      const broken = (): never => {
        throw why;
      };
      await expect(retry(failing(9), { retries: 9, shouldRetry: broken })).rejects.toBe(why);
    }));

  test.each(["ctx", "signal"] as const)("is canceled by its %s during a pause, and after a call", (kind) =>
    inBubble(async () => {
      for (const [ms, end] of [
        [1, 50],
        [100, 100],
      ] as const) {
        const [ctx, cancel] = withCancelCause(background());
        const controller = new AbortController();
        time.afterFunc(50, () => {
          cancel();
          controller.abort(why);
        });
        const start = now();
        const fails = async (): Promise<never> => {
          await time.sleep(ms);
          throw new Error("failed");
        };
        const options = { retries: 9, delay: 1000, ...(kind === "ctx" ? { ctx } : { signal: controller.signal }) };
        const error: unknown = await retry(fails, options).catch((error: unknown) => error);
        expect(error).toBe(kind === "ctx" ? ctx.err() : why);
        expect([now() - start, children(ctx)]).toEqual([end, 0]);
      }
    }),
  );

  test("returns the result of a call that succeeds after the cancellation", () =>
    inBubble(async () => {
      const [ctx, cancel] = withCancelCause(background());
      time.afterFunc(5, () => cancel(why));
      const slow = async (): Promise<string> => {
        await time.sleep(10);
        return "done";
      };
      expect(await retry(slow, { retries: 1, ctx })).toBe("done");
      await expect(retry(slow, { retries: 1, ctx })).rejects.toBe(ctx.err());
    }));

  test.each<[options: unknown, message: string]>([
    [undefined, "retry: retries must be a whole number, 0 or more, got undefined"],
    [{ retries: -1 }, "retry: retries must be a whole number, 0 or more, got -1"],
    [{ retries: 1, minTimeout: 5 }, "retry: unknown option minTimeout; write delay instead"],
    [
      { retries: 1, ctx: new AbortController().signal },
      "retry: ctx must be a context, got an AbortSignal; write signal:",
    ],
  ])("rejects for the options %p, and calls nothing", async (options, message) => {
    let calls = 0;
    await expect(retry(() => calls++, options as { retries: number })).rejects.toThrow(message);
    expect(calls).toBe(0);
  });

  test("rejects for an argument that is not a function", async () => {
    await expect(retry(1 as never, { retries: 1 })).rejects.toThrow("retry: fn must be a function, got 1");
  });
});
