import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { getEventListeners } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Channel, context, time } from "goro";
import { CancelContext } from "../../src/context/cancel.ts";
import { inBubble } from "../support/contexts.ts";
import { isCollected } from "../support/memory.ts";
import { replace } from "../support/replace.ts";
import { runSource } from "../support/programs.ts";

type Context = context.Context;

const { background, fromSignal, withCancel, withCancelCause, withTimeout, withTimeoutCause, withValue } = context;

function children(ctx: Context): number {
  if (!(ctx instanceof CancelContext)) throw new TypeError("the context has no list of children");
  return ctx.children.count();
}

function isOver(ctx: Context): boolean {
  return ctx.done().tryReceive() !== undefined;
}

describe("ctx.signal", () => {
  test("is the same each time, and aborts within cancel with the cause as its reason", () => {
    const [ctx, cancel] = withCancelCause(background());
    const { signal } = ctx;
    expect(signal).toBeInstanceOf(AbortSignal);
    expect(ctx.signal).toBe(signal);
    expect(signal.aborted).toBe(false);
    const reasons: unknown[] = [];
    signal.addEventListener("abort", () => reasons.push(signal.reason));
    const why = new Error("why");
    cancel(why);
    cancel(new Error("again"));
    expect(reasons).toEqual([why]);
    expect(ctx.signal).toBe(signal);
    expect(() => signal.throwIfAborted()).toThrow(why);
  });

  test("of a canceled context is aborted, and is the same each time", () => {
    const why = new Error("why");
    const [canceled, cancel] = withCancel(background());
    cancel();
    const [late] = withTimeoutCause(background(), 0, why);
    const [child] = withCancel(late);
    for (const ctx of [canceled, late, child]) {
      expect(ctx.signal.aborted).toBe(true);
      expect(ctx.signal.reason).toBe(context.cause(ctx));
      expect(ctx.signal).toBe(ctx.signal);
    }
    expect(child.signal.reason).toBe(why);
  });

  test("aborts when the deadline passes", () =>
    inBubble(async () => {
      const [ctx] = withTimeout(background(), 2);
      const aborted = new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      await aborted;
      expect(ctx.signal.reason).toBe(ctx.err());
      expect(ctx.err()).toBeInstanceOf(context.DeadlineExceeded);
    }));

  test("is visible through values, and aborts with an ancestor", () => {
    const [top, cancel] = withCancel(background());
    const [middle] = withCancel(withValue(top, "k", 1));
    const lowest = withValue(withValue(middle, "k", 2), "l", 3);
    expect(lowest.signal).toBe(middle.signal);
    expect(lowest.signal).not.toBe(top.signal);
    cancel();
    expect(lowest.signal.aborted).toBe(true);
    expect(lowest.signal.reason).toBe(top.err());
  });

  // R99
  test.each([
    ["background", background],
    ["todo", context.todo],
    ["withoutCancel", () => context.withoutCancel(background())],
  ])("of %s never aborts and is the same each time", (_, make) => {
    const ctx = make();
    expect(ctx.signal).toBeInstanceOf(AbortSignal);
    expect(ctx.signal).toBe(ctx.signal);
    expect(ctx.signal.aborted).toBe(false);
  });

  test("of background retains no listener, because it lives as long as the program", async () => {
    const makeListener = (): WeakRef<() => void> => {
      const listener = (): void => undefined;
      background().signal.addEventListener("abort", listener);
      return new WeakRef(listener);
    };
    const ref = makeListener();
    expect(getEventListeners(background().signal, "abort")).toEqual([]);
    expect(await isCollected(ref)).toBe(true);
  });

  test("is created on a host whose AbortController is not that of Node", () => {
    const restore = replace(globalThis, "AbortController", ForeignController as never);
    try {
      const [ctx, cancel] = withCancelCause(background());
      const { signal } = ctx;
      expect(signal).toBeInstanceOf(ForeignSignal);
      cancel(new Error("why"));
      expect([signal.aborted, signal.reason]).toEqual([true, new Error("why")]);
    } finally {
      restore();
    }
  });

  describe("a listener", () => {
    // R101
    test("is called after the complete tree is canceled", () => {
      const [parent, cancel] = withCancel(background());
      const [first] = withCancel(parent);
      const [second] = withTimeout(parent, time.hour);
      const seen: boolean[] = [];
      for (const ctx of [parent, first, second]) {
        ctx.signal.addEventListener("abort", () => seen.push([parent, first, second].every(isOver)));
      }
      cancel();
      expect(seen).toEqual([true, true, true]);
    });

    test("may cancel the same context again, its ancestors, descendants and siblings, and derive", () => {
      const [top, cancelTop] = withCancelCause(background());
      const [ctx, cancel] = withCancelCause(top);
      const [child, cancelChild] = withCancelCause(ctx);
      const [sibling, cancelSibling] = withCancelCause(top);
      const why = new Error("why");
      const other = new Error("other");
      const log: string[] = [];
      let derived = background();
      ctx.signal.addEventListener("abort", () => {
        log.push("ctx");
        cancel(other);
        cancelChild(other);
        cancelSibling(other);
        [derived] = withTimeout(ctx, time.hour);
        cancelTop(other);
      });
      for (const [name, related] of Object.entries({ top, child, sibling })) {
        related.signal.addEventListener("abort", () => log.push(name));
      }
      cancel(why);
      expect(log.sort()).toEqual(["child", "ctx", "sibling", "top"]);
      expect([ctx, child, derived].map((canceled) => context.cause(canceled))).toEqual([why, why, why]);
      expect([sibling, top].map((canceled) => context.cause(canceled))).toEqual([other, other]);
      expect(children(top)).toBe(0);
    });
  });
});

/** A signal like those of jsdom and polyfills: not that of Node, and not an instance of the global class. */
class ForeignSignal {
  readonly #target = new EventTarget();
  aborted = false;
  reason: unknown = undefined;

  addEventListener(name: string, listener: () => void): void {
    this.#target.addEventListener(name, listener);
  }

  removeEventListener(name: string, listener: () => void): void {
    this.#target.removeEventListener(name, listener);
  }

  dispatch(): void {
    this.#target.dispatchEvent(new Event("abort"));
  }
}

class ForeignController {
  readonly signal: ForeignSignal = new ForeignSignal();

  abort(reason: unknown): void {
    if (this.signal.aborted) return;
    this.signal.aborted = true;
    this.signal.reason = reason;
    this.signal.dispatch();
  }
}

describe("fromSignal", () => {
  test("accepts a signal of another realm or of a polyfill", () => {
    const controller = new ForeignController();
    const ctx = fromSignal(controller.signal as unknown as AbortSignal);
    expect(ctx.err()).toBeUndefined();
    const why = new Error("why");
    controller.abort(why);
    expect(ctx.err()).toBeInstanceOf(context.Canceled);
    expect(context.cause(ctx)).toBe(why);
  });

  test("is awaited while a listener, a derived context or a receiver waits for it", async () => {
    const ctx = fromSignal(new AbortController().signal);
    if (!(ctx instanceof CancelContext)) throw new TypeError("the context has no list of children");
    expect(ctx.isAwaited).toBe(false);
    const remove = context.afterFunc(ctx, () => undefined);
    expect(ctx.isAwaited).toBe(true);
    remove();
    expect(ctx.isAwaited).toBe(false);
    const [, cancel] = withCancel(ctx);
    expect(ctx.isAwaited).toBe(true);
    cancel();
    ctx.done();
    expect(ctx.isAwaited).toBe(false);
    const ended = ctx.done().receive();
    expect(ctx.isAwaited).toBe(true);
    ctx.cancel(new context.Canceled());
    await ended;
    expect(ctx.isAwaited).toBe(false);
  });

  test("does not retain signals that have been collected", async () => {
    const refs = Array.from({ length: 200 }, () => new WeakRef(fromSignal(new AbortController().signal)));
    expect(await isCollected(refs[0] as WeakRef<Context>)).toBe(true);
    for (let i = 0; i < 200; i++) fromSignal(new AbortController().signal);
    expect(refs.filter((ref) => ref.deref() !== undefined)).toEqual([]);
  });

  function listeners(signal: AbortSignal): number {
    return getEventListeners(signal, "abort").length;
  }

  test("returns the same context for a signal, with one listener at most, at every call", () => {
    const controller = new AbortController();
    const ctx = fromSignal(controller.signal);
    const below = Array.from({ length: 100 }, () => withCancel(fromSignal(controller.signal))[0]);
    expect(fromSignal(controller.signal)).toBe(ctx);
    expect(listeners(controller.signal)).toBe(1);
    expect(below.some(isOver)).toBe(false);
    controller.abort();
    expect(below.every(isOver)).toBe(true);
    expect(listeners(controller.signal)).toBe(0);
    expect(fromSignal(controller.signal)).toBe(ctx);
  });

  test("returns another context for another signal", () => {
    const controller = new AbortController();
    const other = fromSignal(new AbortController().signal);
    const ctx = fromSignal(controller.signal);
    controller.abort();
    expect([ctx, other].map(isOver)).toEqual([true, false]);
  });

  test.each(["before", "after"])("has the reason as its cause if the signal aborts %s the call", (when) => {
    const cases: [reason: unknown, kind: abstract new () => Error, message: string][] = [
      [new Error("why"), context.Canceled, "why"],
      [new TypeError("wrong"), context.Canceled, "wrong"],
      [new DOMException("too slow", "TimeoutError"), context.DeadlineExceeded, "too slow"],
      [new DOMException("enough", "AbortError"), context.Canceled, "enough"],
      ["a string", context.Canceled, "a string"],
      [null, context.Canceled, "null"],
      [42, context.Canceled, "42"],
    ];
    for (const [reason, kind, message] of cases) {
      const controller = new AbortController();
      if (when === "before") controller.abort(reason);
      const ctx = fromSignal(controller.signal);
      expect(isOver(ctx)).toBe(when === "before");
      if (when === "after") controller.abort(reason);
      expect(isOver(ctx)).toBe(true);
      expect(ctx.err()).toBeInstanceOf(kind);
      const cause = context.cause(ctx);
      expect(cause?.message).toBe(message);
      if (typeof reason === "object" && reason !== null) expect(cause).toBe(reason);
      else expect(cause?.cause).toBe(reason);
      expect(ctx.signal.reason).toBe(cause);
    }
  });

  test("has the default reason as its cause if the signal aborts without a reason", () => {
    const controller = new AbortController();
    controller.abort();
    const ctx = fromSignal(controller.signal);
    expect(ctx.err()).toBeInstanceOf(context.Canceled);
    expect(context.cause(ctx)).toMatchObject({ name: "AbortError" });
  });

  test("has the err DeadlineExceeded for AbortSignal.timeout", async () => {
    const ctx = fromSignal(AbortSignal.timeout(2));
    const [child] = withCancel(ctx);
    await child.done().receive();
    expect(child.err()).toBeInstanceOf(context.DeadlineExceeded);
    expect(context.cause(child)).toMatchObject({ name: "TimeoutError" });
  });

  test("is canceled for any type of reason", () => {
    const aborted = AbortSignal.abort({ __proto__: null });
    expect(fromSignal(aborted).err()).toBeInstanceOf(context.Canceled);
    expect(fromSignal(AbortSignal.abort(Symbol("s"))).err()).toBeInstanceOf(context.Canceled);
  });

  test("accepts the signal of another context, with its cause", () => {
    const [ctx, cancel] = withCancelCause(background());
    const back = withCancel(fromSignal(withCancel(ctx)[0].signal))[0];
    const why = new Error("why");
    cancel(why);
    expect(isOver(back)).toBe(true);
    expect(context.cause(back)).toBe(why);
  });

  test("refuses a value that is not an AbortSignal", () => {
    const values = [null, undefined, {}, "abort", new AbortController(), new EventTarget()];
    for (const wrong of values as unknown as AbortSignal[]) {
      const message = `context.fromSignal: signal must be an AbortSignal, got ${String(wrong)}`;
      expect(() => fromSignal(wrong)).toThrow(new TypeError(message));
    }
  });

  test("does not retain a signal", async () => {
    function derive(): WeakRef<object> {
      const { signal } = new AbortController();
      withCancel(fromSignal(signal));
      return new WeakRef(signal);
    }
    expect(await isCollected(derive())).toBe(true);
  });
});

test("fromSignal needs no WeakRef, which Cloudflare Workers of 2024 do not have", () => {
  const restore = replace(globalThis, "WeakRef", undefined as never);
  try {
    const controller = new AbortController();
    const ctx = context.fromSignal(controller.signal);
    controller.abort();
    expect(ctx.err()).toBeInstanceOf(context.Canceled);
  } finally {
    restore();
  }
});

describe("fetch", () => {
  let server: Server;
  let url = "";
  let requests: Channel<void>;
  let closes: Channel<void>;

  beforeEach(async () => {
    requests = new Channel<void>(64);
    closes = new Channel<void>(64);
    // The server begins a response that never ends.
    server = createServer((request, response) => {
      response.on("close", () => closes.trySend());
      if (request.url === "/body") response.write("the beginning");
      requests.trySend();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("is canceled by ctx.signal, with the cause", async () => {
    const [ctx, cancel] = withCancelCause(background());
    const response = fetch(url, { signal: withValue(ctx, "k", 1).signal });
    const outcome = response.catch((error: unknown) => error);
    await requests.receive();
    const why = new Error("enough");
    cancel(why);
    expect(await outcome).toBe(why);
    await closes.receive();
    await expect(fetch(url, { signal: ctx.signal })).rejects.toBe(why);
  });

  test("is canceled while it reads the body", async () => {
    const [ctx, cancel] = withCancelCause(background());
    const response = await fetch(`${url}/body`, { signal: ctx.signal });
    const text = response.text().catch((error: unknown) => error);
    const why = new Error("enough");
    cancel(why);
    expect(await text).toBe(why);
    await closes.receive();
  });

  test("is canceled by a timeout", async () => {
    const [ctx] = withTimeout(background(), 20);
    const outcome = await fetch(url, { signal: withCancel(ctx)[0].signal }).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(context.DeadlineExceeded);
    expect(outcome).toBe(ctx.err());
  });
});

describe("a program", () => {
  test("with many listeners and fetches on one signal causes no warning", async () => {
    const program = await runSource(`
      import { createServer } from "node:http";
      import { Channel, context } from "goro";
      const requests = new Channel<void>(100);
      const server = createServer(() => requests.trySend());
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const url = \`http://127.0.0.1:\${(server.address() as { port: number }).port}\`;
      const [ctx, cancel] = context.withCancel(context.background());
      let calls = 0;
      for (let i = 0; i < 20; i++) {
        ctx.signal.addEventListener("abort", () => calls++);
        context.background().signal.addEventListener("abort", () => calls++);
      }
      const foreign = new AbortController();
      for (let i = 0; i < 20; i++) context.withCancel(context.fromSignal(foreign.signal));
      const fetches = Promise.allSettled(Array.from({ length: 20 }, () => fetch(url, { signal: ctx.signal })));
      for (let i = 0; i < 20; i++) await requests.receive();
      cancel();
      const failed = (await fetches).filter((f) => f.status === "rejected" && f.reason instanceof context.Canceled);
      console.log(calls, failed.length);
      server.closeAllConnections();
      server.close();
    `);
    expect(program).toEqual({ code: 0, stdout: "20 20\n", stderr: "" });
  });

  test("whose abort listener throws gets an uncaughtException, and its other contexts are still canceled", async () => {
    const program = await runSource(`
      import { context } from "goro";
      process.on("uncaughtException", (error) => console.log("uncaught:", error.message));
      const [parent, cancel] = context.withCancel(context.background());
      const [child] = context.withCancel(parent);
      const [other] = context.withTimeout(parent, 600_000);
      let calls = 0;
      for (const ctx of [parent, child, other]) {
        ctx.signal.addEventListener("abort", () => { throw new Error("listener"); });
        ctx.signal.addEventListener("abort", () => calls++);
      }
      context.afterFunc(other, () => console.log("after"));
      cancel();
      console.log(calls, String(child.err()), String(other.err()));
    `);
    expect(program).toMatchObject({ code: 0, stderr: "" });
    expect(program.stdout.match(/^uncaught: listener$/gm)).toHaveLength(3);
    expect(program.stdout).toContain("3 AbortError: context canceled AbortError: context canceled\n");
    expect(program.stdout).toContain("after\n");
  });
});
