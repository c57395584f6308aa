// The text of the library's objects in `console.log` and `String`.

import { expect, test } from "@jest/globals";
import { inspect } from "node:util";
import {
  Channel,
  Cond,
  context,
  ErrGroup,
  go,
  Mutex,
  Once,
  PanicError,
  RateLimiter,
  receive,
  RWMutex,
  select,
  Semaphore,
  SingleFlight,
  time,
  WaitGroup,
  WorkerPool,
} from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";

/** Checks the text of the object, also inside of another object. */
function expectShown(object: object, text: string): void {
  expect(inspect(object)).toBe(text);
  expect(inspect({ object })).toBe(`{ object: ${text} }`);
}

test("a channel shows its name, its buffer and its waiters", () =>
  bubble(async () => {
    const jobs = new Channel<number>(10, { name: "jobs" });
    expectShown(jobs, "Channel(jobs) 0/10");
    expect(String(jobs)).toBe("Channel(jobs) 0/10");
    go(() => jobs.receive());
    await waitUntilBlocked();
    expectShown(jobs, "Channel(jobs) 0/10, 1 receiver waiting");
    jobs.trySend(1);
    jobs.trySend(2);
    expectShown(jobs, "Channel(jobs) 1/10");
    jobs.close();
    expectShown(jobs, "Channel(jobs) 1/10, closed");
    const unbuffered = new Channel<number>();
    for (const n of [1, 2]) go(() => unbuffered.send(n));
    await waitUntilBlocked();
    expectShown(unbuffered, "Channel unbuffered, 2 senders waiting");
    expectShown(new time.Timer(1).c, "Channel(time.Timer)");
    for (let i = 0; i < 2; i++) await unbuffered.receive();
  }));

test("a context shows its chain and why it was canceled", () => {
  const [ctx, cancel] = context.withCancel(context.background());
  expectShown(ctx, "context.Background.WithCancel");
  cancel();
  expectShown(ctx, "context.Background.WithCancel (context canceled)");
  expect(String(ctx)).toBe("context.Background.WithCancel");
});

test("locks and groups show how much of them is held, and their waiters", () =>
  bubble(async () => {
    const [mu, rw, sem, wg] = [new Mutex(), new RWMutex(), new Semaphore(3), new WaitGroup()];
    expectShown(mu, "Mutex unlocked");
    expectShown(rw, "RWMutex unlocked");
    expectShown(rw.rLocker(), "rLocker of RWMutex unlocked");
    expectShown(sem, "Semaphore 0/3 acquired");
    expectShown(wg, "WaitGroup 0");
    const waits = [mu, rw].map(async (lock) => {
      using _ = await lock.lock();
      const next = lock.withLock(() => undefined);
      expectShown(lock, lock === mu ? "Mutex locked, 1 waiting" : "RWMutex locked by a writer, 1 waiting");
      return { next };
    });
    for (const { next } of await Promise.all(waits)) await next;
    await rw.withRLock(() => expectShown(rw, "RWMutex locked by 1 reader"));
    await sem.withPermits(2, () => expectShown(sem, "Semaphore 2/3 acquired"));
    wg.add(2);
    const waiting = wg.wait();
    expectShown(wg, "WaitGroup 2, 1 waiting");
    wg.add(-2);
    await waiting;
  }));

test("the other types show their state", () =>
  bubble(async () => {
    expectShown(new Cond(new Mutex()), "Cond 0 waiting");
    const once = new Once();
    expectShown(once, "Once not called");
    const running = once.do(() => expectShown(once, "Once running"));
    await running;
    expectShown(once, "Once done");
    const group = new ErrGroup();
    expectShown(group, "ErrGroup without a limit");
    group.setLimit(2);
    expectShown(group, "ErrGroup 0/2 running");
    const flights = new SingleFlight<string, number>();
    const flight = flights.do("a", () => 1);
    expectShown(flights, "SingleFlight 1 call running");
    await flight;
    expectShown(flights, "SingleFlight 0 calls running");
    expectShown(new RateLimiter(10, 3), "RateLimiter 10/s, burst 3, 3 tokens");
  }));

test("a proxy, which has no private state, is shown as a plain object", () => {
  expect(inspect(new Proxy(new Mutex(), {}))).toBe("[object Object]");
});

test("JSON.stringify of every type returns a text, also while others wait for it", () =>
  bubble(async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const child = context.withValue(ctx, context.key<object>("self"), ctx);
    const jobs = new Channel<unknown>(1, { name: "jobs" });
    jobs.trySend(jobs);
    const unbuffered = new Channel<number>();
    const cases = { job: receive(unbuffered), done: receive(child.done()) };
    go(() => select(cases));
    const mu = new Mutex();
    const rw = new RWMutex();
    const cond = new Cond(mu);
    const pool = new WorkerPool(async (jobCtx, _: object) => jobCtx, { workers: 1 });
    const task = await pool.submit(jobs);
    await waitUntilBlocked();
    const objects = [
      ...[jobs, unbuffered, cases, mu, rw, rw.rLocker(), cond, pool, task, ctx, child, context.background()],
      ...[new WaitGroup(), new Semaphore(1), new Once(), new ErrGroup(), new SingleFlight(), new RateLimiter(1)],
      ...[new time.Timer(1), new time.Ticker(1), time.after(1), new PanicError("x"), task.outcome],
      ...[pool.stats(), ctx.signal],
    ];
    for (const object of objects) expect(typeof JSON.stringify(object)).toBe("string");
    cancel();
    await pool.stop();
  }));
