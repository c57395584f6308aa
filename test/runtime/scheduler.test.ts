import { readFile } from "node:fs/promises";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Channel, go, gosched, Mutex, PanicError, receive, select, send, time, WaitGroup } from "goro";
import { resolveFairly, resolved, resolvedWith } from "../../src/runtime/scheduler.ts";
import { addHooks } from "../../src/runtime/hooks.ts";
import { countTurns } from "../support/promises.ts";
import { replace } from "../support/replace.ts";

/** An endless loop, which runs until `isOver()`. */
type Loop = (isOver: () => boolean) => Promise<void>;

async function pingPong(isOver: () => boolean): Promise<void> {
  const ping = new Channel<number>();
  const pong = new Channel<number>();
  go(async () => {
    for await (const ball of ping) await pong.send(ball);
  });
  while (!isOver()) {
    await ping.send(1);
    await pong.receive();
  }
  ping.close();
}

async function buffered(isOver: () => boolean): Promise<void> {
  const ch = new Channel<number>(1);
  while (!isOver()) {
    await ch.send(1);
    await ch.receive();
  }
}

// Only wake-ups: each receiver has parked before the other goroutine sends.
async function wakeUps(isOver: () => boolean): Promise<void> {
  const ping = new Channel<number>(1);
  const pong = new Channel<number>(1);
  go(async () => {
    while ((await ping.receive()).ok) pong.trySend(1);
  });
  while (!isOver()) {
    ping.trySend(1);
    await pong.receive();
  }
  ping.close();
}

async function readySelect(isOver: () => boolean): Promise<void> {
  const ch = new Channel<number>(1);
  while (!isOver()) await select({ in: receive(ch), out: send(ch, 1) });
}

async function parkedSelect(isOver: () => boolean): Promise<void> {
  const ping = new Channel<number>();
  const never = new Channel<number>();
  go(async () => {
    for await (const _ of ping);
  });
  while (!isOver()) await select({ out: send(ping, 1), never: receive(never) });
  ping.close();
}

async function filledRange(isOver: () => boolean): Promise<void> {
  const ch = new Channel<number>(4);
  ch.trySend(1);
  for await (const value of ch) {
    if (isOver()) return;
    ch.trySend(value);
  }
}

async function defaultSelect(isOver: () => boolean): Promise<void> {
  const ch = new Channel<number>();
  while (!isOver()) await select({ in: receive(ch), default: true });
}

async function emptyWait(isOver: () => boolean): Promise<void> {
  const wg = new WaitGroup();
  while (!isOver()) await wg.wait();
}

async function wokenWait(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const wg = new WaitGroup();
    wg.add(1);
    go(() => wg.done());
    await wg.wait();
  }
}

async function yielding(isOver: () => boolean): Promise<void> {
  while (!isOver()) await gosched();
}

async function noSleep(isOver: () => boolean): Promise<void> {
  while (!isOver()) await time.sleep(0);
}

function generations(isOver: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const next = (): void => {
      if (isOver()) resolve();
      else go(next);
    };
    go(next);
  });
}

async function closedReceive(isOver: () => boolean): Promise<void> {
  const ch = new Channel<number>();
  ch.close();
  while (!isOver()) await ch.receive();
}

async function failingSend(isOver: () => boolean): Promise<void> {
  const ch = new Channel<number>();
  ch.close();
  while (!isOver()) await ch.send(1).catch(() => undefined);
}

async function failingSelect(isOver: () => boolean): Promise<void> {
  const ch = new Channel<number>();
  ch.close();
  while (!isOver()) await select({ out: send(ch, 1) }).catch(() => undefined);
}

function burn(ms: number): void {
  const start = performance.now();
  while (performance.now() - start < ms);
}

const loops: readonly (readonly [string, Loop])[] = [
  ["a ping-pong over unbuffered channels", pingPong],
  ["sends to and receives from a buffer", buffered],
  ["goroutines that trySend to each other and await receive", wakeUps],
  ["selects with a ready case", readySelect],
  ["selects that wait", parkedSelect],
  ["a range over a channel that is kept full", filledRange],
  ["selects with a default", defaultSelect],
  ["waits for an empty group", emptyWait],
  ["waits for a group of one", wokenWait],
  ["gosched", yielding],
  ["sleeps of 0 ms", noSleep],
  ["goroutines that start each other", generations],
  ["receives from a closed channel", closedReceive],
  ["sends to a closed channel", failingSend],
  ["selects of a send to a closed channel", failingSelect],
];

test.each(loops)("%s let timers, immediates and file operations run", async (_, loop) => {
  const happened = new Set<string>();
  setTimeout(() => happened.add("timer"), 10);
  setImmediate(() => happened.add("immediate"));
  const file = readFile(fileURLToPath(import.meta.url)).then(() => happened.add("file"));

  const start = performance.now();
  let rounds = 0;
  await loop(() => ++rounds % 64 === 0 && (happened.size === 3 || performance.now() - start > 3000));
  expect([...happened].sort()).toEqual(["file", "immediate", "timer"]);
  await file;
});

test("most operations that finish at once cost no turn", async () => {
  const operations = 20_000;
  const ch = new Channel<number>(1);
  const turns = countTurns();
  for (let i = 0; i < operations / 2; i++) {
    await ch.send(i);
    await ch.receive();
  }
  expect(turns()).toBeLessThan(operations / 10);
});

/** Reports whether `promise` fulfills before the next turn of the event loop. */
async function isOverAtOnce(promise: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  void promise.then(() => (isOver = true));
  for (let rounds = 0; rounds < 100 && !isOver; rounds++) await Promise.resolve();
  return isOver;
}

// 1.24: a slice is working time, not elapsed time.
describe("a call of lock on a free lock does not wait for a turn", () => {
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

  test("in a timer, after a pause", async () => {
    const mutex = new Mutex();
    const atOnce: boolean[] = [];
    for (let i = 0; i < 20; i++) {
      await pause();
      atOnce.push(await isOverAtOnce(mutex.lock()));
      mutex.unlock();
    }
    expect(atOnce).toEqual(new Array<boolean>(20).fill(true));
  });

  test("in a request after a pause, although goroutines have slept in between", async () => {
    const mutex = new Mutex();
    const atOnce: boolean[] = [];
    const server = createServer((_, response) => {
      void (async () => {
        atOnce.push(await isOverAtOnce(mutex.lock()));
        await time.sleep(1);
        mutex.unlock();
        await time.sleep(1);
        response.end();
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const agent = new Agent({ keepAlive: true });
    for (let i = 0; i < 20; i++) {
      await pause();
      await new Promise<void>((resolve) => {
        get({ port, host: "127.0.0.1", agent }, (response) => response.resume().on("end", resolve));
      });
    }
    agent.destroy();
    await new Promise((resolve) => server.close(resolve));
    expect(atOnce).toEqual(new Array<boolean>(20).fill(true));
  });
});

// Uses the slice up. While the scheduler is open, all calls without a result get the same promise.
function exhaustSlice(scheduler: Pick<Scheduler, "resolved"> = { resolved }): void {
  void scheduler.resolved();
  burn(5);
  while (scheduler.resolved() === scheduler.resolved()) burn(0.1);
}

describe("a closed scheduler", () => {
  test("resolves nothing before the next turn", async () => {
    exhaustSlice();
    const turn = gosched();
    const results: string[] = [];
    resolveFairly((result: string) => results.push(result), "woken");
    void resolved().then(() => results.push("done"));
    void resolvedWith({ value: "result" }).then(({ value }) => results.push(value));
    for (let i = 0; i < 1000; i++) await Promise.resolve();
    expect(results).toEqual([]);
    await turn;
    await gosched();
    expect(results).toEqual(["woken", "done", "result"]);
  });

  test("keeps the order of operations that waited and operations that did not wait", async () => {
    const order: string[] = [];
    const ch = new Channel<number>();
    const full = new Channel<number>(8);
    const closed = new Channel<number>();
    const wg = new WaitGroup();
    wg.add(1);
    const log = (name: string) => (): void => void order.push(name);

    void ch.receive().then(log("parked receive"));
    void select({ in: receive(ch) }).then(log("parked select"));
    void closed.send(1).catch(log("parked send"));
    void wg.wait().then(log("parked wait"));

    exhaustSlice();
    void full.send(1).then(log("send"));
    ch.trySend(1);
    void full.receive().then(log("receive"));
    closed.close();
    void select({ out: send(full, 1) }).then(log("select"));
    ch.trySend(2);
    go(log("go"));
    wg.done();
    void time.sleep(0).then(log("sleep"));
    expect(order).toEqual([]);

    await gosched();
    await gosched();
    // A goroutine may need a microtask to start, and a failure needs some to reach its `catch`: only the other operations are in order.
    const late = new Set(["go", "parked send"]);
    expect(order.filter((name) => !late.has(name))).toEqual([
      "send",
      "parked receive",
      "receive",
      "select",
      "parked select",
      "parked wait",
      "sleep",
    ]);
    expect(new Set(order)).toEqual(new Set([...order.filter((name) => !late.has(name)), ...late]));
  });

  // R28
  test("resumes 1,000 receivers that are woken over several slices in their order", async () => {
    const ch = new Channel<number>();
    const woken: number[] = [];
    for (let i = 0; i < 1000; i++) {
      void ch.receive().then(({ value }) => woken.push(value as number));
    }
    const turns = countTurns();
    for (let i = 0; i < 1000; i++) {
      ch.trySend(i);
      burn(0.02);
      // Some receivers are woken between two turns, and some together.
      if (i % 7 === 0) await Promise.resolve();
      if (i % 250 === 249) await gosched();
    }
    await gosched();
    expect(turns()).toBeGreaterThanOrEqual(4);
    expect(woken).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  test("delays a failure and does not lose it", async () => {
    const ch = new Channel<number>();
    const failures: unknown[] = [];
    const sent = ch.send(1).catch((error: unknown) => failures.push(error));
    exhaustSlice();
    const turn = gosched();
    ch.close();
    for (let i = 0; i < 100; i++) await Promise.resolve();
    expect(failures).toEqual([]);
    await turn;
    await sent;
    expect(failures).toEqual([new PanicError("send on closed channel")]);
  });
});

describe("at a channel with a buffer", () => {
  /** Returns how many operations park while `n` values pass through a channel with `capacity`. */
  async function parks(capacity: number, n: number): Promise<number> {
    let parked = 0;
    const ignore = (): void => undefined;
    const stop = addHooks({
      go: ignore,
      run: (_, start) => start(),
      end: ignore,
      block: () => parked++,
      unblock: ignore,
    });
    const ch = new Channel<number>(capacity);
    go(async () => {
      for (let i = 0; i < n; i++) await ch.send(i);
      ch.close();
    });
    for (let i = 0; i < n; i++) await ch.receive();
    stop();
    return parked;
  }

  test("sender and receiver do not alternate with every value", async () => {
    expect(await parks(100, 10_000)).toBeLessThan(1_000);
    expect(await parks(0, 10_000)).toBeGreaterThan(9_000);
  });

  test.each<[string, (ch: Channel<number>) => Promise<unknown>, (ch: Channel<number>) => unknown]>([
    ["receives", (ch) => ch.receive(), (ch) => ch.trySend(1)],
    ["ranges", (ch) => ch[Symbol.asyncIterator]().next(), (ch) => ch.trySend(1)],
    ["selects", (ch) => select({ ch: receive(ch) }), (ch) => ch.trySend(1)],
    ["sends", (ch) => (ch.trySend(0), ch.send(1)), (ch) => ch.tryReceive()],
    ["selects a send", (ch) => (ch.trySend(0), select({ ch: send(ch, 1) })), (ch) => ch.tryReceive()],
  ])("a goroutine that %s and is woken resumes eventually, even if others are busy", async (_, wait, wake) => {
    const ch = new Channel<number>(1);
    let isResumed = false;
    const waiting = wait(ch).then(() => (isResumed = true));
    await gosched();
    const busy = new Channel<number>(1);
    wake(ch);
    let steps = 0;
    for (; !isResumed && steps < 1_000; steps++) {
      await busy.send(1);
      await busy.receive();
    }
    expect(steps).toBeLessThan(20);
    await waiting;
  });
});

interface Scheduler {
  resolveFairly<R>(resolve: (result: R) => void, result: R, world?: undefined, isDeferred?: boolean): void;
  rejectFairly(resolve: (result: never) => void, error: Error): void;
  resolved(): Promise<void>;
  nextMacrotask(): Promise<void>;
}

// A separate scheduler in a host of the test: a query in the URL loads a new copy of the module, which saves the functions of the host.
describe("the scheduler", () => {
  let copies = 0;
  let clockTime = 0;
  let loopCount: number | undefined = 0;
  let clockReads = 0;
  let isRefed = false;
  const turns: (() => void)[] = [];
  const results: number[] = [];
  const resolve = (result: number): void => void results.push(result);

  beforeEach(() => {
    clockTime = 100;
    loopCount = 0;
    clockReads = 0;
    turns.length = 0;
    results.length = 0;
  });

  /** Returns a scheduler whose turns are taken from `turns`. Its clock shows `clockTime`, permanently, or with `isFake` during the import. */
  async function newScheduler(isFake: boolean = false): Promise<Scheduler> {
    jest.unstable_mockModule("../../src/runtime/macrotask.ts", () => ({
      nextTurn(run: () => void) {
        turns.push(run);
        isRefed = true;
        return {
          ref: () => (isRefed = true),
          unref: () => (isRefed = false),
        };
      },
    }));
    const restore = replace(globalThis, "performance", {
      now() {
        clockReads++;
        return clockTime;
      },
      get nodeTiming() {
        return { uvMetricsInfo: { loopCount } };
      },
    } as never);
    restores.push(restore);
    try {
      const path = "../../src/runtime/scheduler.ts";
      return (await import(`${path}?${++copies}`)) as Scheduler;
    } finally {
      jest.unstable_unmockModule("../../src/runtime/macrotask.ts");
      if (isFake) restore();
    }
  }

  const restores: (() => void)[] = [];

  afterEach(() => {
    for (const restore of restores.splice(0)) restore();
  });

  function close(scheduler: Scheduler): void {
    void scheduler.resolved();
    clockTime += 4;
    while (scheduler.resolved() === scheduler.resolved());
  }

  /** Simulates a turn of the event loop. */
  function takeTurn(): void {
    loopCount = loopCount === undefined ? undefined : loopCount + 1;
    isRefed = false;
    turns.shift()?.();
  }

  /** Passes `n` operations to the scheduler. */
  function passMany(scheduler: Scheduler, n: number): void {
    for (let i = 0; i < n; i++) scheduler.resolveFairly(resolve, i);
  }

  test("resolves at once while the slice lasts, and has requested the next turn, which does not keep the process alive", async () => {
    const scheduler = await newScheduler();
    expect(turns.length).toBe(0);
    passMany(scheduler, 10);
    clockTime += 3.9;
    passMany(scheduler, 1000);
    expect(results.length).toBe(1010);
    expect({ turns: turns.length, isRefed }).toEqual({ turns: 1, isRefed: false });
  });

  test("is closed after 4 ms, until the requested turn resolves all operations in their order", async () => {
    const scheduler = await newScheduler();
    passMany(scheduler, 1);
    results.length = 0;
    clockTime += 4;
    passMany(scheduler, 100);
    expect(results).toEqual([]);
    expect({ turns: turns.length, isRefed }).toEqual({ turns: 1, isRefed: true });
    takeTurn();
    expect(results).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test("begins a new slice with every turn, even if the turn is late", async () => {
    const scheduler = await newScheduler();
    for (let slice = 1; slice <= 5; slice++) {
      passMany(scheduler, 1);
      clockTime += 4;
      passMany(scheduler, 100);
      clockTime += 50;
      expect(results.length).toBe(202 * (slice - 1) + 1);
      takeTurn();
      passMany(scheduler, 101);
      expect(results.length).toBe(202 * slice);
      takeTurn();
    }
  });

  // C27
  test.each([4, 10, 10_000])("does not delay an operation after %d ms of idleness", async (pause) => {
    const scheduler = await newScheduler();
    for (let again = 0; again < 100; again++) {
      passMany(scheduler, 50);
      expect(results.length).toBe(50 * (again + 1));
      takeTurn();
      clockTime += pause;
    }
  });

  // C27: Node runs immediates only after the I/O of the current turn.
  test("does not delay an operation if the event loop has turned, although the requested turn has not come", async () => {
    const scheduler = await newScheduler();
    for (let again = 1; again <= 10; again++) {
      passMany(scheduler, 1);
      loopCount = again;
      clockTime += 10;
    }
    expect(results.length).toBe(10);
    clockTime += 10;
    passMany(scheduler, 1);
    expect({ results: results.length, turns: turns.length }).toEqual({ results: 11, turns: 1 });
    clockTime += 10;
    passMany(scheduler, 1);
    expect(results.length).toBe(11);
  });

  test("is closed in that case if the host does not count its turns", async () => {
    loopCount = undefined;
    const scheduler = await newScheduler();
    passMany(scheduler, 1);
    clockTime += 10;
    passMany(scheduler, 1);
    expect(results.length).toBe(1);
    takeTurn();
    expect(results.length).toBe(2);
  });

  // C27
  test("reads the clock at the first operations after a turn, even if the operations before the turn were fast", async () => {
    const scheduler = await newScheduler();
    passMany(scheduler, 3200);
    takeTurn();
    clockTime += 100;
    results.length = 0;
    for (let i = 0; i < 100; i++) {
      clockTime += 1.5;
      passMany(scheduler, 1);
    }
    expect(results.length).toBeLessThanOrEqual(4);
  });

  test.each([0, -1, -1000])(
    "ends its slices by the number of operations when the clock moves by %d ms",
    async (step) => {
      const scheduler = await newScheduler();
      for (let slice = 0; slice < 3; slice++) {
        results.length = 0;
        for (let i = 0; i < 20_000; i++) {
          if (i % 1000 === 0) clockTime += step;
          passMany(scheduler, 1);
        }
        expect(results.length).toBeGreaterThan(1000);
        expect(results.length).toBeLessThan(10_000);
        takeTurn();
      }
    },
  );

  test("continues to measure when the clock goes backwards within a slice", async () => {
    const scheduler = await newScheduler();
    passMany(scheduler, 1);
    clockTime += 2;
    passMany(scheduler, 64);
    clockTime -= 1000;
    passMany(scheduler, 64);
    clockTime += 2;
    results.length = 0;
    passMany(scheduler, 64);
    expect(results.length).toBeLessThan(40);
    expect(isRefed).toBe(true);
  });

  test("finds the real clock if the clock was a fake at the import", async () => {
    const scheduler = await newScheduler(true);
    passMany(scheduler, 20_000);
    takeTurn();
    // With the fake clock 8,192 operations would pass, which take longer.
    const start = performance.now();
    let slices = 0;
    for (; slices < 5; slices++) {
      const previous = clockReads;
      while (!isRefed) passMany(scheduler, 1);
      expect(clockReads).toBe(previous);
      takeTurn();
    }
    expect(performance.now() - start).toBeGreaterThanOrEqual(5 * 3.9);
  });

  test("measures with Date in a host without performance", async () => {
    restores.push(replace(Date, "now", () => clockTime));
    const scheduler = await newScheduler();
    restores.push(replace(globalThis, "performance", undefined as never));
    // The previous clock stands still; the scheduler looks up the clock again.
    passMany(scheduler, 20_000);
    takeTurn();
    passMany(scheduler, 1);
    results.length = 0;
    clockTime += 4;
    passMany(scheduler, 100);
    expect(results.length).toBeLessThan(5);
    takeTurn();
  });

  test("has one turn pending, no matter how many callers request one", async () => {
    const scheduler = await newScheduler();
    const both = [scheduler.nextMacrotask(), scheduler.nextMacrotask()];
    expect(isRefed).toBe(true);
    close(scheduler);
    scheduler.resolveFairly(resolve, 1);
    expect(turns.length).toBe(1);
    expect(results).toEqual([]);
    takeTurn();
    expect(results).toEqual([1]);
    await Promise.all(both);
  });

  test("keeps the process alive for a turn that is awaited, even if the turn was requested before", async () => {
    const scheduler = await newScheduler();
    passMany(scheduler, 1);
    expect(isRefed).toBe(false);
    const turn = scheduler.nextMacrotask();
    expect({ turns: turns.length, isRefed }).toEqual({ turns: 1, isRefed: true });
    takeTurn();
    await turn;
  });

  test("stays open for operations while a caller waits for the next turn", async () => {
    const scheduler = await newScheduler();
    void scheduler.nextMacrotask();
    scheduler.resolveFairly(resolve, 1);
    expect(results).toEqual([1]);
    expect(turns.length).toBe(1);
  });

  test("delays new operations to another turn if it closes again while it resolves", async () => {
    const scheduler = await newScheduler();
    close(scheduler);
    const again = (): void => {
      scheduler.resolveFairly(resolve, 3);
      clockTime += 4;
      while (!isRefed) scheduler.resolveFairly(resolve, 3);
    };
    scheduler.resolveFairly(again, undefined);
    scheduler.resolveFairly(resolve, 1);
    scheduler.resolveFairly(resolve, 2);
    takeTurn();
    expect(results.filter((n) => n !== 3)).toEqual([1, 2]);
    const previous = results.length;
    scheduler.resolveFairly(resolve, 4);
    expect(results.length).toBe(previous);
    takeTurn();
    expect(results.at(-1)).toBe(4);
  });

  test("delays a failure like any other result, as a promise that rejects", async () => {
    const scheduler = await newScheduler();
    const promises: Promise<never>[] = [];
    const error = new Error("boom");
    close(scheduler);
    scheduler.rejectFairly((result: never) => promises.push(result), error);
    expect(promises).toEqual([]);
    takeTurn();
    expect(promises.length).toBe(1);
    await expect(promises[0]).rejects.toBe(error);
  });

  /** Runs rounds of microtasks, with `work` in each, until an operation is resolved; returns the number of rounds. */
  async function roundsUntilResolved(work: () => void): Promise<number> {
    let rounds = 0;
    for (; results.length === 0 && rounds < 1000; rounds++) {
      work();
      await Promise.resolve();
    }
    return rounds;
  }

  test("resolves a deferred wake-up when other goroutines make no progress, and not sooner", async () => {
    const scheduler = await newScheduler();
    scheduler.resolveFairly(resolve, 1, undefined, true);
    scheduler.resolveFairly(resolve, 2, undefined, true);
    expect(results).toEqual([]);
    expect(await roundsUntilResolved(() => undefined)).toBe(1);
    expect(results).toEqual([1, 2]);
  });

  test.each([
    ["operations that finish at once", (scheduler: Scheduler) => void scheduler.resolved()],
    ["wake-ups", (scheduler: Scheduler) => scheduler.resolveFairly(() => undefined, 0)],
  ])("resolves a deferred wake-up after 16 rounds, even if others make progress by %s", async (_, work) => {
    const scheduler = await newScheduler();
    for (let again = 0; again < 3; again++) {
      results.length = 0;
      scheduler.resolveFairly(resolve, 1, undefined, true);
      expect(await roundsUntilResolved(() => work(scheduler))).toBe(16);
      expect(results).toEqual([1]);
    }
  });

  test("resolves a later deferred wake-up together with an earlier one, in their order", async () => {
    const scheduler = await newScheduler();
    scheduler.resolveFairly(resolve, 1, undefined, true);
    for (let round = 0; round < 10; round++) {
      void scheduler.resolved();
      await Promise.resolve();
    }
    scheduler.resolveFairly(resolve, 2, undefined, true);
    expect(await roundsUntilResolved(() => void scheduler.resolved())).toBe(6);
    expect(results).toEqual([1, 2]);
  });

  test("delays a deferred wake-up like other operations if it is closed before or afterwards", async () => {
    const scheduler = await newScheduler();
    scheduler.resolveFairly(resolve, 1, undefined, true);
    close(scheduler);
    scheduler.resolveFairly(resolve, 2, undefined, true);
    for (let round = 0; round < 100; round++) await Promise.resolve();
    expect(results).toEqual([]);
    takeTurn();
    expect(results.sort()).toEqual([1, 2]);
  });

  test("reads the clock rarely while operations are short", async () => {
    const scheduler = await newScheduler();
    for (let i = 0; i < 3200; i++) scheduler.resolveFairly(resolve, i);
    expect(clockReads).toBeLessThan(3200 / 16);
    expect(clockReads).toBeGreaterThan(3200 / 1000);
  });

  test.each([0.125, 0.5, 1.5, 3, 10])("ends its slices in time when operations begin to take %d ms", async (cost) => {
    const scheduler = await newScheduler();
    for (let i = 0; i < 3200; i++) scheduler.resolveFairly(resolve, i);
    // A few slices may be too long until the scheduler has adapted.
    let length = 0;
    for (let slice = 0; slice < 20; slice++) {
      const start = clockTime;
      while (!isRefed) {
        clockTime += cost;
        scheduler.resolveFairly(resolve, 0);
      }
      length = clockTime - start;
      takeTurn();
    }
    expect(length).toBeLessThanOrEqual(8 + cost);
  });
});
