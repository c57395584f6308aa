// Awaits of this folder, of WaitGroup, of ErrGroup and of RateLimiter in tight loops, beside a timer: each of them must let the timer
// fire, whether it resolves or rejects.

import { expect, test } from "@jest/globals";
import {
  Cond,
  context,
  createLimit,
  ErrGroup,
  Mutex,
  Once,
  RateLimiter,
  RWMutex,
  Semaphore,
  SingleFlight,
  time,
  WaitGroup,
} from "goro";

const mu = new Mutex();
const rw = new RWMutex();
const sem = new Semaphore(1);
const limit = createLimit(1);
const perKey = limit.keyed(1);
const once = new Once();
const flights = new SingleFlight<string, number>();
const limiter = new RateLimiter(1);
const failing = new ErrGroup();
const [canceled, cancel] = context.withCancel(context.background());
cancel();

const boom = (): never => {
  throw new Error("boom");
};

test.each<[name: string, call: () => Promise<unknown>]>([
  ["Mutex.lock", async () => (await mu.lock())[Symbol.dispose]()],
  ["RWMutex.lock", async () => (await rw.lock())[Symbol.dispose]()],
  ["RWMutex.rLock", async () => (await rw.rLock())[Symbol.dispose]()],
  ["Semaphore.acquire", async () => (await sem.acquire())[Symbol.dispose]()],
  ["Semaphore.acquire of a wrong number", () => sem.acquire(-1)],
  ["Semaphore.acquire with a canceled context", () => sem.acquire(1, { ctx: canceled })],
  ["a limit", () => limit(() => 1)],
  ["a limit of a task that fails", () => limit(boom)],
  ["a limit of a task with a context", () => limit(() => 1, { ctx: context.withCancel(context.background())[0] })],
  ["a limit with a canceled context", () => limit(() => 1, { ctx: canceled })],
  ["a limit without a task", () => limit(null as never)],
  ["a keyed limit", () => perKey("key", () => 1)],
  ["limit.onIdle", () => limit.onIdle()],
  ["Cond.wait without the lock", () => new Cond(mu).wait()],
  ["Cond.wait without the lock for reading", () => new Cond(rw.rLocker()).wait()],
  ["Once.do", () => once.do(() => undefined)],
  ["Once.do that fails", () => new Once().do(boom)],
  ["Once.do of an empty function", () => once.do(null as never)],
  ["SingleFlight.do", () => flights.do("key", () => 1)],
  ["SingleFlight.do that fails", () => flights.do("key", boom)],
  ["SingleFlight.do that is shared", () => Promise.all([flights.do("key", () => 1), flights.do("key", () => 1)])],
  ["SingleFlight.do of an empty function", () => flights.do("key", null as never)],
  ["WaitGroup.wait", () => new WaitGroup().wait()],
  ["ErrGroup.go", () => new ErrGroup().go(() => undefined)],
  ["ErrGroup.go of an empty function", () => new ErrGroup().go(null as never)],
  ["ErrGroup.wait", () => new ErrGroup().wait()],
  ["ErrGroup.wait that fails", () => failing.wait()],
  ["RateLimiter.wait", () => new RateLimiter(1).wait()],
  ["RateLimiter.wait for more than the burst", () => limiter.wait(2, { ctx: context.background() })],
  ["RateLimiter.wait of a wrong number", () => limiter.wait(-1, { ctx: context.background() })],
  ["RateLimiter.wait with a canceled context", () => limiter.wait(1, { ctx: canceled })],
])("a loop of %s lets timers fire", async (_, call) => {
  if (call.toString().includes("failing")) await failing.go(boom);
  let isTime = false;
  setTimeout(() => (isTime = true), 10);
  // Many times the number of rounds that a fair loop needs.
  for (let calls = 0; !isTime && calls < 200_000; calls++) await call().catch(() => undefined);
  expect(isTime).toBe(true);
});

test("a loop that is rejected by a limiter ends at the deadline of its context", async () => {
  const slow = new RateLimiter(0.001);
  slow.allow();
  const [ctx, stop] = context.withTimeout(context.background(), 20 * time.millisecond);
  let refused = 0;
  for (; ctx.err() === undefined && refused < 200_000; refused++) await slow.wait(1, { ctx }).catch(() => undefined);
  expect(ctx.err()).toBeInstanceOf(context.DeadlineExceeded);
  expect(refused).toBeGreaterThan(1);
  stop();
});
