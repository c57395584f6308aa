// Calls that wait for work that others have started: a slot of a group, a call of the same key, the call of a Once. A canceled wait
// rejects, and the work continues for the others.

import { describe, expect, test } from "@jest/globals";
import { context, ErrGroup, Once, ResultGroup, SingleFlight } from "goro";
import { chanSend, mutexLock, type WaitReason, waitGroupWait } from "../../src/runtime/wait-reasons.ts";
import { type Canceler, cancelers } from "../support/cancelers.ts";
import { Wrapper } from "../support/contexts.ts";
import { quiet, stateOf, withResolvers } from "../support/promises.ts";

type Call = (f: () => unknown, options?: Canceler["options"]) => Promise<unknown>;

/** An object whose calls wait while its work runs. */
class SharedWork {
  readonly #call: Call;
  readonly #work = withResolvers<string>();
  readonly reason: WaitReason;

  /** Whether a call that has waited calls its own function then. */
  readonly callsAfterWait: boolean;

  /** Waits until the object has no work. */
  readonly finish: () => Promise<unknown>;

  /** The number of calls of functions. */
  calls = 0;

  constructor(call: Call, reason: WaitReason, finish?: () => Promise<unknown>) {
    this.#call = call;
    this.reason = reason;
    this.callsAfterWait = finish !== undefined;
    this.finish = finish ?? (() => Promise.resolve());
  }

  call(options?: Canceler["options"]): Promise<unknown> {
    return this.#call(() => {
      this.calls++;
    }, options);
  }

  /** Starts work that lasts until `end`. */
  start(): void {
    void this.#call(() => this.#work.promise);
  }

  end(): void {
    this.#work.resolve("done");
  }
}

const calls: Readonly<Record<string, () => SharedWork>> = {
  "ErrGroup.go": () => {
    const group = new ErrGroup();
    group.setLimit(1);
    return new SharedWork(
      (f, o) => group.go(f, o),
      chanSend,
      () => group.wait(),
    );
  },
  "ResultGroup.go": () => {
    const group = new ResultGroup<unknown>();
    group.setLimit(1);
    return new SharedWork(
      (f, o) => group.go(f, o),
      chanSend,
      () => group.wait(),
    );
  },
  "SingleFlight.do": () => {
    const flights = new SingleFlight<string, unknown>();
    return new SharedWork((f, o) => flights.do("key", f, o), waitGroupWait);
  },
  "Once.do": () => {
    const once = new Once();
    return new SharedWork((f, o) => once.do(f, o), mutexLock);
  },
};

const pairs = Object.keys(calls).flatMap((call) => Object.keys(cancelers).map((by) => [call, by] as const));

describe.each(pairs)("%s with %s", (name, by) => {
  const newShared = calls[name] as () => SharedWork;
  const newCanceler = cancelers[by] as () => Canceler;

  test("that is canceled before the call rejects, does not call the function, and does not count", async () => {
    const shared = newShared();
    const { options, reason, cancel } = newCanceler();
    cancel();
    await expect(shared.call(options)).rejects.toBe(reason());
    expect(shared.calls).toBe(0);
    await shared.finish();
    await shared.call();
    await shared.finish();
    expect(shared.calls).toBe(1);
    await expect(shared.call(options)).rejects.toBe(reason());
  });

  test("that is canceled during the wait rejects and leaves nothing, and the others still wait", async () => {
    const shared = newShared();
    shared.start();
    const { options, reason, listeners, cancel } = newCanceler();
    const canceled = shared.call(options);
    const others = [shared.call(), shared.call(newCanceler().options)];
    await quiet();
    expect([listeners(), shared.reason.waiting]).toEqual([1, 3]);
    cancel();
    await expect(canceled).rejects.toBe(reason());
    expect([listeners(), shared.reason.waiting]).toEqual([0, 2]);
    for (const other of others) expect(await stateOf(other)).toBe("pending");
    shared.end();
    await Promise.all(others);
    await shared.finish();
    expect(shared.calls).toBe(shared.callsAfterWait ? 2 : 0);
    expect(shared.reason.waiting).toBe(0);
  });

  test("that does not have to wait, or has waited, leaves no listener", async () => {
    const shared = newShared();
    const { options, listeners, cancel } = newCanceler();
    shared.start();
    const waiting = shared.call(options);
    shared.end();
    await waiting;
    await shared.finish();
    await shared.call(options);
    await shared.finish();
    expect(listeners()).toBe(0);
    cancel();
  });

  test("keeps the first of the end and the cancellation, whenever that occurs, and nothing is left", async () => {
    const outcomes = new Set<string>();
    for (let rounds = 0; rounds < 16; rounds++) {
      const shared = newShared();
      shared.start();
      const { options, listeners, cancel } = newCanceler();
      const waiting = shared.call(options);
      const other = shared.call();
      await quiet();
      shared.end();
      for (let i = 0; i < rounds; i++) await Promise.resolve();
      cancel();
      const outcome = await stateOf(waiting);
      outcomes.add(outcome);
      await other;
      await shared.finish();
      expect(shared.calls).toBe(!shared.callsAfterWait ? 0 : outcome === "rejected" ? 1 : 2);
      expect([listeners(), shared.reason.waiting]).toEqual([0, 0]);
    }
    expect([...outcomes]).toEqual(["rejected", "fulfilled"]);
  });

  test("rejects wrong options, and does not call the function", async () => {
    const shared = newShared();
    const wrong = { timeout: 1, ...newCanceler().options };
    await expect(shared.call(wrong)).rejects.toThrow(`${name}: unknown option timeout`);
    await shared.finish();
    expect(shared.calls).toBe(0);
  });
});

describe.each(Object.keys(cancelers))("the caller whose function runs, with %s,", (by) => {
  const newCanceler = cancelers[by] as () => Canceler;

  test("can be canceled: SingleFlight continues for the other callers, and later ones join them", async () => {
    const flights = new SingleFlight<string, string>();
    const { promise, resolve } = withResolvers<string>();
    const { options, reason, listeners, cancel } = newCanceler();
    const first = flights.do("key", () => promise, options);
    const second = flights.do("key", () => "not called");
    await quiet();
    cancel();
    await expect(first).rejects.toBe(reason());
    const third = flights.do("key", () => "not called");
    resolve("value");
    expect(await Promise.all([second, third])).toEqual([
      { value: "value", shared: true },
      { value: "value", shared: true },
    ]);
    expect([listeners(), String(flights)]).toEqual([0, "SingleFlight 0 calls running"]);
  });

  test("can be canceled: a Once is done when the function has returned", async () => {
    const once = new Once();
    const { promise, resolve } = withResolvers<string>();
    const { options, reason, listeners, cancel } = newCanceler();
    const first = once.do(() => promise, options);
    const second = once.do(() => "not called");
    await quiet();
    cancel();
    await expect(first).rejects.toBe(reason());
    expect([String(once), await stateOf(second)]).toEqual(["Once running", "pending"]);
    resolve("value");
    await second;
    expect([listeners(), String(once)]).toEqual([0, "Once done"]);
  });

  test("can be canceled by the function itself", async () => {
    const byFlight = newCanceler();
    await expect(new SingleFlight<string, void>().do("key", () => byFlight.cancel(), byFlight.options)).rejects.toBe(
      byFlight.reason(),
    );
    const byOnce = newCanceler();
    const once = new Once();
    await expect(once.do(() => byOnce.cancel(), byOnce.options)).rejects.toBe(byOnce.reason());
    await once.do(() => undefined);
    expect(String(once)).toBe("Once done");
  });

  // The test fails if there is an unhandled rejection.
  test("and that is canceled drops a later error of the function", async () => {
    const { promise, reject } = withResolvers<never>();
    const { options, reason, cancel } = newCanceler();
    const once = new Once();
    const flights = new SingleFlight<string, never>();
    const callers = [once.do(() => promise, options), flights.do("key", () => promise, options)];
    const other = flights.do("key", () => promise);
    cancel();
    for (const caller of callers) await expect(caller).rejects.toBe(reason());
    const error = new Error("fails");
    reject(error);
    await expect(other).rejects.toBe(error);
    await once.do(() => undefined);
    await quiet();
    expect(String(once)).toBe("Once done");
  });
});

test("a canceled caller of a SingleFlight is not one with which a value is shared", async () => {
  for (const isFirst of [true, false]) {
    const flights = new SingleFlight<string, number>();
    const { promise, resolve } = withResolvers<number>();
    const controller = new AbortController();
    const { signal } = controller;
    const all = [isFirst, !isFirst].map((isCanceled) => flights.do("key", () => promise, isCanceled ? { signal } : {}));
    const outcomes = Promise.allSettled(all);
    await quiet();
    controller.abort();
    await quiet();
    resolve(1);
    expect(await outcomes).toContainEqual({ status: "fulfilled", value: { value: 1, shared: false } });
  }
});

describe("a group under a limit", () => {
  test("of 0 ends its wait when the calls that wait for a slot are canceled, and can change the limit then", async () => {
    const group = new ErrGroup();
    group.setLimit(0);
    const [ctx, cancel] = context.withCancel(context.background());
    const call = group.go(() => undefined, { ctx });
    const wait = group.wait();
    expect(await stateOf(wait)).toBe("pending");
    cancel();
    await expect(call).rejects.toBe(ctx.err());
    await wait;
    group.setLimit(1);
  });

  test("does not give a slot to a call between its cancellation and the listener for that", async () => {
    const group = new ErrGroup();
    group.setLimit(1);
    const [inner, cancel] = context.withCancel(context.background());
    const reason = new Error("reason");
    // Its error is set before its channel is closed.
    const ctx = new (class extends Wrapper {
      isCanceled = false;

      override err(): Error | undefined {
        return this.isCanceled ? reason : undefined;
      }
    })(inner);
    const end = withResolvers<void>();
    await group.go(() => end.promise);
    let isCalled = false;
    const canceled = group.go(() => (isCalled = true), { ctx });
    const next = group.go(() => undefined);
    await quiet();
    ctx.isCanceled = true;
    end.resolve();
    await next;
    expect(await stateOf(canceled)).toBe("pending");
    cancel();
    await expect(canceled).rejects.toBe(reason);
    await group.wait();
    expect(isCalled).toBe(false);
  });

  test("has no result for a function that was not called", async () => {
    const group = new ResultGroup<number>();
    group.setLimit(1);
    const { promise, resolve } = withResolvers<number>();
    const controller = new AbortController();
    const { signal } = controller;
    await group.go(() => promise);
    const canceled = [group.go(() => 2, { signal }), group.go(() => 3, { signal })];
    const last = group.go(() => 4);
    const atEnd = group.go(() => 5, { signal });
    const outcomes = Promise.allSettled([...canceled, atEnd]);
    controller.abort();
    await expect(group.go(() => 6, { signal })).rejects.toBe(signal.reason);
    resolve(1);
    await last;
    expect(await group.wait()).toEqual([1, 4]);
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  });
});
