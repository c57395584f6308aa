// Bubbles: virtual time, and random choices and scheduling that a seed determines. The tests ported from Go are in
// test/conformance/synctest.test.ts.

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  go,
  gosched,
  main,
  numGoroutine,
  PanicError,
  receive,
  select,
  send,
  time,
  WaitGroup,
} from "goro";
import { ignoreLeaks, bubble, now, waitUntilBlocked } from "goro/testing";
import { waitReasons } from "../../src/runtime/wait-reasons.ts";
import { realClock } from "../../src/runtime/timer.ts";
import { runSource } from "../support/programs.ts";
import { capacities, quiet } from "../support/promises.ts";
import { shown } from "../support/shown.ts";

const epoch = Date.UTC(2000, 0, 1);
const seeds = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Waits for `ms` milliseconds of real time. */
function sleepReal(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Returns the result of `promise`, or "never" if it takes more than 3 seconds of real time. */
async function orNever<R>(promise: Promise<R>): Promise<R | "never"> {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<"never">((resolve) => (timer = setTimeout(resolve, 3000, "never")));
  return await Promise.race([promise, never]).finally(() => clearTimeout(timer));
}

/** Returns the error with which the bubble of `f` fails. Its goroutines never resume: the test does not leak them. */
async function failure(f: () => unknown, seed = 1): Promise<unknown> {
  ignoreLeaks();
  return await bubble(f, { seed }).then(
    (value) => expect(`an error, and not ${String(value)}`).toBe(""),
    (error: unknown) => error,
  );
}

/** Runs a program with workers, selects, timers and contexts that ends with a panic, and returns its log. */
async function record(seed?: number): Promise<string[]> {
  ignoreLeaks();
  const lines: string[] = [];
  const log = (line: string): unknown => lines.push(`${now() - epoch} ${line}`);
  const program = async (): Promise<void> => {
    const jobs = new Channel<number>(2);
    const results = new Channel<string>();
    const [ctx] = context.withTimeout(context.background(), 50);
    const workers = new WaitGroup();
    for (let id = 1; id <= 4; id++) {
      workers.go(async () => {
        for await (const job of jobs) {
          log(`worker ${id} has job ${job}`);
          await time.sleep(1 + (job % 3));
          await results.send(`job ${job} by ${id}`);
        }
      });
    }
    go(async () => {
      for (let job = 0; job < 20; job++) await jobs.send(job);
      jobs.close();
      await workers.wait();
      results.close();
    });
    context.afterFunc(ctx, () => log("the context has ended"));
    time.afterFunc(5, () => log("five"));
    const ticker = new time.Ticker(2);
    let open: Channel<string> | null = results;
    for (;;) {
      const s: { case: string; value?: unknown; ok?: boolean } = await select({
        result: receive(open),
        tick: receive(ticker.c),
        tock: receive(time.after(2)),
        done: receive(ctx.done()),
      });
      log(`${s.case} ${String(s.value)}`);
      if (s.case === "result" && s.ok === false) open = null;
      if (s.case === "done") break;
    }
    for (let i = 0; i < 3; i++) {
      go(async () => {
        await time.sleep(1);
        log(`panic ${i}`);
        throw new Error(`panic of ${i}`);
      });
    }
    await time.sleep(5);
  };
  await bubble(program, seed === undefined ? {} : { seed }).catch((error: unknown) => lines.push(String(error)));
  return lines;
}

// R144
describe("the seed", () => {
  test("determines the complete run, to the last line", async () => {
    const first = await record(7);
    expect(first.length).toBeGreaterThan(70);
    expect(first.at(-1)).toMatch(/^Error: panic of [012]$/);
    for (let i = 1; i < 20; i++) expect(await record(7)).toEqual(first);
  });

  test("determines the run independent of other goroutines and bubbles", async () => {
    const alone = [await record(7), await record(8)];
    let busy = true;
    const ping = new Channel<number>();
    go(async () => {
      while (busy) {
        await ping.send(1);
        await select({ sleep: receive(time.after(1)), default: true });
      }
      ping.close();
    });
    go(async () => {
      for await (const _ of ping) if (Math.random() < 0.1) await sleepReal(1);
    });
    const reading = (async () => {
      while (busy) await readFile(import.meta.filename);
    })();
    const beside = await Promise.all([7, 8, 7, 8, 7, 8].map((seed) => record(seed)));
    busy = false;
    await reading;
    expect(beside).toEqual([...alone, ...alone, ...alone]);
  });

  test("another seed leads to another run", async () => {
    const runs = await Promise.all(seeds(20).map((seed) => record(seed)));
    expect(new Set(runs.map((lines) => lines.join("\n"))).size).toBe(20);
  });

  test("is 1 by default", async () => {
    expect(await record()).toEqual(await record(1));
  });

  test("may be negative or huge", async () => {
    const runs = [-1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER].map((seed) => record(seed));
    const [first, again, ...others] = await Promise.all(runs);
    expect(again).toEqual(first);
    for (const lines of others) expect(lines.at(-1)).toMatch(/^Error: panic of [012]$/);
  });

  test("is read from GORO_SEED if it is not set", async () => {
    const { code, stdout, stderr } = await runSource(
      `
      import { bubble } from "goro/testing";
      import { go, gosched } from "goro";
      async function run(options?: { seed: number }): Promise<string> {
        let order = "";
        await bubble(async () => {
          for (const name of "abcdefghij") go(() => (order += name));
        }, options);
        return order;
      }
      const default42 = await run();
      console.log(default42 === (await run({ seed: 42 })), default42 === (await run({ seed: 1 })));
      delete process.env.GORO_SEED;
      console.log((await run()) === (await run({ seed: 1 })));
      process.env.GORO_SEED = "tuesday";
      console.log(await run().catch(String));
      console.log((await run({ seed: 42 })) === default42);
    `,
      { GORO_SEED: "42" },
    );
    expect(stderr).toBe("");
    expect(stdout).toBe("true false\ntrue\nRangeError: bubble: seed must be a whole number, got NaN\ntrue\n");
    expect(code).toBe(0);
  });
});

// R144
describe("with all seeds", () => {
  // The steps a b c of a goroutine and x y of another can be merged in 10 ways, or in 4 if both wait for the same times.
  test.each<[string, number, () => unknown]>([
    ["gosched", 10, () => gosched()],
    ["a send into a buffer", 10, () => new Channel<number>(1).send(1)],
    ["a receive from a closed channel", 10, () => closed.receive()],
    ["a select with a default", 10, () => select({ default: true })],
    ["a sleep of 0 ms", 10, () => time.sleep(0)],
    ["a sleep until the same time", 4, () => time.sleep(1)],
  ])("all orders of two goroutines are reached that %s allows", async (_, ways, wait) => {
    const orders = new Set<string>();
    for (const seed of seeds(200)) {
      let order = "";
      const steps = (names: string) => async (): Promise<void> => {
        for (const name of names) {
          await wait();
          order += name;
        }
      };
      await bubble(
        async () => {
          const both = new WaitGroup();
          both.go(steps(ways === 4 ? "ab" : "abc"));
          both.go(steps("xy"));
          await both.wait();
        },
        { seed },
      );
      orders.add(order);
    }
    expect(orders.size).toBe(ways);
  });

  test("goroutines start in all orders", async () => {
    const orders = new Set<string>();
    for (const seed of seeds(200)) {
      let order = "";
      await bubble(() => ["a", "b", "c", "d"].forEach((name) => go(() => (order += name))), { seed });
      orders.add(order);
    }
    expect(orders.size).toBe(24);
  });

  test("goroutines that a close wakes resume in all orders", async () => {
    const orders = new Set<string>();
    for (const seed of seeds(100)) {
      let order = "";
      await bubble(
        async () => {
          const ch = new Channel<never>();
          for (const name of "abc") go(() => ch.receive().then(() => (order += name)));
          await waitUntilBlocked();
          ch.close();
        },
        { seed },
      );
      orders.add(order);
    }
    expect(orders.size).toBe(6);
  });

  test("select chooses each of the ready cases equally often", async () => {
    const counts = [0, 0, 0];
    for (const seed of seeds(3)) {
      await bubble(
        async () => {
          for (let i = 0; i < 1000; i++) {
            const s = await select([receive(closed), receive(closed), send(new Channel<number>(1), 1)]);
            counts[s.case] = (counts[s.case] as number) + 1;
          }
        },
        { seed },
      );
    }
    // 8 times the standard deviation of 3,000 draws with probability 1/3.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(207);
  });

  test.each(capacities)("at capacity %d, no value is lost or duplicated among several receivers", async (capacity) => {
    for (const seed of seeds(15)) {
      const received: (readonly [sender: number, value: number])[] = [];
      await bubble(
        async () => {
          const ch = new Channel<readonly [number, number]>(capacity);
          const stop = new Channel<never>();
          const senders = new WaitGroup();
          for (const sender of seeds(3)) {
            senders.go(async () => {
              for (const value of seeds(15)) {
                if (value % 2 === 0) await ch.send([sender, value]);
                else await select({ out: send(ch, [sender, value]), stop: receive(stop) });
              }
            });
          }
          go(async () => {
            for await (const pair of ch) received.push(pair);
          });
          go(async () => {
            for (let s; (s = await select({ in: receive(ch), stop: receive(stop) })).ok;) received.push(s.value);
          });
          await senders.wait();
          ch.close();
        },
        { seed },
      );
      expect(received).toHaveLength(45);
      const bySender = seeds(3).map((sender) => received.filter(([from]) => from === sender).map(([, value]) => value));
      for (const values of bySender) expect(values.sort((a, b) => a - b)).toEqual(seeds(15));
    }
  });

  // R4
  test.each(capacities)(
    "at capacity %d, a single receiver gets the values of each sender in the order of the sends",
    async (capacity) => {
      for (const seed of seeds(15)) {
        const received: string[] = [];
        await bubble(
          async () => {
            const ch = new Channel<string>(capacity);
            const senders = new WaitGroup();
            for (const sender of "abc") {
              senders.go(async () => {
                for (const value of "0123456789") await ch.send(sender + value);
              });
            }
            go(async () => {
              await senders.wait();
              ch.close();
            });
            for await (const value of ch) received.push(value);
          },
          { seed },
        );
        expect(received).toHaveLength(30);
        for (const sender of "abc") {
          expect(received.filter((value) => value.startsWith(sender)).join("")).toBe(
            Array.from("0123456789", (value) => sender + value).join(""),
          );
        }
      }
    },
  );

  // R70
  test("the senders are never ahead of the receiver by more than the capacity", async () => {
    for (const seed of seeds(30)) {
      let sent = 0;
      let taken = 0;
      await bubble(
        async () => {
          const ch = new Channel<number>(2);
          go(async () => {
            for (; sent < 20; sent++) {
              await ch.send(sent);
              expect(sent + 1 - taken).toBeLessThanOrEqual(2);
            }
          });
          while (taken < 20) {
            taken++;
            await ch.receive();
            await gosched();
          }
        },
        { seed },
      );
    }
  });
});

// R144
describe("time", () => {
  test("stands still while a goroutine runs", async () => {
    await bubble(async () => {
      const start = performance.now();
      while (performance.now() - start < 5) await gosched();
      expect(now()).toBe(epoch);
    });
  });

  test.each([0.5, 1, 1.25, time.hour, 2 ** 31, 2 ** 40])("jumps %d ms exactly", async (ms) => {
    await bubble(async () => {
      await time.sleep(ms);
      expect(now()).toBe(epoch + ms);
      await new time.Timer(ms).c.receive();
      expect(now()).toBe(epoch + 2 * ms);
    });
  });

  // R135
  test("expires timers in the order of their times, not in the order in which they were set", async () => {
    const log: number[] = [];
    await bubble(async () => {
      for (const ms of [30, 10, 2 ** 33, 20, 10.5, 0.25]) {
        go(async () => {
          await time.sleep(ms);
          log.push(now() - epoch);
        });
      }
      time.afterFunc(15, () => log.push(now() - epoch));
      log.push(((await time.after(12).receive()).value as number) - epoch);
      await time.sleep(2 ** 34);
    });
    expect(log).toEqual([0.25, 10, 10.5, 12, 15, 20, 30, 2 ** 33]);
  });

  test("passes a thousand hours with a tick each minute", async () => {
    let ticks = 0;
    await bubble(async () => {
      const ticker = new time.Ticker(time.minute);
      const end = epoch + 1000 * time.hour;
      for await (const instant of ticker.c) {
        ticks++;
        if (instant !== epoch + ticks * time.minute || instant !== now()) throw new Error(`${instant} at ${now()}`);
        if (instant >= end) break;
      }
    });
    expect(ticks).toBe(60_000);
  });

  // R139
  test("advances past a slow receiver, which misses ticks", async () => {
    const log: number[] = [];
    await bubble(async () => {
      const ticker = new time.Ticker(10);
      for (let i = 0; i < 3; i++) {
        await time.sleep(35);
        log.push(((await ticker.c.receive()).value as number) - epoch);
      }
    });
    expect(log).toEqual([10, 40, 80]);
  });

  test("never reaches infinity: a sleep without end is a deadlock", async () => {
    const error = (await failure(() => time.sleep(Infinity))) as Error;
    expect(error.message).toContain("goroutine 1 [sleep]:");
  });
});

// R144
describe("now", () => {
  test("is the real time outside of a bubble, also while there is one", async () => {
    const running = bubble(async () => {
      await sleepReal(5);
      await time.sleep(time.hour);
    });
    for (let i = 0; i < 3; i++) {
      const before = Date.now();
      const read = now();
      expect(read).toBeGreaterThanOrEqual(before);
      expect(read).toBeLessThanOrEqual(Date.now());
      await quiet();
    }
    await running;
  });

  test("is the time of the bubble in all callbacks that were started in it", async () => {
    const read: number[] = [];
    const readNow = (): void => void read.push(now());
    await bubble(async () => {
      await time.sleep(5);
      readNow();
      await Promise.resolve().then(readNow);
      await new Promise<void>((resolve) => process.nextTick(resolve)).then(readNow);
      setTimeout(readNow, 1);
      await sleepReal(2);
      go(() => go(readNow));
      time.afterFunc(0, readNow);
      await time.sleep(0.001);
    });
    expect(read).toEqual(Array(6).fill(epoch + 5));
  });
});

// R144
describe("waitUntilBlocked", () => {
  test("waits until all other goroutines are blocked, and no longer", async () => {
    for (const seed of seeds(20)) {
      await bubble(
        async () => {
          const log: string[] = [];
          const ch = new Channel<number>();
          const wg = new WaitGroup();
          wg.add(1);
          go(async () => {
            for (let i = 0; i < 10; i++) await gosched();
            log.push("ran");
            go(async () => {
              await ch.receive();
              log.push("received");
            });
            await wg.wait();
            log.push("released");
          });
          go(async () => {
            await time.sleep(1);
            log.push("slept");
          });
          await waitUntilBlocked();
          expect([log, now()]).toEqual([["ran"], epoch]);
          await waitUntilBlocked();
          expect([log, now()]).toEqual([["ran"], epoch]);
          ch.close();
          await waitUntilBlocked();
          wg.done();
          await waitUntilBlocked();
          expect([log, now()]).toEqual([["ran", "received", "released"], epoch]);
          await time.sleep(1);
          await waitUntilBlocked();
          expect(log.at(-1)).toBe("slept");
        },
        { seed },
      );
    }
  });

  test("resolves all its calls after the other goroutines are blocked", async () => {
    for (const seed of seeds(20)) {
      const log: string[] = [];
      await bubble(
        async () => {
          const ch = new Channel<never>();
          for (const name of "abc") {
            go(async () => {
              await waitUntilBlocked();
              log.push(name);
            });
          }
          go(async () => {
            for (let i = 0; i < 10; i++) await gosched();
            log.push("blocked");
            await ch.receive();
          });
          await Promise.all([waitUntilBlocked(), waitUntilBlocked()]);
          log.push("first");
          await waitUntilBlocked();
          expect(log[0]).toBe("blocked");
          expect([...log].sort()).toEqual(["a", "b", "blocked", "c", "first"]);
          ch.close();
        },
        { seed },
      );
    }
  });

  test("waits for external promises", async () => {
    await bubble(async () => {
      let read = 0;
      go(async () => {
        read = (await readFile(import.meta.filename)).length;
      });
      await waitUntilBlocked();
      expect([read > 1000, now()]).toEqual([true, epoch]);
    });
  });

  test("is refused outside of a bubble, also while there is one", async () => {
    const refused = new PanicError("goroutine is not in a bubble");
    await expect(waitUntilBlocked()).rejects.toEqual(refused);
    const running = bubble(() => sleepReal(2));
    await expect(waitUntilBlocked()).rejects.toBeInstanceOf(PanicError);
    await running;
  });
});

/** The body of a bubble that deadlocks with every seed. */
async function allBlocked(): Promise<void> {
  const ch = new Channel<number>();
  const full = new Channel<number>(1);
  const wg = new WaitGroup();
  wg.add(1);
  go(async function sender() {
    await full.send(1);
    await full.send(2);
  });
  go(function chooser() {
    return select({});
  });
  go(function waiter() {
    return wg.wait();
  });
  go(function pair() {
    return Promise.all([ch.receive(), select([receive(null)])]);
  });
  go(async function ranger() {
    for await (const _ of ch);
  });
  go(() => time.sleep(Infinity));
  go(function gone() {
    void ch.receive();
    go(function orphan() {
      return select({ a: receive(ch), b: receive(null) });
    });
  });
  await time.sleep(1000);
}

const blocked = `
goroutine 2 [chan send]: sender
created by goroutine 1 allBlocked

goroutine 3 [select (no cases)]: chooser
created by goroutine 1 allBlocked

goroutine 4 [sync.WaitGroup.Wait]: waiter
created by goroutine 1 allBlocked

goroutine 5 [chan receive]: pair
created by goroutine 1 allBlocked

goroutine 5 [chan receive (nil chan)]: pair
created by goroutine 1 allBlocked

goroutine 6 [chan receive]: ranger
created by goroutine 1 allBlocked

goroutine 7 [sleep]:
created by goroutine 1 allBlocked

goroutine 8 [chan receive]: gone

goroutine 9 [select]: orphan
created by goroutine 8 gone
`;

// R144, R66
describe("a deadlock", () => {
  test.each(seeds(5))(
    "lists every goroutine with its wait reason, also those that are created later (seed %d)",
    async (seed) => {
      const error = (await failure(async function allBlocked_() {
        await allBlocked();
        await new Channel<number>().receive();
      }, seed)) as Error;
      expect(error).toBeInstanceOf(PanicError);
      expect(error.message).toBe(
        `deadlock: all goroutines in bubble are blocked\n\ngoroutine 1 [chan receive]: allBlocked_\n${blocked.replaceAll("goroutine 1 allBlocked", "goroutine 1 allBlocked_")}`,
      );
    },
  );

  test("lists the remaining goroutines after the first has returned", async () => {
    const error = (await failure(allBlocked)) as Error;
    expect(error).toBeInstanceOf(PanicError);
    expect(error.message.slice(error.message.indexOf("\n") + 1)).toBe(blocked);
  });

  test("is not reported while a timer is pending or a goroutine waits for an external promise", async () => {
    await bubble(async () => {
      const ch = new Channel<number>();
      time.afterFunc(time.hour, async () => {
        await sleepReal(5);
        await ch.send(1);
      });
      expect(await ch.receive()).toEqual({ value: 1, ok: true });
    });
  });
});

// R144, R64
describe("a panic", () => {
  const error = new Error("of the test");
  const boom = (): never => {
    throw error;
  };

  test.each<[string, () => unknown]>([
    ["the first goroutine, at once", boom],
    ["the first goroutine, later", () => time.sleep(1).then(boom)],
    ["a goroutine at once", () => go(boom)],
    ["a goroutine, while others wait", () => (go(() => time.sleep(1).then(boom)), new Channel().receive())],
    ["a goroutine of a WaitGroup", () => new WaitGroup().go(boom)],
    [
      "a goroutine whose result cannot be awaited",
      () => go(() => Object.defineProperty(Promise.resolve(), "constructor", { get: boom })),
    ],
    ["a goroutine whose result is a thenable that throws", () => go(() => ({ then: boom }))],
    ["time.afterFunc", () => (time.afterFunc(1, boom), time.sleep(2))],
    [
      "context.afterFunc",
      () => (context.afterFunc(context.withTimeout(context.background(), 1)[0], boom), time.sleep(2)),
    ],
    ["a main", () => main(boom)],
  ])("in %s rejects the bubble with the same error", async (_, f) => {
    expect(await failure(f)).toBe(error);
  });

  test.each([[undefined], [null], [0], ["text"], [Object.freeze({ then: 1 })]])("may be with %p", async (value) => {
    const panicking = (): never => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the test throws values of any type
      throw value;
    };
    expect(await failure(panicking)).toBe(value);
    expect(await failure(() => go(panicking))).toBe(value);
  });

  test("that the program handles does not reject the bubble", async () => {
    const ch = new Channel<number>();
    ch.close();
    const f = (): Promise<unknown> => ch.send(1).catch((error: unknown) => String(error));
    expect(await bubble(f)).toBe("PanicError: send on closed channel");
  });

  test("ends all goroutines: none resumes afterwards, whatever its wait reason", async () => {
    for (const seed of seeds(10)) {
      const log: string[] = [];
      const outside = new Channel<number>();
      let resolveSoon = (): void => undefined;
      const soon = new Promise<void>((resolve) => (resolveSoon = resolve));
      const run = async (name: string, wait: () => Promise<unknown>): Promise<void> => {
        await wait();
        if (ended) log.push(name);
      };
      let ended = false;
      await failure(async () => {
        go(run, "a sleep", () => time.sleep(1));
        go(run, "a receiver", () => new Channel().receive());
        go(run, "a sender", () => new Channel<number>().send(1));
        go(run, "a channel outside of the bubble", () => outside.receive());
        go(run, "a select", () => select([receive(outside), receive(time.after(1))]));
        go(run, "waitUntilBlocked", () => time.sleep(0.5).then(waitUntilBlocked));
        go(run, "real time, then a sleep", () => soon.then(() => time.sleep(1)));
        go(run, "real time, then gosched", () => soon.then(() => gosched()));
        go(run, "real time, then a send", () => soon.then(() => new Channel<number>(1).send(1)));
        go(run, "real time, then a goroutine", () =>
          soon.then(() => go(run, "the goroutine", () => Promise.resolve())).then(gosched),
        );
        await time.sleep(0.5);
        throw new Error("the end");
      }, seed);
      ended = true;
      resolveSoon();
      outside.close();
      await sleepReal(5);
      await quiet();
      expect(log).toEqual([]);
    }
  });

  test("removes its waiters from the queues of channels outside of the bubble", async () => {
    const ch = new Channel<number>();
    const full = new Channel<string>(1);
    full.trySend("kept");
    await failure(async () => {
      go(() => ch.receive());
      go(() => select([receive(ch), receive(new Channel())]));
      go(() => full.send("lost"));
      for (let i = 0; i < 20; i++) await gosched();
      throw error;
    });
    expect([ch.trySend(1), ch.trySend(2)]).toEqual([false, false]);
    expect([full.tryReceive()?.value, full.tryReceive()]).toEqual(["kept", undefined]);
  });

  test("does not lose values that were sent out of the bubble before", async () => {
    const ch = new Channel<string>();
    const closing = new Channel<never>();
    const got = [orNever(ch.receive()), orNever(closing.receive())];
    await failure(() => {
      ch.trySend("last words");
      closing.close();
      throw error;
    });
    expect(await Promise.all(got)).toEqual([
      { value: "last words", ok: true },
      { value: undefined, ok: false },
    ]);
  });
});

// R144
describe("after a bubble", () => {
  const inUse = (): unknown => ({
    goroutines: numGoroutine(),
    alarms: realClock.size,
    parked: waitReasons.map(({ name, waiting: parked }) => `${name}: ${parked}`),
  });
  const dangle = async (): Promise<void> => {
    const ch = new Channel<number>();
    go(() => ch.receive());
    go(() => ch.receive());
    go(() => time.sleep(time.hour));
    void select([receive(new time.Timer(5).c), send(null, 1)]);
    time.afterFunc(time.hour, () => undefined);
    context.withTimeout(context.background(), time.hour);
    await time.sleep(1);
  };

  test.each<[string, () => unknown]>([
    ["a return", () => time.sleep(1)],
    ["a return that leaves operations behind", () => void select([receive(new Channel())])],
    [
      "a panic",
      async () => {
        await dangle();
        throw new Error("x");
      },
    ],
    [
      "a deadlock",
      async () => {
        await dangle();
        await new Channel().receive();
      },
    ],
    ["the end of a main", () => main(dangle)],
  ])("no goroutine, alarm or waiter remains from %s", async (_, f) => {
    ignoreLeaks();
    const before = inUse();
    for (let i = 0; i < 3; i++) await bubble(f).catch(() => undefined);
    expect(inUse()).toEqual(before);
    await quiet();
    expect(inUse()).toEqual(before);
  });

  test("the clock and the scheduling order are the real ones", async () => {
    await failure(() => {
      throw new Error("x");
    });
    const start = performance.now();
    const order: number[] = [];
    for (const i of seeds(20)) go(() => order.push(i));
    await quiet();
    expect(order).toEqual(seeds(20));
    await time.sleep(10);
    expect(performance.now() - start).toBeGreaterThanOrEqual(9.5);
    const [ctx, cancel] = context.withTimeout(context.background(), 1000);
    expect(ctx.deadline()).toBeGreaterThan(Date.now());
    cancel();
  });
});

// R144
describe("a goroutine outside of a bubble, or in another bubble", () => {
  test("has a separate time and order", async () => {
    const log: string[] = [];
    const start = performance.now();
    const outside = time.sleep(20).then(() => performance.now() - start);
    const body = (name: string, ms: number) => async (): Promise<void> => {
      for (let i = 1; i <= 3; i++) {
        await time.sleep(ms);
        log.push(`${name} ${now() - epoch}`);
        await sleepReal(2);
      }
    };
    await Promise.all([bubble(body("a", time.hour)), bubble(body("b", 1)), bubble(body("c", 0.5))]);
    expect(log.filter((line) => line.startsWith("a"))).toEqual(["a 3600000", "a 7200000", "a 10800000"]);
    expect(log.filter((line) => line.startsWith("b"))).toEqual(["b 1", "b 2", "b 3"]);
    expect(log.filter((line) => line.startsWith("c"))).toEqual(["c 0.5", "c 1", "c 1.5"]);
    expect(await outside).toBeGreaterThanOrEqual(19.5);
  });

  test("continues when another bubble fails", async () => {
    const running = bubble(async () => {
      await sleepReal(5);
      await time.sleep(time.hour);
      await waitUntilBlocked();
      return now();
    });
    await failure(() => new Channel().receive());
    await failure(() => {
      throw new Error("x");
    });
    expect(await running).toBe(epoch + time.hour);
  });

  test("does not sleep longer because a bubble has waited in real time", async () => {
    const timer = new time.Timer(5);
    const sleep = time.sleep(30);
    let end = (): void => undefined;
    const beside = bubble(() => new Promise<void>((resolve) => (end = resolve)));
    await bubble(async () => {
      go(() => timer.c.receive());
      await sleepReal(15);
    });
    const slept = await orNever(sleep);
    end();
    await beside;
    expect(slept).toBeUndefined();
  });

  test("does not join a bubble that has waited in real time", async () => {
    const timer = new time.Timer(5);
    const [ctx, cancel] = context.withTimeout(context.background(), 20);
    const aborted = new Promise<number>((resolve) => ctx.signal.addEventListener("abort", () => resolve(now())));
    await bubble(async () => {
      go(() => timer.c.receive());
      await sleepReal(10);
    });
    expect(await aborted).toBeGreaterThan(epoch + 20 * 365 * 24 * time.hour);
    cancel();
  });

  test("can exchange values with a bubble", async () => {
    const questions = new Channel<number>();
    const answers = new Channel<string>();
    go(async () => {
      for await (const question of questions) await answers.send(`${question} at ${now() > epoch + time.hour}`);
      answers.close();
    });
    const got: unknown[] = [];
    await bubble(async () => {
      for (let i = 0; i < 3; i++) {
        await questions.send(i);
        // Also waits in real time.
        const [{ value }] = await Promise.all([answers.receive(), sleepReal(2)]);
        got.push(value, now() - epoch);
      }
      questions.close();
    });
    expect(got).toEqual(["0 at true", 0, "1 at true", 0, "2 at true", 0]);
  });

  test("keeps the time of its bubble when two bubbles share a channel", async () => {
    const ch = new Channel<number>(1);
    const [, instants] = await Promise.all([
      bubble(async () => {
        for (let i = 0; i < 3; i++) {
          await time.sleep(time.hour);
          await ch.send(i);
          await sleepReal(2);
        }
        ch.close();
      }),
      bubble(async () => {
        const instants: number[] = [];
        for (;;) {
          const received = ch.tryReceive();
          if (received?.ok === false) break;
          if (received !== undefined) instants.push(now() - epoch);
          await sleepReal(1);
        }
        return instants;
      }),
    ]);
    expect(instants).toEqual([0, 0, 0]);
  });
});

// R144
describe("a call", () => {
  test("from within a bubble is refused, and the bubble continues", async () => {
    await bubble(async () => {
      const refused = expect.objectContaining({ name: "PanicError", message: "bubble called from within a bubble" });
      await expect(bubble(() => 1)).rejects.toEqual(refused);
      const later = new Promise((resolve) => setTimeout(() => resolve(bubble(() => 1)), 1));
      await expect(later).rejects.toEqual(refused);
      await time.sleep(1000);
      expect(now()).toBe(epoch + 1000);
    });
    expect(await bubble(() => 1)).toBe(1);
  });

  test.each([NaN, 1.5, Infinity, 2 ** 53, "x", "1", true, 1n])("with the seed %p is refused", async (seed) => {
    let ran = false;
    const call = bubble(() => (ran = true), { seed: seed as number });
    await expect(call).rejects.toEqual(new RangeError(`bubble: seed must be a whole number, got ${shown(seed)}`));
    expect(ran).toBe(false);
  });

  test.each([undefined, null, "x", {}])("with %p as the function is refused", async (f) => {
    const call = bubble(f as () => unknown);
    await expect(call).rejects.toEqual(new TypeError(`bubble: f must be a function, got ${shown(f)}`));
  });

  test.each<[string, () => unknown, unknown]>([
    ["a value", () => 7, 7],
    ["undefined", () => undefined, undefined],
    ["null", () => Promise.resolve(null), null],
    ["the value of a promise", async () => (await time.sleep(1), "late"), "late"],
    ["the value of a thenable", () => ({ then: (resolve: (value: number) => void) => resolve(8) }), 8],
  ])("answers %s", async (_, f, value) => {
    expect(await bubble(f)).toBe(value);
  });

  test("resolves only after all goroutines have exited", async () => {
    let ended = 0;
    const value = await bubble(() => {
      const ch = new Channel<number>();
      go(async () => {
        await gosched();
        await ch.send(1);
        ended++;
      });
      go(async () => {
        await ch.receive();
        await sleepReal(2);
        ended++;
      });
      return "early";
    });
    expect([value, ended]).toEqual(["early", 2]);
  });
});

// R144
describe("an external promise in a bubble", () => {
  let server: Server;
  let url = "";

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === "/answer") response.end("hello");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test("is waited for, without virtual time passing", async () => {
    await bubble(async () => {
      const text = new Channel<string>();
      go(async () => text.send(await (await fetch(`${url}/answer`)).text()));
      expect(await text.receive()).toEqual({ value: "hello", ok: true });
      expect(await readFile(import.meta.filename, "utf8")).toContain("without virtual time");
      await sleepReal(5);
      expect(now()).toBe(epoch);
    });
  });

  test("takes real time, in which a virtual timeout expires after its real duration", async () => {
    const start = performance.now();
    await bubble(async () => {
      const log: string[] = [];
      go(async () => {
        for (const ms of [20, 15]) {
          await time.sleep(ms);
          log.push(`${now() - epoch}`);
        }
      });
      const [ctx, cancel] = context.withTimeout(context.background(), 50);
      const error = await fetch(`${url}/never`, { signal: ctx.signal }).catch((error: unknown) => error);
      expect(error).toBe(context.cause(ctx));
      expect(ctx.err()).toBeInstanceOf(context.DeadlineExceeded);
      expect(now()).toBe(epoch + 50);
      expect(log).toEqual(["20", "35"]);
      cancel();
    });
    expect(performance.now() - start).toBeGreaterThanOrEqual(49);
  });

  test("settles before a long timeout, without virtual time passing", async () => {
    await bubble(async () => {
      const [ctx, cancel] = context.withTimeout(context.background(), time.hour);
      expect((await fetch(`${url}/answer`, { signal: ctx.signal })).ok).toBe(true);
      expect([ctx.err(), now()]).toEqual([undefined, epoch]);
      cancel();
    });
  });

  test("may be awaited before a timer is set", async () => {
    await bubble(async () => {
      await sleepReal(2);
      const [ctx] = context.withTimeout(context.background(), 10);
      const aborted = new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      expect(await orNever(aborted.then(() => now()))).toBe(epoch + 10);
    });
  });

  test("may be awaited while a timer without a waiter expires", async () => {
    await bubble(async () => {
      context.withTimeout(context.background(), 5);
      const slept = new Promise<number>((resolve) =>
        go(async () => {
          await time.sleep(10);
          resolve(now());
        }),
      );
      expect(await orNever(slept)).toBe(epoch + 10);
    });
  });

  test("does not shorten a timeout that is set after it", async () => {
    await bubble(async () => {
      await sleepReal(40);
      const start = performance.now();
      const [ctx] = context.withTimeout(context.background(), 20);
      // A goroutine waits, so that the bubble reads the clock.
      await gosched();
      if (ctx.err() === undefined) await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      expect(performance.now() - start).toBeGreaterThanOrEqual(19);
    });
  });

  test("may be a timer that was created outside, which stays in real time", async () => {
    const timer = new time.Timer(10);
    const [ctx, cancel] = context.withTimeout(context.background(), 15);
    const start = performance.now();
    await bubble(async () => {
      await time.sleep(time.hour);
      const early = timer.c.tryReceive();
      // On a busy machine, this much real time may have passed.
      if (performance.now() - start < 8) expect([early, ctx.err()]).toEqual([undefined, undefined]);
      if (ctx.err() === undefined) await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      expect((early ?? timer.c.tryReceive())?.ok).toBe(true);
      expect(now()).toBe(epoch + time.hour);
    });
    expect(performance.now() - start).toBeGreaterThanOrEqual(14);
    cancel();
  });

  test("may depend on a real deadline, which is far from the virtual time", async () => {
    await bubble(async () => {
      const [byTimeout] = context.withTimeout(context.background(), 50);
      const [byDeadline] = context.withDeadline(context.background(), new Date(epoch + 60));
      const [past] = context.withDeadline(context.background(), epoch);
      const [real, cancel] = context.withDeadline(context.background(), Date.now());
      expect([byTimeout.deadline(), byDeadline.deadline()]).toEqual([epoch + 50, epoch + 60]);
      expect(past.err()).toBeInstanceOf(context.DeadlineExceeded);
      await byDeadline.done().receive();
      expect([now(), byTimeout.err() !== undefined, real.err()]).toEqual([epoch + 60, true, undefined]);
      cancel();
    });
  });
});

// R144, R65
describe("main in a bubble", () => {
  test("ends the bubble when it returns, and the process continues", async () => {
    ignoreLeaks();
    const log: string[] = [];
    const value = await bubble(() => {
      main(async () => {
        go(async () => {
          await time.sleep(10);
          log.push("never");
        });
        await time.sleep(5);
        log.push(`main at ${now() - epoch}`);
      });
      log.push("called");
      return "of the caller";
    });
    await quiet();
    expect([value, log]).toEqual([undefined, ["called", "main at 5"]]);
  });

  test("can deadlock", async () => {
    const error = (await failure(() => main(() => new Channel().receive()))) as Error;
    expect(error.message).toContain("\n\ngoroutine 2 [chan receive]:\n");
  });

  test("is the only main of its bubble", async () => {
    const other = new PanicError("main: another main is running");
    const twice = (): void => {
      main(() => time.sleep(1));
      main(() => time.sleep(1));
    };
    expect(await failure(twice)).toEqual(other);
    const once = (): void => main(() => time.sleep(1));
    await Promise.all([bubble(once), bubble(once)]);
  });
});

// R144
describe("in a separate process", () => {
  test.concurrent("a bubble that fails does not end the process, and causes no warning", async () => {
    const { code, stdout, stderr } = await runSource(`
      import { Channel, go, main, select, time } from "goro";
      import { bubble, waitUntilBlocked } from "goro/testing";
      const outcomes = new Set<string>();
      for (let seed = 0; seed < 20; seed++) {
        const several = bubble(async () => {
          for (const name of ["a", "b", "c"]) {
            go(async () => {
              await time.sleep(1);
              throw new Error(name);
            });
          }
          await new Channel().receive();
        }, { seed });
        outcomes.add(await several.catch((error: Error) => error.message));
      }
      console.log([...outcomes].sort().join());
      console.log(await bubble(() => select({})).catch((error: Error) => error.name));
      await bubble(() => main(() => (go(() => time.sleep(1)), waitUntilBlocked())));
      console.log("the end");
    `);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "a,b,c\nPanicError\nthe end\n", stderr: "" });
  });

  test.concurrent(
    "a main can run a bubble, and the deadlock of that main does not list goroutines of the bubble",
    async () => {
      const { code, stdout, stderr } = await runSource(
        `
      import { Channel, go, main, time } from "goro";
      import { bubble } from "goro/testing";
      main(async function outside() {
        console.log(await bubble(async () => (await time.sleep(1), "value")));
        const failed = await bubble(function inside() {
          go(function stuck() { return new Channel<number>().send(1); });
          return new Channel().receive();
        }).catch((error: Error) => error.message);
        console.log(failed);
        await new Channel().receive();
      });
    `,
        { GORO_DEBUG: "1" },
      );
      const short = (text: string): string =>
        text.replaceAll(/at (?:async )?(?:(\S+) )?\(?[^\s(]*main\.ts:(\d+):\d+\)?/g, "at $1 line $2");
      expect(short(stdout)).toBe(`value
deadlock: all goroutines in bubble are blocked

goroutine 1 [chan receive]: inside
\tat inside line 8

goroutine 2 [chan send]: stuck
\tat stuck line 7
created by goroutine 1 inside
\tat inside line 7

`);
      expect(short(stderr)).toBe(`fatal error: all goroutines are asleep - deadlock!

goroutine 1 [chan receive]: outside
\tat outside line 11
`);
      expect(code).toBe(2);
    },
  );
});

const closed = new Channel<never>();
closed.close();

test("a goroutine that panics and a goroutine that resumes after the end are counted once", async () => {
  const before = numGoroutine();
  let resumeLate = (): void => undefined;
  const promise = new Promise<void>((resolve) => (resumeLate = resolve));
  const failing = bubble(async () => {
    go(async () => {
      await promise;
    });
    go(async () => {
      await time.sleep(1);
      throw new Error("boom");
    });
    await new Channel().receive();
  });
  await expect(failing).rejects.toThrow("boom");
  expect(numGoroutine()).toBe(before);
  resumeLate();
  await gosched();
  expect(numGoroutine()).toBe(before);
});
