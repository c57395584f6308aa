// Promises as cases of a select.

import { describe, expect, test } from "@jest/globals";
import { Channel, context, go, gosched, promise, receive, select, send, time } from "goro";
import { bubble } from "goro/testing";
import { promiseStateOf } from "../../src/channel/promise-state.ts";
import { awaitPromise, waitSelect } from "../../src/runtime/wait-reasons.ts";
import { withResolvers } from "../support/promises.ts";

const why = new Error("why");

describe("a promise as a case", () => {
  test("that is fulfilled is ready, also at its first select and with a default", async () => {
    const value = { then: 7 };
    const settled = Promise.resolve(value);
    const s = await select({ done: promise(settled), default: true });
    expect(s).toEqual({ case: "done", value });
    await expect(select([promise(settled)])).resolves.toEqual({ case: 0, value });
    await expect(select([promise(settled)], { default: true })).resolves.toEqual({ case: 0, value });
  });

  test("that is pending is not ready, and wakes the select when it is fulfilled", async () => {
    const { promise: pending, resolve } = withResolvers<string>();
    await expect(select({ done: promise(pending), default: true })).resolves.toEqual({ case: "default" });
    const selecting = select({ done: promise(pending), value: receive(new Channel<number>()) });
    await gosched();
    expect(waitSelect.waiting).toBe(1);
    resolve("bye");
    await expect(selecting).resolves.toEqual({ case: "done", value: "bye" });
    expect(waitSelect.waiting).toBe(0);
    await expect(select({ done: promise(pending), default: true })).resolves.toEqual({ case: "done", value: "bye" });
  });

  test("that is rejected rejects the select with its reason, whatever that is", async () => {
    const failed = Promise.reject(why);
    await expect(select({ done: promise(failed), value: receive(new Channel<number>()) })).rejects.toBe(why);
    await expect(select({ done: promise(failed), default: true })).rejects.toBe(why);
    const { promise: pending, reject } = withResolvers<string>();
    const selecting = select([promise(pending)]);
    await gosched();
    expect(awaitPromise.waiting).toBe(1);
    reject(undefined);
    await expect(selecting).rejects.toBeUndefined();
    expect(awaitPromise.waiting).toBe(0);
  });

  test("that is rejected after it has lost is not an unhandled rejection", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): unknown => unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      const ch = new Channel<number>(1);
      ch.trySend(1);
      const { promise: pending, reject } = withResolvers<string>();
      await select({ done: promise(pending), value: receive(ch) });
      reject(why);
      await time.sleep(1);
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", note);
    }
  });

  test("competes with channels: a settled promise and a value are chosen equally often", async () => {
    const settled = Promise.resolve("p");
    const ch = new Channel<number>();
    ch.close();
    let first = 0;
    for (let i = 0; i < 400; i++) {
      const fresh = i % 2 === 0 ? settled : Promise.resolve("q");
      if ((await select({ done: promise(fresh), value: receive(ch) })).case === "done") first++;
    }
    expect(first).toBeGreaterThan(130);
    expect(first).toBeLessThan(270);
  });

  test("leaves the other cases without an effect", async () => {
    const out = new Channel<number>();
    const s = await select({ sent: send(out, 1), done: promise(Promise.resolve(2)) });
    expect(s).toEqual({ case: "done", value: 2 });
    expect(out.tryReceive()).toBeUndefined();
  });

  test("may be used twice in a select, and by many selects at a time", async () => {
    const { promise: pending, resolve } = withResolvers<number>();
    const selects = Array.from({ length: 5 }, (_, i) =>
      select({ a: promise(pending), b: promise(pending), [`c${i}`]: receive(new Channel<number>()) }),
    );
    const theCase = promise(pending);
    const same = [select({ x: theCase }), select({ y: theCase }), select([theCase, theCase])];
    await gosched();
    resolve(7);
    for (const selecting of selects) expect((await selecting).case).toMatch(/^[ab]$/);
    expect((await Promise.all(same)).map(({ value }) => value)).toEqual([7, 7, 7]);
    await expect(Promise.all(same)).resolves.toMatchObject([
      { case: "x" },
      { case: "y" },
      { case: expect.any(Number) },
    ]);
  });

  test("the cases of a select with a new promise may be used by another select at once", async () => {
    const ch = new Channel<number>();
    const shared = receive(ch);
    const first = select({ done: promise(new Promise<never>(() => undefined)), a: shared });
    const second = select({ b: shared, other: receive(new Channel<number>()) });
    await ch.send(1);
    await ch.send(2);
    await expect(second).resolves.toEqual({ case: "b", value: 1, ok: true });
    await expect(first).resolves.toEqual({ case: "a", value: 2, ok: true });
  });

  test("is shown in reports with its state", async () => {
    const { promise: pending, resolve } = withResolvers<number>();
    const state = promiseStateOf("test", pending);
    expect(String(state)).toBe("a promise");
    resolve(1);
    await pending;
    expect(String(state)).toBe("a promise (settled)");
  });

  test("is disabled by null", async () => {
    expect(await select({ done: promise(null), default: true })).toEqual({ case: "default" });
    expect(await select({ done: promise(undefined), default: true })).toEqual({ case: "default" });
  });

  test("may be a thenable, which is resolved as by await", async () => {
    const thenable = { then: (resolve: (value: number) => void) => resolve(7) };
    await expect(select({ done: promise(thenable as PromiseLike<number>) })).resolves.toEqual({
      case: "done",
      value: 7,
    });
    const broken = {
      then() {
        throw why;
      },
    };
    await expect(select({ done: promise(broken as unknown as PromiseLike<number>) })).rejects.toBe(why);
  });

  test("must be a promise or null", () => {
    for (const [value, text] of [
      [7, "7"],
      [{}, "[object Object]"],
      [new Channel(), "a Channel"],
    ] as const) {
      expect(() => promise(value as never)).toThrow(`promise: promise must be a promise, got ${text}`);
    }
  });

  test("is not a promise without promise(): the error says what to write", async () => {
    await expect(select({ done: Promise.resolve(1) as never })).rejects.toThrow(
      "select: done must be a case, made by receive, send or promise, got [object Promise]; write promise(p)",
    );
  });

  test("has a type: its value, without ok", async () => {
    const s = await select({ done: promise(Promise.resolve("a")), n: receive(new Channel<number>()) });
    if (s.case === "done") expect(s.value.toUpperCase()).toBe("A");
    else if (s.ok) expect(s.value.toFixed()).toBe("never");
  });

  test("in a bubble lets a timer fire, in real time", () =>
    bubble(async () => {
      const never = new Promise<never>(() => undefined);
      const s = await select({ done: promise(never), late: receive(time.after(2)) });
      expect(s.case).toBe("late");
    }));

  test("is canceled with its select by a context", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    go(cancel);
    const s = await select({ done: promise(new Promise(() => undefined)), canceled: receive(ctx.done()) });
    expect(s.case).toBe("canceled");
  });
});
