import { AsyncLocalStorage } from "node:async_hooks";
import { getEventListeners } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { ClearedError, type Context, context, createLimit, type Limit, time } from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { limitIdle, limitTask } from "../../src/runtime/wait-reasons.ts";
import { waitsOn } from "../../src/runtime/cancellation.ts";
import { inBubble, listeners, Wrapper } from "../support/contexts.ts";
import { quiet, stateOf } from "../support/promises.ts";
import { shown } from "../support/shown.ts";

const { background, withCancel, withCancelCause } = context;

/** Tasks that return when the test says so, and the order in which they started. */
class Tasks {
  readonly started: string[] = [];
  readonly #ends = new Map<string, (error?: Error) => void>();

  run(limit: Limit, name: string, options?: Parameters<Limit>[1]): Promise<string> {
    return limit(() => this.task(name), options);
  }

  task(name: string): Promise<string> {
    this.started.push(name);
    return new Promise((resolve, reject) =>
      this.#ends.set(name, (error) => (error === undefined ? resolve(name) : reject(error))),
    );
  }

  async end(name: string, error?: Error): Promise<void> {
    this.#ends.get(name)?.(error);
    await quiet();
  }
}

describe("a limit", () => {
  test("runs as many tasks as its number, and starts the others in the order of their calls", async () => {
    const limit = createLimit(2);
    const tasks = new Tasks();
    const results = ["a", "b", "c", "d"].map((name) => tasks.run(limit, name));
    expect([tasks.started, limit.running, limit.size, limitTask.waiting]).toEqual([[], 2, 2, 2]);
    await quiet();
    expect(tasks.started).toEqual(["a", "b"]);
    await tasks.end("b");
    expect([tasks.started, limit.running, limit.size]).toEqual([["a", "b", "c"], 2, 1]);
    await tasks.end("a");
    await tasks.end("c");
    await tasks.end("d");
    expect(await Promise.all(results)).toEqual(["a", "b", "c", "d"]);
    expect([tasks.started.join(""), limit.running, limit.size, limitTask.waiting]).toEqual(["abcd", 0, 0, 0]);
  });

  test("types the result of each call by its task", async () => {
    const limit = createLimit(1);
    const n: number = await limit(() => 1);
    const s: string = await limit(async () => "s");
    const nested: boolean = await limit(() => Promise.resolve(Promise.resolve(true)));
    expect([n, s, nested]).toEqual([1, "s", true]);
  });

  test("rejects with what the task throws, also synchronously, and releases the slot", async () => {
    const limit = createLimit(1);
    const error = new Error("task");
    await expect(limit(() => Promise.reject(error))).rejects.toBe(error);
    await expect(
      limit(() => {
        throw error;
      }),
    ).rejects.toBe(error);
    expect([limit.running, await limit(() => 3)]).toEqual([0, 3]);
  });

  test("starts tasks of a greater priority first, and equal ones in the order of their calls", async () => {
    const limit = createLimit(1);
    const order: string[] = [];
    const calls = [0, 1, -1, 0, 2, 1, -Infinity].map((priority, i) =>
      limit(async () => void order.push(`${i}:${priority}`), { priority }),
    );
    await Promise.all(calls);
    expect(order).toEqual(["0:0", "4:2", "1:1", "5:1", "3:0", "2:-1", "6:-Infinity"]);
  });

  test("runs a task in the async context of its caller", async () => {
    const storage = new AsyncLocalStorage<number>();
    const limit = createLimit(1);
    const { signal } = new AbortController();
    const calls = [undefined, {}, { priority: 1 }, { signal }, { signal }, undefined].map((options, i) =>
      storage.run(i, () => limit(() => storage.getStore(), options)),
    );
    expect(await Promise.all(calls)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("starts a task although a limit around it is full of tasks that wait for another limit", async () => {
    const outer = createLimit(1);
    const inner = createLimit(1);
    expect(await Promise.all([outer(() => inner(() => 1)), inner(() => 2), outer(() => inner(() => 3))])).toEqual([
      1, 2, 3,
    ]);
  });

  test("prints its state", async () => {
    const limit = createLimit(1);
    const tasks = new Tasks();
    void tasks.run(limit, "a");
    void tasks.run(limit, "b");
    limit.pause();
    const keyed = limit.keyed(1);
    expect([String(limit), String(keyed)]).toEqual([
      "Limit 1/1 running, 1 waiting, paused",
      "KeyedLimit 0/Infinity running, 0 keys",
    ]);
    limit.resume();
    await quiet();
    await tasks.end("a");
    await tasks.end("b");
    expect(String(limit)).toBe("Limit 0/1 running");
  });
});

describe("arguments", () => {
  test.each([0, -1, 1.5, NaN, "2", undefined, null])("%p is not a number of tasks", (n) => {
    const wrong = n as number;
    const problem = `: concurrency must be a whole number, 1 or more, got ${shown(n)}`;
    const limit = createLimit(1);
    expect(() => createLimit(wrong)).toThrow(new RangeError(`createLimit${problem}`));
    expect(() => limit.group(wrong)).toThrow(new RangeError(`limit.group${problem}`));
    expect(() => limit.keyed(wrong)).toThrow(new RangeError(`limit.keyed${problem}`));
    expect(() => (limit.concurrency = wrong)).toThrow(new RangeError(`limit${problem}`));
    expect(limit.concurrency).toBe(1);
  });

  test("each error names the argument and the value, and no slot is taken", async () => {
    const limit = createLimit(1);
    const { signal } = new AbortController();
    const task = (): number => 1;
    const calls: [unknown, unknown, string][] = [
      [1, undefined, "limit: task must be a function, got 1"],
      [
        function* () {},
        undefined,
        "limit: task must not be a generator function, which runs nothing when it is called",
      ],
      [task, 7, "limit: options must be an object, got 7"],
      [task, signal, "limit: options must be an object, got an AbortSignal; an AbortSignal is passed as { signal }"],
      [task, { prio: 1 }, "limit: unknown option prio"],
      [task, { priority: NaN }, "limit: priority must be a number, got NaN"],
      [task, { priority: "1" }, 'limit: priority must be a number, got "1"'],
      [task, { ctx: signal }, "limit: ctx must be a context, got an AbortSignal"],
      [task, { ctx: background(), signal }, "limit: ctx and signal must not both be set"],
    ];
    for (const [f, options, message] of calls) {
      await expect(limit(f as () => number, options as never)).rejects.toThrow(message);
    }
    await expect(limit.onIdle({ timeout: 1 } as never)).rejects.toThrow("limit.onIdle: unknown option timeout");
    await expect(limit.keyed(() => 0)("a", task)).rejects.toThrow("limit.keyed: concurrency must be a whole number");
    await expect(limit.keyed(1)("a", 1 as never)).rejects.toThrow("limit: task must be a function, got 1");
    expect([limit.running, limit.size]).toEqual([0, 0]);
  });
});

describe("cancellation", () => {
  test("a task gets the context of its call, or of its signal, or the background context", async () => {
    const limit = createLimit(1);
    const [ctx] = withCancel(background());
    const value = context.withValue(background(), "key", 1);
    const { signal } = new AbortController();
    const pass = (c: Context): Context => c;
    expect(await limit(pass)).toBe(background());
    expect(await limit(pass, { priority: 1 })).toBe(background());
    expect(await limit(pass, { ctx })).toBe(ctx);
    expect(await limit(pass, { ctx: value })).toBe(value);
    expect(await limit(pass, { signal })).toBe(context.fromSignal(signal));
  });

  test("a call that is canceled already runs nothing", async () => {
    const limit = createLimit(1);
    const [ctx, cancel] = withCancel(background());
    cancel();
    const reason = new Error("gone");
    let calls = 0;
    await expect(limit(() => calls++, { ctx })).rejects.toBe(ctx.err());
    await expect(limit(() => calls++, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(limit.onIdle({ ctx })).rejects.toBe(ctx.err());
    expect([calls, limit.running]).toEqual([0, 0]);
  });

  test.each([0, 1])("a task of priority %d that waits never starts, and leaves nothing", async (priority) => {
    const limit = createLimit(1);
    const tasks = new Tasks();
    const controller = new AbortController();
    const [ctx, cancel] = withCancelCause(background());
    const first = tasks.run(limit, "first");
    const byContext = tasks.run(limit, "ctx", { ctx, priority });
    const bySignal = tasks.run(limit, "signal", { signal: controller.signal, priority });
    const last = tasks.run(limit, "last");
    const outcomes = Promise.allSettled([byContext, bySignal]);
    expect([listeners(ctx), limit.size]).toEqual([1, 3]);
    cancel(new Error("cause"));
    controller.abort(new Error("reason"));
    expect([listeners(ctx), limit.size, limitTask.waiting]).toEqual([0, 1, 1]);
    expect(await outcomes).toMatchObject([{ reason: ctx.err() }, { reason: controller.signal.reason as Error }]);
    await tasks.end("first");
    await tasks.end("last");
    expect(await Promise.all([first, last])).toEqual(["first", "last"]);
    expect(tasks.started).toEqual(["first", "last"]);
  });

  test("a call whose task runs rejects at once, and the task keeps its slot until it returns", async () => {
    const limit = createLimit(1);
    const tasks = new Tasks();
    const [ctx, cancel] = withCancel(background());
    const canceled = tasks.run(limit, "canceled", { ctx });
    const next = tasks.run(limit, "next");
    await quiet();
    cancel();
    await expect(canceled).rejects.toBe(ctx.err());
    expect([tasks.started, limit.running, limit.size]).toEqual([["canceled"], 1, 1]);
    // The error of a task whose caller is gone is not an unhandled rejection.
    await tasks.end("canceled", new Error("late"));
    expect(tasks.started).toEqual(["canceled", "next"]);
    await tasks.end("next");
    expect(await next).toBe("next");
  });

  test("a task whose call is canceled between its turn and its start does not start", async () => {
    for (const isFree of [true, false]) {
      const limit = createLimit(1);
      const tasks = new Tasks();
      const [ctx, cancel] = withCancel(background());
      if (!isFree) void tasks.run(limit, "first");
      await quiet();
      const canceled = tasks.run(limit, "canceled", { ctx });
      const next = tasks.run(limit, "next");
      if (!isFree) {
        void tasks.end("first");
        while (limit.size === 2) await Promise.resolve();
      }
      cancel();
      await expect(canceled).rejects.toBe(ctx.err());
      await quiet();
      expect(tasks.started).toEqual(isFree ? ["next"] : ["first", "next"]);
      await tasks.end("next");
      await next;
      expect([limit.running, limit.size]).toEqual([0, 0]);
    }
  });

  test("leaves no listener when the task has returned", async () => {
    const limit = createLimit(1);
    const [ctx] = withCancel(background());
    const { signal } = new AbortController();
    for (let i = 0; i < 3; i++) {
      await Promise.all([limit(() => i, { ctx }), limit(() => i, { ctx }), limit(() => i, { signal })]);
      await limit.onIdle({ ctx });
      await expect(limit(() => Promise.reject(new Error("fails")), { ctx })).rejects.toThrow("fails");
    }
    await quiet();
    expect([listeners(ctx), getEventListeners(signal, "abort").length]).toEqual([0, 1]);
    expect(waitsOn(signal)).toBe(0);
  });

  test("by a context of the user's whose listener cannot be added, rejects and keeps no slot", async () => {
    class Broken extends Wrapper {
      readonly failure = new Error("no listeners");
      override done(): never {
        throw this.failure;
      }
    }
    const limit = createLimit(1);
    const broken = new Broken(withCancel(background())[0]);
    await expect(limit(() => 1, { ctx: broken })).rejects.toBe(broken.failure);
    expect([limit.running, limit.size]).toEqual([0, 0]);
  });

  test("in a bubble, a deadline ends the call and the context of the task", () =>
    inBubble(async () => {
      const limit = createLimit(1);
      const [ctx] = context.withTimeout(background(), 100);
      const work = (c: Context): Promise<void> => time.sleep(c.deadline() === undefined ? 500 : 1_000);
      const results = await Promise.allSettled([limit(work, { ctx }), limit(work, { ctx }), limit(work)]);
      expect(results).toMatchObject([{ reason: ctx.err() }, { reason: ctx.err() }, { status: "fulfilled" }]);
    }));
});

describe("pause, resume and clear", () => {
  test("a paused limit starts nothing until it is resumed", async () => {
    const limit = createLimit(2);
    const tasks = new Tasks();
    const calls = [tasks.run(limit, "a")];
    limit.pause();
    calls.push(tasks.run(limit, "b"));
    await quiet();
    await tasks.end("a");
    expect([tasks.started, limit.running, limit.size]).toEqual([["a"], 0, 1]);
    const idle = limit.onIdle();
    expect(await stateOf(idle)).toBe("pending");
    limit.resume();
    await quiet();
    await tasks.end("b");
    await idle;
    expect(await Promise.all(calls)).toEqual(["a", "b"]);
  });

  test("isPaused says whether a limit, a group or a limit with keys is paused itself", () => {
    const limit = createLimit(2);
    const group = limit.group(1);
    const keyed = limit.keyed<string>(1);
    const all = [limit, group, keyed];
    expect(all.map(({ isPaused }) => isPaused)).toEqual([false, false, false]);
    for (const paused of all) {
      paused.pause();
      paused.pause();
      expect(all.map(({ isPaused }) => isPaused)).toEqual(all.map((each) => each === paused));
      paused.resume();
      expect(all.map(({ isPaused }) => isPaused)).toEqual([false, false, false]);
    }
    expect(() => Object.assign(limit, { isPaused: true })).toThrow(TypeError);
  });

  test("clear rejects the tasks that wait, in the order of their calls, and no others", async () => {
    const limit = createLimit(1);
    const group = limit.group(1);
    const tasks = new Tasks();
    const rejected: string[] = [];
    const { signal } = new AbortController();
    const running = tasks.run(limit, "running");
    const calls = [
      tasks.run(limit, "plain"),
      tasks.run(group, "group"),
      tasks.run(limit, "urgent", { priority: 1 }),
      tasks.run(group, "signal", { signal }),
    ].map((call, i) => call.catch((error: unknown) => (rejected.push(String(i)), error)));
    expect([limit.size, limit.clear(), limit.clear(), limit.size, group.size]).toEqual([4, 4, 0, 0, 0]);
    const errors = await Promise.all(calls);
    expect(rejected.join("")).toBe("0123");
    expect(errors[0]).toBeInstanceOf(ClearedError);
    expect(errors[0]).toMatchObject({
      name: "ClearedError",
      message: "limit: the task was removed by clear() before it started",
    });
    await tasks.end("running");
    expect([await running, tasks.started.join(), limitTask.waiting]).toEqual(["running", "running", 0]);
    expect(waitsOn(signal)).toBe(0);
  });

  test("clear of a group leaves the tasks of the limit", async () => {
    const limit = createLimit(1);
    const group = limit.group(1);
    const tasks = new Tasks();
    const calls = [tasks.run(limit, "a"), tasks.run(limit, "b")];
    const cleared = expect(tasks.run(group, "c")).rejects.toThrow(ClearedError);
    expect([limit.size, group.clear(), limit.size]).toEqual([2, 1, 1]);
    await cleared;
    await tasks.end("a");
    await tasks.end("b");
    expect(await Promise.all(calls)).toEqual(["a", "b"]);
  });

  test("a greater concurrency starts tasks, and a smaller one waits for running tasks", async () => {
    const limit = createLimit(1);
    const tasks = new Tasks();
    for (const name of "abcde") void tasks.run(limit, name);
    limit.concurrency = 3;
    await quiet();
    expect([tasks.started.join(""), limit.concurrency]).toEqual(["abc", 3]);
    limit.concurrency = 1;
    await tasks.end("a");
    await tasks.end("b");
    expect(tasks.started.join("")).toBe("abc");
    await tasks.end("c");
    expect(tasks.started.join("")).toBe("abcd");
    limit.concurrency = Infinity;
    await quiet();
    expect(tasks.started.join("")).toBe("abcde");
  });
});

describe("onIdle", () => {
  test("waits for running and waiting tasks, also of groups", async () => {
    const limit = createLimit(1);
    const group = limit.group(1);
    const tasks = new Tasks();
    await limit.onIdle();
    void tasks.run(group, "a");
    void tasks.run(group, "b");
    const idle = Promise.all([limit.onIdle(), group.onIdle(), limit.onIdle()]);
    expect(limitIdle.waiting).toBe(3);
    await quiet();
    await tasks.end("a");
    expect(await stateOf(idle)).toBe("pending");
    await tasks.end("b");
    await idle;
    expect(limitIdle.waiting).toBe(0);
  });

  test("resolves when the last waiting task is removed", async () => {
    const limit = createLimit(1);
    limit.pause();
    const [ctx, cancel] = withCancel(background());
    const canceled = limit(() => 1, { ctx }).catch(() => "canceled");
    const idle = limit.onIdle();
    cancel();
    await idle;
    const cleared = limit(() => 1).catch(() => "cleared");
    const again = limit.onIdle();
    limit.clear();
    await again;
    expect([await canceled, await cleared]).toEqual(["canceled", "cleared"]);
  });

  test("can be canceled, and leaves nothing", async () => {
    const limit = createLimit(1);
    const tasks = new Tasks();
    void tasks.run(limit, "a");
    const [ctx, cancel] = withCancel(background());
    const idle = limit.onIdle({ ctx });
    cancel();
    await expect(idle).rejects.toBe(ctx.err());
    expect([limitIdle.waiting, listeners(ctx)]).toEqual([0, 0]);
    await quiet();
    await tasks.end("a");
  });

  test("when the end of the last task and the cancellation meet, the first of them decides", async () => {
    for (const isCanceledFirst of [true, false]) {
      const limit = createLimit(1);
      limit.pause();
      const [ctx, cancel] = withCancel(background());
      const cleared = limit(() => 1).catch(() => "cleared");
      const idle = limit.onIdle({ ctx }).then(
        () => "idle",
        () => "canceled",
      );
      await quiet();
      if (isCanceledFirst) cancel();
      limit.clear();
      cancel();
      expect([await idle, await cleared]).toEqual([isCanceledFirst ? "canceled" : "idle", "cleared"]);
      expect([limitIdle.waiting, listeners(ctx)]).toEqual([0, 0]);
    }
  });
});

describe("groups", () => {
  test("a task takes a slot of the group and of the limit, and holds neither while it waits", async () => {
    const limit = createLimit(3);
    const images = limit.group(1);
    const tasks = new Tasks();
    for (const name of ["i1", "i2", "i3"]) void tasks.run(images, name);
    for (const name of ["p1", "p2", "p3"]) void tasks.run(limit, name);
    await quiet();
    expect(tasks.started).toEqual(["i1", "p1", "p2"]);
    expect([images.running, images.size, limit.running, limit.size]).toEqual([1, 2, 3, 3]);
    await tasks.end("p1");
    // p3 came after i2, which cannot start.
    expect(tasks.started).toEqual(["i1", "p1", "p2", "p3"]);
    await tasks.end("i1");
    expect(tasks.started).toEqual(["i1", "p1", "p2", "p3", "i2"]);
    for (const name of ["p2", "p3", "i2"]) await tasks.end(name);
    await tasks.end("i3");
    await limit.onIdle();
  });

  test("of the tasks that can start, the one that came first does, whatever its group", async () => {
    const limit = createLimit(1);
    const groups = [limit, limit.group(1), limit.group(1).group(1), limit.group(2)] as const;
    const order: number[] = [];
    const calls = Array.from({ length: 40 }, (_, i) => (groups[(i * 7) % 4] as Limit)(async () => void order.push(i)));
    await Promise.all(calls);
    expect(order).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  test("a paused group holds up no other, and its own groups wait with it", async () => {
    const limit = createLimit(1);
    const group = limit.group(5);
    const inner = group.group(5);
    const tasks = new Tasks();
    group.pause();
    void tasks.run(inner, "inner");
    void tasks.run(group, "group");
    void tasks.run(limit, "limit");
    await quiet();
    expect(tasks.started).toEqual(["limit"]);
    group.resume();
    await tasks.end("limit");
    expect(tasks.started).toEqual(["limit", "inner"]);
    await tasks.end("inner");
    await tasks.end("group");
    await limit.onIdle();
  });
});

describe("a keyed limit", () => {
  test("limits the tasks of each key, and of all keys by its parent", async () => {
    const limit = createLimit(3);
    const perHost = limit.keyed<string>((host) => (host === "big" ? 2 : 1));
    const tasks = new Tasks();
    for (const name of ["a1", "a2", "big1", "big2", "big3", "b1"]) {
      void perHost(name.slice(0, -1), () => tasks.task(name));
    }
    await quiet();
    expect(tasks.started).toEqual(["a1", "big1", "big2"]);
    expect([perHost.keys, perHost.running, perHost.size, limit.running]).toEqual([3, 3, 3, 3]);
    await tasks.end("big1");
    expect(tasks.started.at(-1)).toBe("big3");
    await tasks.end("a1");
    expect(tasks.started.at(-1)).toBe("a2");
    for (const name of ["a2", "big2", "big3", "b1"]) await tasks.end(name);
    await perHost.onIdle();
    expect([perHost.keys, limit.running]).toEqual([0, 0]);
  });

  test("compares keys as a Map does", async () => {
    const perKey = createLimit(Infinity).keyed<unknown>(1);
    const tasks = new Tasks();
    void perKey(NaN, () => tasks.task("NaN"));
    void perKey(NaN, () => tasks.task("NaN again"));
    void perKey(0, () => tasks.task("0"));
    void perKey(-0, () => tasks.task("-0"));
    void perKey("0", () => tasks.task("text"));
    void perKey({}, () => tasks.task("object"));
    void perKey({}, () => tasks.task("other object"));
    await quiet();
    expect(tasks.started).toEqual(["NaN", "0", "text", "object", "other object"]);
    for (const name of [...tasks.started, "NaN again", "-0"]) await tasks.end(name);
    expect(perKey.keys).toBe(0);
  });

  test("keeps nothing for a key after a failure, a cancellation or a removal", async () => {
    const perKey = createLimit(1).keyed<number>(1);
    const [ctx, cancel] = withCancel(background());
    await expect(perKey(1, () => Promise.reject(new Error("fails")))).rejects.toThrow("fails");
    perKey.pause();
    const calls = Promise.allSettled([perKey(2, () => 1, { ctx }), perKey(3, () => 1), perKey(4, () => 1)]);
    expect(perKey.keys).toBe(3);
    cancel();
    expect([perKey.keys, perKey.clear(), perKey.keys]).toEqual([2, 2, 0]);
    await expect(perKey(5, () => 1, { ctx })).rejects.toBe(ctx.err());
    expect([perKey.keys, (await calls).length]).toEqual([0, 3]);
  });
});

test("in a bubble, a program that waits for a limit that never frees is deadlocked", async () => {
  await expect(
    bubble(async () => {
      const limit = createLimit(1);
      limit.pause();
      await limit(() => 1);
    }),
  ).rejects.toThrow("limit");
});

test("in a bubble, waitUntilBlocked waits until only waiting tasks are left", () =>
  inBubble(async () => {
    const limit = createLimit(1);
    const calls = [limit(() => time.sleep(10)), limit(() => time.sleep(10))];
    await waitUntilBlocked();
    expect([limit.running, limit.size]).toEqual([1, 1]);
    await Promise.all(calls);
  }));
