import { describe, expect, test } from "@jest/globals";
import { context, time } from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { isCollected } from "../support/memory.ts";
import { runSource } from "../support/programs.ts";
import { children } from "../support/contexts.ts";
import { shown } from "../support/shown.ts";

const { afterFunc, background, withCancel, withCancelCause } = context;

describe("afterFunc", () => {
  // R122
  test("calls f if stop is called after the context is canceled", () =>
    bubble(async () => {
      const [ctx, cancel] = withCancel(background());
      let calls = 0;
      const stop = afterFunc(ctx, () => calls++);
      cancel();
      expect(stop()).toBe(false);
      await waitUntilBlocked();
      expect(calls).toBe(1);
    }));

  // R123
  test("calls each of several functions separately, also the same function twice", () =>
    bubble(async () => {
      const [ctx, cancel] = withCancel(background());
      const [child] = withCancel(ctx);
      const calls: string[] = [];
      const twice = (): unknown => calls.push("twice");
      afterFunc(ctx, () => calls.push("first"));
      const stop = afterFunc(ctx, () => calls.push("stopped"));
      afterFunc(ctx, twice);
      afterFunc(ctx, twice);
      afterFunc(child, () => calls.push("child"));
      stop();
      cancel();
      await waitUntilBlocked();
      expect(calls.sort()).toEqual(["child", "first", "twice", "twice"]);
    }));

  test("lets f cancel, derive and wait for contexts", () =>
    bubble(async () => {
      const [ctx, cancel] = withCancelCause(background());
      const why = new Error("why");
      const seen: unknown[] = [];
      afterFunc(ctx, () => {
        cancel(new Error("again"));
        const [child] = withCancel(ctx);
        afterFunc(child, () => seen.push(context.cause(child)));
      });
      cancel(why);
      await waitUntilBlocked();
      expect(seen).toEqual([why]);
    }));

  test("never calls f for a context that is never canceled, and can be stopped there", () =>
    bubble(async () => {
      let calls = 0;
      const stop = afterFunc(background(), () => calls++);
      await waitUntilBlocked();
      expect(stop()).toBe(true);
      expect(stop()).toBe(false);
      expect(calls).toBe(0);
    }));

  test("refuses a value that is not a function, and registers nothing", () =>
    bubble(() => {
      const [ctx] = withCancel(background());
      for (const wrong of [null, undefined, "f", {}] as unknown as (() => void)[]) {
        const message = `context.afterFunc: f must be a function, got ${shown(wrong)}`;
        expect(() => afterFunc(ctx, wrong)).toThrow(new TypeError(message));
      }
      expect(children(ctx)).toBe(0);
    }));

  // R103
  test("retains f only until it is stopped", async () => {
    const [ctx] = withCancel(background());
    const stops: (() => boolean)[] = [];
    function register(): WeakRef<object> {
      const f = (): void => undefined;
      stops.push(afterFunc(ctx, f));
      return new WeakRef(f);
    }
    const kept = register();
    const stopped = register();
    stops[1]?.();
    expect(await isCollected(stopped)).toBe(true);
    expect(kept.deref()).toBeDefined();
    expect(stops[0]?.()).toBe(true);
  });
});

test("an error that f throws is a panic of the program", async () => {
  const program = await runSource(`
    import { context, time } from "goro";
    const [ctx, cancel] = context.withTimeout(context.background(), ${time.minute});
    context.afterFunc(ctx, () => { throw new Error("in the after func"); });
    cancel();
    console.log("canceled");
    await time.sleep(${time.minute});
  `);
  expect(program).toMatchObject({ code: 1, stdout: "canceled\n" });
  expect(program.stderr).toContain("Error: in the after func");
});
