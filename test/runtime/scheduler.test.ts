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

/** A loop without end, which runs until `isOver()` and counts its rounds. */
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

// Nothing but wake-ups: whoever receives has parked before the other sends.
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
  ["selects with a case that is ready", readySelect],
  ["selects that have to wait", parkedSelect],
  ["a range over a channel that is kept filled", filledRange],
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

test.each(loops)("%s leave timers, immediates and files their turn", async (_, loop) => {
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

test("the turns are few: most operations that can finish at once cost none", async () => {
  const operations = 20_000;
  const ch = new Channel<number>(1);
  const turns = countTurns();
  for (let i = 0; i < operations / 2; i++) {
    await ch.send(i);
    await ch.receive();
  }
  expect(turns()).toBeLessThan(operations / 10);
});

/** Whether `promise` fulfils before the next turn of the event loop. */
async function isOverAtOnce(promise: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  void promise.then(() => (isOver = true));
  for (let rounds = 0; rounds < 100 && !isOver; rounds++) await Promise.resolve();
  return isOver;
}

// 1.24: a slice is time that is worked, not time that passes.
describe("a lock that is free makes no caller wait for a turn", () => {
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

  test("in a request that comes after a pause, though goroutines have slept meanwhile", async () => {
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

// Uses the slice up. While the scheduler is open, all who have nothing to tell get the same promise.
function useUpSlice(scheduler: Pick<Scheduler, "resolved"> = { resolved }): void {
  void scheduler.resolved();
  burn(5);
  while (scheduler.resolved() === scheduler.resolved()) burn(0.1);
}

describe("a shut scheduler", () => {
  test("answers nobody before the next turn", async () => {
    useUpSlice();
    const turn = gosched();
    const answers: string[] = [];
    resolveFairly((answer: string) => answers.push(answer), "woken");
    void resolved().then(() => answers.push("done"));
    void resolvedWith({ value: "result" }).then(({ value }) => answers.push(value));
    for (let i = 0; i < 1000; i++) await Promise.resolve();
    expect(answers).toEqual([]);
    await turn;
    await gosched();
    expect(answers).toEqual(["woken", "done", "result"]);
  });

  test("keeps the order of those who waited and those who did not have to", async () => {
    const order: string[] = [];
    const ch = new Channel<number>();
    const full = new Channel<number>(8);
    const closed = new Channel<number>();
    const wg = new WaitGroup();
    wg.add(1);
    const tell = (name: string) => (): void => void order.push(name);

    void ch.receive().then(tell("parked receive"));
    void select({ in: receive(ch) }).then(tell("parked select"));
    void closed.send(1).catch(tell("parked send"));
    void wg.wait().then(tell("parked wait"));

    useUpSlice();
    void full.send(1).then(tell("send"));
    ch.trySend(1);
    void full.receive().then(tell("receive"));
    closed.close();
    void select({ out: send(full, 1) }).then(tell("select"));
    ch.trySend(2);
    go(tell("go"));
    wg.done();
    void time.sleep(0).then(tell("sleep"));
    expect(order).toEqual([]);

    await gosched();
    await gosched();
    // A goroutine may need a microtask to start, and a failure needs some to reach its `catch`: only all others are in order.
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
  test("lets 1,000 receivers that are woken over several slices go on in their order", async () => {
    const ch = new Channel<number>();
    const woken: number[] = [];
    for (let i = 0; i < 1000; i++) {
      void ch.receive().then(({ value }) => woken.push(value as number));
    }
    const turns = countTurns();
    for (let i = 0; i < 1000; i++) {
      ch.trySend(i);
      burn(0.02);
      // Some are woken between two turns, and some together.
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
    useUpSlice();
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
  /** How many operations park while `n` values are handed on through `capacity`. */
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

  test("who sends and who receives do not change places with every value", async () => {
    expect(await parks(100, 10_000)).toBeLessThan(1_000);
    expect(await parks(0, 10_000)).toBeGreaterThan(9_000);
  });

  test.each<[string, (ch: Channel<number>) => Promise<unknown>, (ch: Channel<number>) => unknown]>([
    ["receives", (ch) => ch.receive(), (ch) => ch.trySend(1)],
    ["ranges", (ch) => ch[Symbol.asyncIterator]().next(), (ch) => ch.trySend(1)],
    ["selects", (ch) => select({ ch: receive(ch) }), (ch) => ch.trySend(1)],
    ["sends", (ch) => (ch.trySend(0), ch.send(1)), (ch) => ch.tryReceive()],
    ["selects a send", (ch) => (ch.trySend(0), select({ ch: send(ch, 1) })), (ch) => ch.tryReceive()],
  ])("who %s and is woken goes on in the end, however busy others are", async (_, wait, wake) => {
    const ch = new Channel<number>(1);
    let isOn = false;
    const waiting = wait(ch).then(() => (isOn = true));
    await gosched();
    const busy = new Channel<number>(1);
    wake(ch);
    let steps = 0;
    for (; !isOn && steps < 1_000; steps++) {
      await busy.send(1);
      await busy.receive();
    }
    expect(steps).toBeLessThan(20);
    await waiting;
  });
});

interface Scheduler {
  resolveFairly<R>(answer: (result: R) => void, result: R, world?: undefined, isPatient?: boolean): void;
  rejectFairly(answer: (result: never) => void, error: Error): void;
  resolved(): Promise<void>;
  nextMacrotask(): Promise<void>;
}

// A scheduler of our own in a host of our own: a query makes the module anew, and it takes what it finds then.
describe("the scheduler", () => {
  let copies = 0;
  let clockTime = 0;
  let loopCount: number | undefined = 0;
  let looks = 0;
  let isRefed = false;
  const turns: (() => void)[] = [];
  const answers: number[] = [];
  const answer = (result: number): void => void answers.push(result);

  beforeEach(() => {
    clockTime = 100;
    loopCount = 0;
    looks = 0;
    turns.length = 0;
    answers.length = 0;
  });

  /** A scheduler whose turns are taken from `turns`, and whose clock shows `clockTime`, for good or, with `isFake`, when it was made. */
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
        looks++;
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

  function shut(scheduler: Scheduler): void {
    void scheduler.resolved();
    clockTime += 4;
    while (scheduler.resolved() === scheduler.resolved());
  }

  /** What a turn of the event loop does. */
  function takeTurn(): void {
    loopCount = loopCount === undefined ? undefined : loopCount + 1;
    isRefed = false;
    turns.shift()?.();
  }

  /** Passes `n` operations. */
  function passMany(scheduler: Scheduler, n: number): void {
    for (let i = 0; i < n; i++) scheduler.resolveFairly(answer, i);
  }

  test("resolves at once while the slice lasts, and has asked for the next turn, for which the process need not live", async () => {
    const scheduler = await newScheduler();
    expect(turns.length).toBe(0);
    passMany(scheduler, 10);
    clockTime += 3.9;
    passMany(scheduler, 1000);
    expect(answers.length).toBe(1010);
    expect({ turns: turns.length, isRefed }).toEqual({ turns: 1, isRefed: false });
  });

  test("is shut after 4 ms, until the turn that it has asked for resolves all in their order", async () => {
    const scheduler = await newScheduler();
    passMany(scheduler, 1);
    answers.length = 0;
    clockTime += 4;
    passMany(scheduler, 100);
    expect(answers).toEqual([]);
    expect({ turns: turns.length, isRefed }).toEqual({ turns: 1, isRefed: true });
    takeTurn();
    expect(answers).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test("begins a new slice with every turn, however late the turn comes", async () => {
    const scheduler = await newScheduler();
    for (let slice = 1; slice <= 5; slice++) {
      passMany(scheduler, 1);
      clockTime += 4;
      passMany(scheduler, 100);
      clockTime += 50;
      expect(answers.length).toBe(202 * (slice - 1) + 1);
      takeTurn();
      passMany(scheduler, 101);
      expect(answers.length).toBe(202 * slice);
      takeTurn();
    }
  });

  // C27
  test.each([4, 10, 10_000])("makes no operation wait that comes after %d ms of idleness", async (pause) => {
    const scheduler = await newScheduler();
    for (let again = 0; again < 100; again++) {
      passMany(scheduler, 50);
      expect(answers.length).toBe(50 * (again + 1));
      takeTurn();
      clockTime += pause;
    }
  });

  // C27: Node runs immediates only after the I/O that it has waited for.
  test("makes no operation wait if the event loop has turned, though the turn that was asked for has not come", async () => {
    const scheduler = await newScheduler();
    for (let again = 1; again <= 10; again++) {
      passMany(scheduler, 1);
      loopCount = again;
      clockTime += 10;
    }
    expect(answers.length).toBe(10);
    clockTime += 10;
    passMany(scheduler, 1);
    expect({ answers: answers.length, turns: turns.length }).toEqual({ answers: 11, turns: 1 });
    clockTime += 10;
    passMany(scheduler, 1);
    expect(answers.length).toBe(11);
  });

  test("of a host that does not count its turns is shut then", async () => {
    loopCount = undefined;
    const scheduler = await newScheduler();
    passMany(scheduler, 1);
    clockTime += 10;
    passMany(scheduler, 1);
    expect(answers.length).toBe(1);
    takeTurn();
    expect(answers.length).toBe(2);
  });

  // C27
  test("looks at the clock with the first operations after a turn, however fast those before it were", async () => {
    const scheduler = await newScheduler();
    passMany(scheduler, 3200);
    takeTurn();
    clockTime += 100;
    answers.length = 0;
    for (let i = 0; i < 100; i++) {
      clockTime += 1.5;
      passMany(scheduler, 1);
    }
    expect(answers.length).toBeLessThanOrEqual(4);
  });

  test.each([0, -1, -1000])(
    "ends its slices by the number of operations when the clock moves by %d ms",
    async (step) => {
      const scheduler = await newScheduler();
      for (let slice = 0; slice < 3; slice++) {
        answers.length = 0;
        for (let i = 0; i < 20_000; i++) {
          if (i % 1000 === 0) clockTime += step;
          passMany(scheduler, 1);
        }
        expect(answers.length).toBeGreaterThan(1000);
        expect(answers.length).toBeLessThan(10_000);
        takeTurn();
      }
    },
  );

  test("measures on when the clock goes backwards within a slice", async () => {
    const scheduler = await newScheduler();
    passMany(scheduler, 1);
    clockTime += 2;
    passMany(scheduler, 64);
    clockTime -= 1000;
    passMany(scheduler, 64);
    clockTime += 2;
    answers.length = 0;
    passMany(scheduler, 64);
    expect(answers.length).toBeLessThan(40);
    expect(isRefed).toBe(true);
  });

  test("that was made while the clock was a fake finds the real one", async () => {
    const scheduler = await newScheduler(true);
    passMany(scheduler, 20_000);
    takeTurn();
    // The fake would let 8,192 operations pass, which take longer.
    const start = performance.now();
    let slices = 0;
    for (; slices < 5; slices++) {
      const before = looks;
      while (!isRefed) passMany(scheduler, 1);
      expect(looks).toBe(before);
      takeTurn();
    }
    expect(performance.now() - start).toBeGreaterThanOrEqual(5 * 3.9);
  });

  test("measures by Date in a host without performance", async () => {
    restores.push(replace(Date, "now", () => clockTime));
    const scheduler = await newScheduler();
    restores.push(replace(globalThis, "performance", undefined as never));
    // The clock of before stands still, and is looked up again.
    passMany(scheduler, 20_000);
    takeTurn();
    passMany(scheduler, 1);
    answers.length = 0;
    clockTime += 4;
    passMany(scheduler, 100);
    expect(answers.length).toBeLessThan(5);
    takeTurn();
  });

  test("has one turn pending, however many ask for it", async () => {
    const scheduler = await newScheduler();
    const both = [scheduler.nextMacrotask(), scheduler.nextMacrotask()];
    expect(isRefed).toBe(true);
    shut(scheduler);
    scheduler.resolveFairly(answer, 1);
    expect(turns.length).toBe(1);
    expect(answers).toEqual([]);
    takeTurn();
    expect(answers).toEqual([1]);
    await Promise.all(both);
  });

  test("keeps the process alive for a turn that is awaited, though it had been asked for before", async () => {
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
    scheduler.resolveFairly(answer, 1);
    expect(answers).toEqual([1]);
    expect(turns.length).toBe(1);
  });

  test("that is shut again while it resolves holds what comes then for another turn", async () => {
    const scheduler = await newScheduler();
    shut(scheduler);
    const again = (): void => {
      scheduler.resolveFairly(answer, 3);
      clockTime += 4;
      while (!isRefed) scheduler.resolveFairly(answer, 3);
    };
    scheduler.resolveFairly(again, undefined);
    scheduler.resolveFairly(answer, 1);
    scheduler.resolveFairly(answer, 2);
    takeTurn();
    expect(answers.filter((n) => n !== 3)).toEqual([1, 2]);
    const before = answers.length;
    scheduler.resolveFairly(answer, 4);
    expect(answers.length).toBe(before);
    takeTurn();
    expect(answers.at(-1)).toBe(4);
  });

  test("holds a failure like any other answer, as a promise that rejects", async () => {
    const scheduler = await newScheduler();
    const told: Promise<never>[] = [];
    const error = new Error("boom");
    shut(scheduler);
    scheduler.rejectFairly((result: never) => told.push(result), error);
    expect(told).toEqual([]);
    takeTurn();
    expect(told.length).toBe(1);
    await expect(told[0]).rejects.toBe(error);
  });

  /** Lets microtasks run for one round after the other, in each of which `work` is done, until there is an answer: how many. */
  async function roundsUntilAnswered(work: () => void): Promise<number> {
    let rounds = 0;
    for (; answers.length === 0 && rounds < 1000; rounds++) {
      work();
      await Promise.resolve();
    }
    return rounds;
  }

  test("answers who is patient when nobody gets further, and not sooner", async () => {
    const scheduler = await newScheduler();
    scheduler.resolveFairly(answer, 1, undefined, true);
    scheduler.resolveFairly(answer, 2, undefined, true);
    expect(answers).toEqual([]);
    expect(await roundsUntilAnswered(() => undefined)).toBe(1);
    expect(answers).toEqual([1, 2]);
  });

  test.each([
    ["operations that finish at once", (scheduler: Scheduler) => void scheduler.resolved()],
    ["wake-ups", (scheduler: Scheduler) => scheduler.resolveFairly(() => undefined, 0)],
  ])("answers who is patient after 16 rounds, however long others get further by %s", async (_, work) => {
    const scheduler = await newScheduler();
    for (let again = 0; again < 3; again++) {
      answers.length = 0;
      scheduler.resolveFairly(answer, 1, undefined, true);
      expect(await roundsUntilAnswered(() => work(scheduler))).toBe(16);
      expect(answers).toEqual([1]);
    }
  });

  test("answers who comes while another is patient together with that one, in their order", async () => {
    const scheduler = await newScheduler();
    scheduler.resolveFairly(answer, 1, undefined, true);
    for (let round = 0; round < 10; round++) {
      void scheduler.resolved();
      await Promise.resolve();
    }
    scheduler.resolveFairly(answer, 2, undefined, true);
    expect(await roundsUntilAnswered(() => void scheduler.resolved())).toBe(6);
    expect(answers).toEqual([1, 2]);
  });

  test("that is shut before or meanwhile holds who is patient like everybody else", async () => {
    const scheduler = await newScheduler();
    scheduler.resolveFairly(answer, 1, undefined, true);
    shut(scheduler);
    scheduler.resolveFairly(answer, 2, undefined, true);
    for (let round = 0; round < 100; round++) await Promise.resolve();
    expect(answers).toEqual([]);
    takeTurn();
    expect(answers.sort()).toEqual([1, 2]);
  });

  test("looks at the clock seldom while operations are short", async () => {
    const scheduler = await newScheduler();
    for (let i = 0; i < 3200; i++) scheduler.resolveFairly(answer, i);
    expect(looks).toBeLessThan(3200 / 16);
    expect(looks).toBeGreaterThan(3200 / 1000);
  });

  test.each([0.125, 0.5, 1.5, 3, 10])("ends its slices in time when operations begin to take %d ms", async (cost) => {
    const scheduler = await newScheduler();
    for (let i = 0; i < 3200; i++) scheduler.resolveFairly(answer, i);
    // Some slices may be too long until it has found out.
    let length = 0;
    for (let slice = 0; slice < 20; slice++) {
      const start = clockTime;
      while (!isRefed) {
        clockTime += cost;
        scheduler.resolveFairly(answer, 0);
      }
      length = clockTime - start;
      takeTurn();
    }
    expect(length).toBeLessThanOrEqual(8 + cost);
  });
});
