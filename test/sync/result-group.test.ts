import { describe, expect, test } from "@jest/globals";
import { context, ErrGroup, ResultGroup, time } from "goro";
import { inBubble, listeners } from "../support/contexts.ts";
import { quiet, stateOf } from "../support/promises.ts";

const { background, withCancel } = context;

describe("a group with results", () => {
  test("resolves with the results in the order of the calls, also under a limit", () =>
    inBubble(async () => {
      const group = new ResultGroup<string>();
      group.setLimit(2);
      for (const ms of [50, 10, 40, 20]) {
        await group.go(async () => {
          await time.sleep(ms);
          return `${ms} ms`;
        });
      }
      const results: string[] = await group.wait();
      expect(results).toEqual(["50 ms", "10 ms", "40 ms", "20 ms"]);
      expect(await group.wait()).not.toBe(results);
    }));

  test("keeps undefined, synchronous results and promises of promises at their places", async () => {
    const group = new ResultGroup<number | undefined>();
    await group.go(() => undefined);
    expect(group.tryGo(() => 2)).toBe(true);
    await group.go(() => Promise.resolve(Promise.resolve(3)));
    await group.go(async () => undefined);
    expect(await group.wait()).toEqual([undefined, 2, 3, undefined]);
    expect(await new ResultGroup().wait()).toEqual([]);
  });

  test("rejects with the first error that is thrown or returned, and cancels its context", () =>
    inBubble(async () => {
      const error = new Error("fails");
      for (const fail of [() => error, () => Promise.reject(error), async () => error]) {
        const [group, ctx] = ResultGroup.withContext<number>(background());
        await group.go(() => 1);
        await group.go(async () => {
          await time.sleep(1);
          return fail();
        });
        await expect(group.wait()).rejects.toBe(error);
        await expect(group.wait()).rejects.toBe(error);
        expect(context.cause(ctx)).toBe(error);
      }
    }));

  test("a tryGo that starts nothing leaves no place", async () => {
    const group = new ResultGroup<number>();
    group.setLimit(1);
    let end = (): void => undefined;
    await group.go(() => new Promise<number>((resolve) => (end = () => resolve(1))));
    expect([group.tryGo(() => 2), String(group)]).toEqual([false, "ResultGroup 1/1 running"]);
    await quiet();
    end();
    expect(await group.wait()).toEqual([1]);
  });

  test("checks its functions", async () => {
    const group = new ResultGroup<number>();
    await expect(group.go(1 as never)).rejects.toThrow("ResultGroup.go: f must be a function, got 1");
    expect(() => group.tryGo(1 as never)).toThrow("ResultGroup.tryGo: f must be a function, got 1");
    expect(await group.wait()).toEqual([]);
  });
});

describe.each([
  ["ErrGroup", () => new ErrGroup()],
  ["ResultGroup", () => new ResultGroup<void>()],
])("%s.wait with a context or a signal", (name, make) => {
  test("is canceled, and the group continues", async () => {
    const group = make();
    let end = (): void => undefined;
    await group.go(() => new Promise<void>((resolve) => (end = resolve)));
    const [ctx, cancel] = withCancel(background());
    const controller = new AbortController();
    const waits = [group.wait({ ctx }), group.wait({ signal: controller.signal })];
    const outcomes = Promise.allSettled(waits);
    expect(listeners(ctx)).toBe(1);
    cancel();
    controller.abort(new Error("reason"));
    expect(await outcomes).toMatchObject([{ reason: ctx.err() }, { reason: controller.signal.reason as Error }]);
    await expect(group.wait({ ctx })).rejects.toBe(ctx.err());
    const last = group.wait();
    expect(await stateOf(last)).toBe("pending");
    end();
    await last;
  });

  test("leaves no listener when the group has finished or failed", async () => {
    const [ctx] = withCancel(background());
    const finished = make();
    await finished.go(() => undefined);
    await finished.wait({ ctx });
    const failed = make();
    await failed.go(() => Promise.reject(new Error("fails")));
    await expect(failed.wait({ ctx })).rejects.toThrow("fails");
    await quiet();
    expect(listeners(ctx)).toBe(0);
  });

  test("keeps the first of the end and the cancellation, in both orders", async () => {
    for (const isCanceledFirst of [true, false]) {
      const group = make();
      let end = (): void => undefined;
      await group.go(() => new Promise<void>((resolve) => (end = resolve)));
      const [ctx, cancel] = withCancel(background());
      const wait = group.wait({ ctx });
      await quiet();
      if (isCanceledFirst) cancel();
      end();
      if (!isCanceledFirst) await quiet();
      cancel();
      expect(await stateOf(wait)).toBe(isCanceledFirst ? "rejected" : "fulfilled");
    }
  });

  test("rejects wrong options", async () => {
    await expect(make().wait({ timeout: 1 } as never)).rejects.toThrow(`${name}.wait: unknown option timeout`);
  });
});
