import { describe, expect, test } from "@jest/globals";
import { Channel, context, numGoroutine, time } from "goro";
import { bubble, now, settled } from "goro/testing";
import { isCollected } from "../support/memory.ts";
import { runSource } from "../support/programs.ts";
import { children } from "../support/contexts.ts";

type Context = context.Context;

const { afterFunc, background, withCancel, withCancelCause, withTimeout, withValue } = context;

describe("afterFunc", () => {
  // R121: T-X20
  test("calls f once when the context has ended, and not inside cancel", () =>
    bubble(async () => {
      const [ctx, cancel] = withCancel(background());
      const calls: (Error | undefined)[] = [];
      const stop = afterFunc(ctx, () => calls.push(ctx.err()));
      await settled();
      expect(calls).toEqual([]);
      cancel();
      expect(calls).toEqual([]);
      await settled();
      expect(calls).toEqual([ctx.err()]);
      expect(stop()).toBe(false);
      cancel();
      await settled();
      expect(calls.length).toBe(1);
    }));

  // R121: T-X20
  test.each<[string, () => Context]>([
    ["a timeout", () => withTimeout(background(), 2)[0]],
    ["the end of a context above", () => withCancel(withValue(withTimeout(background(), 2)[0], "k", 1))[0]],
  ])("calls f after %s", (_, make) =>
    bubble(async () => {
      const start = now();
      const ctx = make();
      const called = new Channel<string>();
      afterFunc(ctx, () => called.send(String(ctx.err())));
      expect((await called.receive()).value).toBe("DeadlineExceeded: context deadline exceeded");
      expect(now()).toBe(start + 2);
    }),
  );

  // R121: T-X20
  test("calls f for a context that has ended, and not inside afterFunc", () =>
    bubble(async () => {
      const [ctx, cancel] = withCancel(background());
      cancel();
      let calls = 0;
      const stop = afterFunc(ctx, () => calls++);
      expect(calls).toBe(0);
      expect(stop()).toBe(false);
      await settled();
      expect(calls).toBe(1);
    }));

  // R122
  test("never calls f after a stop that was in time, and says once that it was", () =>
    bubble(async () => {
      const [ctx, cancel] = withCancel(background());
      let calls = 0;
      const stop = afterFunc(ctx, () => calls++);
      expect(stop()).toBe(true);
      expect(stop()).toBe(false);
      cancel();
      await settled();
      expect(calls).toBe(0);
      expect(stop()).toBe(false);
    }));

  // R122
  test("calls f although stop comes, if it comes after the end", () =>
    bubble(async () => {
      const [ctx, cancel] = withCancel(background());
      let calls = 0;
      const stop = afterFunc(ctx, () => calls++);
      cancel();
      expect(stop()).toBe(false);
      await settled();
      expect(calls).toBe(1);
    }));

  // R123
  test("does not make cancel wait: f is a goroutine of its own, which may wait itself", () =>
    bubble(async () => {
      const before = numGoroutine();
      const [ctx, cancel] = withCancel(background());
      const ch = new Channel<string>();
      afterFunc(ctx, () => ch.send("still here"));
      expect(numGoroutine()).toBe(before);
      cancel();
      await settled();
      expect(numGoroutine()).toBe(before + 1);
      expect((await ch.receive()).value).toBe("still here");
      await settled();
      expect(numGoroutine()).toBe(before);
    }));

  // R123
  test("calls each of several on its own, also the same function twice", () =>
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
      await settled();
      expect(calls.sort()).toEqual(["child", "first", "twice", "twice"]);
    }));

  test("lets f cancel, derive and wait for contexts again", () =>
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
      await settled();
      expect(seen).toEqual([why]);
    }));

  test("never calls f for what has no end, and can be stopped there", () =>
    bubble(async () => {
      let calls = 0;
      const stop = afterFunc(background(), () => calls++);
      await settled();
      expect(stop()).toBe(true);
      expect(stop()).toBe(false);
      expect(calls).toBe(0);
    }));

  test("refuses what is no function, and registers nothing", () =>
    bubble(() => {
      const [ctx] = withCancel(background());
      for (const wrong of [null, undefined, "f", {}] as unknown as (() => void)[]) {
        expect(() => afterFunc(ctx, wrong)).toThrow(TypeError);
      }
      expect(children(ctx)).toBe(0);
    }));

  // R103
  test("keeps f in memory no longer than until it is stopped", async () => {
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

  // T-X25: ExampleAfterFunc_merge
  test.each([1, 2])("merges two contexts: the end of number %d is the end of the merged one", (which) =>
    bubble(async () => {
      function merge(ctx: Context, other: Context): [Context, () => void] {
        const [merged, cancel] = withCancelCause(ctx);
        const stop = afterFunc(other, () => cancel(context.cause(other)));
        return [
          merged,
          () => {
            stop();
            cancel();
          },
        ];
      }
      const [ctx1, cancel1] = withCancelCause(background());
      const [ctx2, cancel2] = withCancelCause(background());
      const [merged, cancelMerged] = merge(ctx1, ctx2);
      const why = new Error(`ctx${which} canceled`);
      (which === 1 ? cancel1 : cancel2)(why);
      await merged.done().receive();
      expect(context.cause(merged)).toBe(why);
      cancelMerged();
      expect(children(ctx2)).toBe(0);
    }),
  );
});

test("what f throws is a panic of the program", async () => {
  const program = await runSource(`
    import { context, time } from "goro";
    const [ctx, cancel] = context.withTimeout(context.background(), ${time.minute});
    context.afterFunc(ctx, () => { throw new Error("in the after func"); });
    cancel();
    console.log("cancelled");
    await time.sleep(${time.minute});
  `);
  expect(program).toMatchObject({ code: 2, stdout: "cancelled\n" });
  expect(program.stderr).toMatch(/^panic: in the after func\n\ngoroutine \d+ \[running\]:\n/);
});
