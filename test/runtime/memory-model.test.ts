// Guarantees between goroutines: when they start, which writes they see, and what a scope does at its end.

import { AsyncLocalStorage } from "node:async_hooks";
import { availableParallelism } from "node:os";
import { setTimeout as hostTimer } from "node:timers";
import { describe, expect, test } from "@jest/globals";
import { Channel, defer, go, gosched, numCPU, numGoroutine, receive, select, WaitGroup } from "goro";
import { ignoreLeaks } from "goro/testing";
import { capacities, quiet, stateOf } from "../support/promises.ts";
import { shown } from "../support/shown.ts";

describe("go", () => {
  // R63
  test("never starts the function before the calling code ends or awaits", async () => {
    const order: string[] = [];
    go(() => order.push("goroutine"));
    order.push("after go");
    expect(order).toEqual(["after go"]);
    await quiet();
    expect(order).toEqual(["after go", "goroutine"]);
  });

  // R63
  test("evaluates the function and its arguments at the call", async () => {
    const seen: unknown[] = [];
    let f = (...args: unknown[]): unknown => seen.push(...args);
    let x = 1;
    go(f, x, [x]);
    x = 2;
    f = () => seen.push("another");
    await quiet();
    expect(seen).toEqual([1, [1]]);
  });

  // R63
  test("happens before the function starts, which sees all earlier writes", async () => {
    let written = "";
    const seen = new Channel<string>(1);
    written = "before";
    go(() => seen.send(written));
    expect(await seen.receive()).toEqual({ value: "before", ok: true });
  });

  // R63
  test("starts functions in the order of the calls, and those of a goroutine after those of its creator", async () => {
    const order: string[] = [];
    go(() => {
      order.push("1");
      go(() => {
        order.push("1.1");
        go(() => order.push("1.1.1"));
      });
      go(() => order.push("1.2"));
    });
    go(() => order.push("2"));
    await quiet();
    expect(order).toEqual(["1", "2", "1.1", "1.2", "1.1.1"]);
  });

  test("gives a goroutine the async context of its creator", async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const record = (): number => seen.push(context.getStore());
    context.run("one", go, record);
    context.run("two", go, async () => {
      await gosched();
      go(record);
    });
    go(record);
    await quiet();
    expect(seen).toEqual(["one", undefined, "two"]);
  });

  // R63
  test.each([undefined, null, 1, "f", {}, Promise.resolve()])("of %p is a TypeError, and starts no goroutine", (f) => {
    const live = numGoroutine();
    expect(() => go(f as never)).toThrow(new TypeError(`go: f must be a function, got ${shown(f)}`));
    expect(numGoroutine()).toBe(live);
  });
});

test("numGoroutine counts a goroutine from its go to its end, and the main one", async () => {
  const live = numGoroutine();
  expect(live).toBeGreaterThanOrEqual(1);
  const gate = new Channel<void>();
  const wg = new WaitGroup();
  for (let i = 0; i < 5; i++) go(() => gate.receive());
  wg.go(() => gate.receive());
  go(() => undefined);
  expect(numGoroutine()).toBe(live + 7);
  await quiet();
  expect(numGoroutine()).toBe(live + 6);
  await gate.send();
  await quiet();
  expect(numGoroutine()).toBe(live + 5);
  gate.close();
  await wg.wait();
  await quiet();
  expect(numGoroutine()).toBe(live);
});

test("numCPU is the number of processors of the host", () => {
  expect(numCPU()).toBe(availableParallelism());
});

describe("gosched", () => {
  test("lets every other goroutine run until it waits", async () => {
    ignoreLeaks();
    const ran = async (): Promise<{ waiting: number; busy: number }> => {
      const ch = new Channel<number>(100);
      const reached = { waiting: 0, busy: 0 };
      go(async () => {
        await new Channel<void>().receive();
        reached.waiting++;
      });
      go(async () => {
        for (; reached.busy < 20; reached.busy++) await ch.send(reached.busy);
      });
      await gosched();
      return reached;
    };
    // The time slice may end in the middle of a run, but not in every run.
    let reached = await ran();
    for (let tries = 0; tries < 20 && reached.busy < 20; tries++) reached = await ran();
    expect(reached).toEqual({ waiting: 0, busy: 20 });
  });

  test("lets timers fire", async () => {
    let fired = false;
    hostTimer(() => (fired = true), 1);
    while (!fired) await gosched();
  });

  test("alternates between goroutines that call it", async () => {
    const order: string[] = [];
    const wg = new WaitGroup();
    for (const name of ["a", "b"]) {
      wg.go(async () => {
        for (let i = 0; i < 3; i++) {
          order.push(name);
          await gosched();
        }
      });
    }
    await wg.wait();
    expect(order).toEqual(["a", "b", "a", "b", "a", "b"]);
  });
});

describe("happens before", () => {
  // R69
  test("without a buffer, a send does not end before a receive", async () => {
    const ch = new Channel<number>();
    const sent = ch.send(1);
    expect(await stateOf(sent)).toBe("pending");
    await ch.receive();
    await sent;
  });

  // R70
  test.each(capacities)("receive k comes before the end of send k + %d", async (capacity) => {
    const ch = new Channel<number>(capacity);
    const ended = { sends: 0, receives: 0 };
    const wg = new WaitGroup();
    wg.go(async () => {
      for (let i = 0; i < 300; i++) {
        await ch.send(i);
        ended.sends++;
      }
    });
    let maxAhead = 0;
    while (ended.receives < 300) {
      await quiet();
      maxAhead = Math.max(maxAhead, ended.sends - ended.receives);
      if (ch.tryReceive()) ended.receives++;
    }
    expect(maxAhead).toBe(capacity);
    await wg.wait();
  });
});

// R72
test("one close ends a chain of 10,000 goroutines, through selects and range loops", async () => {
  const first = new Channel<number>();
  let from = first;
  for (let i = 0; i < 10_000; i++) {
    const to = new Channel<number>();
    go(
      async (i: number, from: Channel<number>, to: Channel<number>) => {
        if (i % 2 === 0) await select({ from: receive(from), off: receive(null) });
        else for await (const _ of from) throw new Error("an unexpected value");
        to.close();
      },
      i,
      from,
      to,
    );
    from = to;
  }
  await quiet();
  first.close();
  expect(await from.receive()).toEqual({ value: undefined, ok: false });
});

describe("defer", () => {
  const calls: string[] = [];
  const record = (word: string) => (): void => {
    calls.push(word);
  };
  const takeCalls = (): string[] => calls.splice(0);

  test("runs at the end of the block, the last call first, and not before", () => {
    {
      using _1 = defer(record("first"));
      {
        using _2 = defer(record("inner"));
      }
      using _3 = defer(record("last"));
      record("body")();
    }
    record("after")();
    expect(takeCalls()).toEqual(["inner", "body", "last", "first", "after"]);
  });

  test("runs regardless of how the block is left", () => {
    const f = (way: string): string => {
      for (let i = 0; ; i++) {
        using _ = defer(record(`${way} ${i}`));
        if (way === "continue" && i === 0) continue;
        if (way === "return") return way;
        if (way === "throw") throw new Error(way);
        break;
      }
      return "end";
    };
    expect([f("break"), f("continue"), f("return")]).toEqual(["end", "end", "return"]);
    expect(() => f("throw")).toThrow("throw");
    expect(takeCalls()).toEqual(["break 0", "continue 0", "continue 1", "return 0", "throw 0"]);
  });

  test("an error of one deferred function leaves the scope, after the others have run", () => {
    const failing = (): void => {
      using _1 = defer(record("first"));
      using _2 = defer((): void => {
        throw new Error("deferred");
      });
      using _3 = defer(record("last"));
    };
    expect(failing).toThrow("deferred");
    expect(takeCalls()).toEqual(["last", "first"]);
  });

  test("an error of a deferred function does not hide that of the body", () => {
    const failing = (): void => {
      using _ = defer((): void => {
        throw new Error("deferred");
      });
      throw new Error("body");
    };
    let caught: unknown;
    try {
      failing();
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ error: { message: "deferred" }, suppressed: { message: "body" } });
  });

  test("with await using is awaited, each function before the next", async () => {
    const gate = new Channel<void>();
    const f = async (): Promise<void> => {
      await using _1 = defer(async () => record("first")());
      await using _2 = defer(async () => {
        await gate.receive();
        record("last")();
      });
      record("body")();
    };
    const done = f();
    expect(await stateOf(done)).toBe("pending");
    expect(takeCalls()).toEqual(["body"]);
    await gate.send();
    await done;
    expect(takeCalls()).toEqual(["last", "first"]);
  });

  test("with await using a rejection leaves the scope, after the others have run", async () => {
    const f = async (): Promise<void> => {
      using _1 = defer(record("first"));
      await using _2 = defer(async () => {
        await gosched();
        throw new Error("deferred");
      });
    };
    await expect(f()).rejects.toThrow("deferred");
    expect(takeCalls()).toEqual(["first"]);
  });

  test.each([undefined, null, {}, "f"])("of %p is a TypeError", (f) => {
    expect(() => defer(f as never)).toThrow(new TypeError(`defer: f must be a function, got ${shown(f)}`));
  });
});
