// Every export that returns a promise lets timers run, no matter how tight the loop that awaits it is, and how its calls end.

import { expect, test } from "@jest/globals";
import {
  Broadcast,
  Channel,
  Cond,
  context,
  createLimit,
  ErrGroup,
  fromIterable,
  fromReadableStream,
  gosched,
  type JobDelivery,
  type JobOutcome,
  KeyedMutex,
  LossyChannel,
  mapOrdered,
  Mutex,
  Once,
  RateLimiter,
  receive,
  type ReceiveChannel,
  ResultGroup,
  retry,
  runPool,
  RWMutex,
  select,
  Semaphore,
  send,
  SingleFlight,
  time,
  toReadableStream,
  toWritableStream,
  waitFor,
  WaitGroup,
  WorkerPool,
} from "goro";
import { batch, debounce, filter, map, merge, pipeline, type Stage, tee, throttle } from "goro/pipeline";
import { ignoreLeaks, bubble, LeakDetector, memoryQueue, waitUntilBlocked } from "goro/testing";
import { callablesOf } from "./support/exports.ts";

/** Prepares a loop; returns its body. */
type Loop = () => Promise<Body> | Body;
type Body = () => Promise<unknown>;

/** The loops of an export, by description. A string means that the loops of another export cover this export. */
type Entry = Readonly<Record<string, Loop>> | string;

const wrong = undefined as never;
const doom = new Error("doom");

/** A context that has been canceled. */
function canceled(): context.Context {
  const [ctx, cancel] = context.withCancel(context.background());
  cancel();
  return ctx;
}

function poolOf<R>(f: () => R): WorkerPool<number, R> {
  return new WorkerPool<number, R>(f, { workers: 1, queueSize: 1 });
}

async function stoppedPool(): Promise<WorkerPool<number, number>> {
  const pool = poolOf(() => 1);
  await pool.stop();
  return pool;
}

async function endedDelivery(body: (delivery: JobDelivery<number, number>) => Promise<unknown>): Promise<Body> {
  const queue = memoryQueue<number, number>();
  await queue.send(1);
  const delivery = (await queue.deliveries().next(context.background())) as JobDelivery<number, number>;
  await delivery.ack(1);
  return () => body(delivery);
}

/** The loop of a call on a stage that has ended. */
function leftStage(call: (stage: Stage<number>) => PromiseLike<unknown>): Loop {
  return async () => {
    const stage = map([1], () => 1);
    await stage.return();
    return async () => await call(stage);
  };
}

/** A loop over the values of a stage. */
function nextOf(stage: Stage<unknown>): Body {
  return () => stage.next();
}

function fail(): never {
  throw doom;
}

function closed<T>(): Channel<T> {
  const ch = new Channel<T>();
  ch.close();
  return ch;
}

function* endless(): Generator<number> {
  for (let n = 0; ; n++) yield n;
}

const loops: Readonly<Record<string, Entry>> = {
  "Channel.[asyncIterator]": {
    "next of a channel that is closed": () => {
      const values = closed()[Symbol.asyncIterator]();
      return () => values.next();
    },
    "next of a value in the buffer": () => {
      const ch = new Channel<number>(1);
      const values = ch[Symbol.asyncIterator]();
      return async () => {
        ch.trySend(1);
        await values.next();
      };
    },
    "a loop that is left": () => async () => {
      const ch = new Channel<number>(1);
      ch.trySend(1);
      for await (const _ of ch) break;
    },
  },
  "Channel.receive": {
    "a channel that is closed": () => {
      const ch = closed();
      return () => ch.receive();
    },
    "a value in the buffer": () => {
      const ch = new Channel<number>(1);
      return () => {
        ch.trySend(1);
        return ch.receive();
      };
    },
  },
  "Channel.send": {
    "into the buffer": () => {
      const ch = new Channel<number>(1);
      return async () => {
        await ch.send(1);
        ch.tryReceive();
      };
    },
    "on a closed channel": () => {
      const ch = closed<number>();
      return () => ch.send(1);
    },
  },
  "Channel.values": {
    "of a channel that is closed": () => {
      const ch = closed();
      return () => ch.values().next();
    },
    "with a canceled context": () => {
      const [ch, ctx] = [new Channel(), canceled()];
      return () => ch.values({ ctx }).next();
    },
    "next of a value in the buffer": () => {
      const ch = new Channel<number>(1);
      const values = ch.values();
      return () => {
        ch.trySend(1);
        return values.next();
      };
    },
  },
  "ReceiveChannel.receive": "Channel.receive",
  "ReceiveChannel.values": "Channel.values",
  "EventChannel.receive": "Channel.receive",
  "EventChannel.values": "Channel.values",
  "SendChannel.send": "Channel.send",
  "LossyChannel.receive": "Channel.receive",
  "LossyChannel.values": "Channel.values",
  "LossyChannel.[asyncIterator]": "Channel.[asyncIterator]",
  "LossyChannel.send": {
    "that drops a value": () => {
      const ch = new LossyChannel<number>(1, { overflow: "drop-newest" });
      return () => ch.send(1);
    },
    "that drops a value, with a context": () => {
      const ch = new LossyChannel<number>(1, { overflow: "drop-newest" });
      const [ctx] = context.withCancel(context.background());
      return () => ch.send(1, { ctx });
    },
  },
  "Subscription.receive": "Channel.receive",
  "Subscription.values": "Channel.values",
  "Broadcast.send": {
    "without subscriptions": () => {
      const broadcast = new Broadcast<number>();
      return () => broadcast.send(1);
    },
    "to a subscription that drops": () => {
      const broadcast = new Broadcast<number>();
      broadcast.subscribe({ capacity: 1 });
      return () => broadcast.send(1);
    },
    "to a subscription that waits and is read at once": () => {
      const broadcast = new Broadcast<number>();
      const values = broadcast.subscribe({ capacity: 0, overflow: "wait" });
      return async () => {
        const sending = broadcast.send(1);
        values.tryReceive();
        await sending;
      };
    },
    "with a context": () => {
      const broadcast = new Broadcast<number>();
      const [ctx] = context.withCancel(context.background());
      return () => broadcast.send(1, { ctx });
    },
    "with a canceled context": () => {
      const [broadcast, ctx] = [new Broadcast<number>(), canceled()];
      return () => broadcast.send(1, { ctx });
    },
    "on a closed Broadcast": () => {
      const broadcast = new Broadcast<number>();
      broadcast.close();
      return () => broadcast.send(1);
    },
  },
  "Cond.wait": {
    "that is woken at once": () => {
      const cond = new Cond(new Mutex());
      return async () => {
        await cond.l.lock();
        const woken = cond.wait();
        cond.signal();
        await woken;
        cond.l.unlock();
      };
    },
    "without the lock": () => {
      const cond = new Cond(new Mutex());
      return () => cond.wait();
    },
  },
  "ErrGroup.go": {
    "below its limit": () => {
      const group = new ErrGroup();
      return () => group.go(() => undefined);
    },
    "at its limit": () => {
      const group = new ErrGroup();
      group.setLimit(1);
      return () => group.go(() => undefined);
    },
    "with a value that is not a function": () => {
      const group = new ErrGroup();
      return () => group.go(wrong);
    },
  },
  "ErrGroup.wait": {
    "without goroutines": () => {
      const group = new ErrGroup();
      return () => group.wait();
    },
    "after a failure": async () => {
      const group = new ErrGroup();
      await group.go(fail);
      await gosched();
      return () => group.wait();
    },
    "with a canceled context": () => {
      const [group, ctx] = [new ErrGroup(), canceled()];
      return () => group.wait({ ctx });
    },
  },
  "KeyedMutex.lock": {
    "of a key that is free": () => {
      const mu = new KeyedMutex<string>();
      return async () => (await mu.lock("key"))[Symbol.dispose]();
    },
    "with a canceled context": () => {
      const [mu, ctx] = [new KeyedMutex<string>(), canceled()];
      return () => mu.lock("key", { ctx });
    },
    "with wrong options": () => () => new KeyedMutex<string>().lock("key", 1 as never),
  },
  "KeyedMutex.withLock": {
    "of a function that returns at once": () => {
      const mu = new KeyedMutex<string>();
      return () => mu.withLock("key", () => 1);
    },
    "with a value that is not a function": () => () => new KeyedMutex<string>().withLock("key", wrong),
  },
  "LimitControls.onIdle": {
    "of an idle limit": () => () => createLimit(1).onIdle(),
    "with a canceled context": () => {
      const ctx = canceled();
      return () => createLimit(1).onIdle({ ctx });
    },
  },
  "ResultGroup.go": {
    "below its limit": () => {
      const group = new ResultGroup<number>();
      return () => group.go(() => 1);
    },
    "with a value that is not a function": () => () => new ResultGroup<number>().go(wrong),
  },
  "ResultGroup.wait": {
    "without goroutines": () => () => new ResultGroup<number>().wait(),
    "after a failure": async () => {
      const group = new ResultGroup<never>();
      await group.go(fail);
      await gosched();
      return () => group.wait();
    },
    "with wrong options": () => () => new ResultGroup<number>().wait(1 as never),
  },
  "createLimit()": {
    "of a task that returns at once": () => {
      const limit = createLimit(1);
      return () => limit(() => 1);
    },
    "of a task that throws": () => {
      const limit = createLimit(1);
      return () => limit(fail);
    },
    "with a context": () => {
      const limit = createLimit(1);
      const [ctx] = context.withCancel(context.background());
      return () => limit(() => 1, { ctx });
    },
    "with a canceled context": () => {
      const [limit, ctx] = [createLimit(1), canceled()];
      return () => limit(() => 1, { ctx });
    },
    "of a key": () => {
      const perKey = createLimit(1).keyed<string>(1);
      return () => perKey("key", () => 1);
    },
    "with a value that is not a function": () => () => createLimit(1)(wrong),
  },
  "LeakDetector.check": {
    "without a value": () => () => new LeakDetector().check(),
  },
  "Locker.lock": "Mutex.lock",
  "JobDelivery.ack": { "of a delivery that has ended": () => endedDelivery((delivery) => delivery.ack(1)) },
  "JobDelivery.nack": { "of a delivery that has ended": () => endedDelivery((delivery) => delivery.nack(doom)) },
  "JobDelivery.release": {
    "of a delivery that has ended": () => endedDelivery((delivery) => delivery.release()),
    "of the only job, again and again": async () => {
      const queue = memoryQueue<number, number>();
      const source = queue.deliveries();
      await queue.send(1);
      return async () => (await source.next(context.background()))?.release();
    },
  },
  "JobSource.close": {
    "that is repeated": () => {
      const source = memoryQueue().deliveries();
      return () => source.close();
    },
  },
  "JobSource.next": {
    "with a context that is canceled": () => {
      const source = memoryQueue().deliveries();
      const ctx = canceled();
      return () => source.next(ctx);
    },
    "of a queue that fails": () => {
      const queue = memoryQueue();
      queue.fail(doom);
      return () => queue.deliveries().next(context.background());
    },
  },
  "MemoryQueue.outcomes": {
    "with a context that is canceled": () => {
      const queue = memoryQueue();
      const ctx = canceled();
      return () => queue.outcomes(ctx).next();
    },
  },
  "MemoryQueue.send": {
    "of a job that is known": () => {
      const queue = memoryQueue<number, number>();
      return () => queue.send(1, "id");
    },
  },
  "Mutex.lock": {
    "that is free": () => {
      const mu = new Mutex();
      return async () => {
        await mu.lock();
        mu.unlock();
      };
    },
  },
  "Mutex.withLock": {
    "that is free": () => {
      const mu = new Mutex();
      return () => mu.withLock(() => undefined);
    },
    "of a function that throws": () => {
      const mu = new Mutex();
      return () => mu.withLock(fail);
    },
    "with a value that is not a function": () => {
      const mu = new Mutex();
      return () => mu.withLock(1 as never);
    },
  },
  "RWMutex.withLock": {
    "that is free": () => {
      const rw = new RWMutex();
      return () => rw.withLock(() => undefined);
    },
  },
  "RWMutex.withRLock": {
    "that is free": () => {
      const rw = new RWMutex();
      return () => rw.withRLock(() => undefined);
    },
  },
  "Semaphore.withPermits": {
    "that are free": () => {
      const semaphore = new Semaphore(1);
      return () => semaphore.withPermits(() => undefined);
    },
    "of an invalid number": () => {
      const semaphore = new Semaphore(1);
      return () => semaphore.withPermits(-1, () => undefined);
    },
  },
  "RWMutex.lock": {
    "that is free": () => {
      const mu = new RWMutex();
      return async () => {
        await mu.lock();
        mu.unlock();
      };
    },
  },
  "RWMutex.rLock": {
    "that is free": () => {
      const mu = new RWMutex();
      return async () => {
        await mu.rLock();
        mu.rUnlock();
      };
    },
  },
  "Once.do": {
    "that has been done": () => {
      const once = new Once();
      return () => once.do(() => undefined);
    },
    "with a value that is not a function": () => {
      const once = new Once();
      return () => once.do(wrong);
    },
    "with a function that throws": () => () => new Once().do(fail),
  },
  "RateLimiter.wait": {
    "without a limit": () => {
      const limiter = new RateLimiter(Infinity, 1);
      return () => limiter.wait();
    },
    "whose context is canceled": () => {
      const limiter = new RateLimiter(1, 1);
      const ctx = canceled();
      return () => limiter.wait(1, { ctx });
    },
    "whose deadline is too early": () => {
      const limiter = new RateLimiter(1e-6, 1);
      limiter.allow();
      const [ctx] = context.withTimeout(context.background(), 10_000);
      return () => limiter.wait(1, { ctx });
    },
    "of more than the burst": () => {
      const limiter = new RateLimiter(1, 1);
      return () => limiter.wait(2, { ctx: context.background() });
    },
    "with a value that is not a context": () => {
      const limiter = new RateLimiter(1, 1);
      return () => limiter.wait(1, { ctx: 1 as never });
    },
  },
  "Semaphore.acquire": {
    "that is free": () => {
      const semaphore = new Semaphore(1);
      return async () => {
        await semaphore.acquire();
        semaphore.release();
      };
    },
    "whose context is canceled": () => {
      const semaphore = new Semaphore(1);
      semaphore.tryAcquire();
      const ctx = canceled();
      return () => semaphore.acquire(1, { ctx });
    },
    "of an invalid number": () => {
      const semaphore = new Semaphore(1);
      return () => semaphore.acquire(-1);
    },
  },
  "SingleFlight.do": {
    "of a function that returns at once": () => {
      const flights = new SingleFlight<string, number>();
      return () => flights.do("key", () => 1);
    },
    "of a function that throws": () => {
      const flights = new SingleFlight<string, number>();
      return () => flights.do("key", fail);
    },
    "with a value that is not a function": () => {
      const flights = new SingleFlight<string, number>();
      return () => flights.do("key", wrong);
    },
  },
  "SingleFlight.doChan": {
    "of a function that returns at once": () => {
      const flights = new SingleFlight<string, number>();
      return () => flights.doChan("key", () => 1).receive();
    },
    "of a function that throws": () => {
      const flights = new SingleFlight<string, number>();
      return () => flights.doChan("key", fail).receive();
    },
  },
  "PoolTask.result": {
    "of each of many jobs": () => {
      const pool = poolOf(() => 1);
      return async () => await (await pool.submit(1)).result;
    },
    "of each of many jobs that fail": () => {
      const pool = poolOf(fail);
      return async () => await (await pool.submit(1)).result;
    },
  },
  "WaitGroup.wait": {
    "without goroutines": () => {
      const wg = new WaitGroup();
      return () => wg.wait();
    },
    "for a goroutine that ends at once": () => {
      const wg = new WaitGroup();
      return () => {
        wg.go(() => undefined);
        return wg.wait();
      };
    },
  },
  "WorkerPool.[asyncDispose]": {
    "of a new pool": () => async () => {
      await using _ = poolOf(() => 1);
    },
    "of a pool that was stopped": async () => {
      const pool = await stoppedPool();
      return () => pool[Symbol.asyncDispose]();
    },
  },
  "WorkerPool.map": {
    "of an endless source": () => {
      const results = poolOf(() => 1).map(endless());
      return () => results.next();
    },
    "that has ended": () => {
      const results = poolOf(() => 1).map([]);
      return () => results.next();
    },
    "that has been left": () => {
      const results = poolOf(() => 1).map(endless());
      return () => results.return?.() as Promise<unknown>;
    },
    "that is disposed": () => {
      const results = poolOf(() => 1).map(endless());
      return async () => await results[Symbol.asyncDispose]();
    },
    "of jobs that fail": () => {
      const pool = poolOf(fail);
      return () => pool.map([1]).next();
    },
    "of a source that fails": () => {
      const pool = poolOf(() => 1);
      return () => pool.map({ [Symbol.iterator]: fail }).next();
    },
    "of a pool that was stopped": async () => {
      const pool = await stoppedPool();
      return () => pool.map([1]).next();
    },
  },
  "WorkerPool.onIdle": {
    "of an idle pool": () => {
      const pool = poolOf(() => 1);
      return () => pool.onIdle();
    },
    "of a pool with a job": () => {
      const pool = poolOf(() => 1);
      return () => {
        pool.trySend(1);
        pool.results.tryReceive();
        return pool.onIdle();
      };
    },
  },
  "WorkerPool.run": {
    "of jobs that finish at once": () => {
      const pool = poolOf(() => 1);
      return () => pool.run(1);
    },
    "of jobs that fail": () => {
      const pool = poolOf(fail);
      return () => pool.run(1);
    },
    "of a pool that was stopped": async () => {
      const pool = await stoppedPool();
      return () => pool.run(1);
    },
    "with a number as options": () => {
      const pool = poolOf(() => 1);
      return () => pool.run(1, 1 as never);
    },
  },
  "WorkerPool.send": {
    "of jobs that finish at once": () => {
      const pool = poolOf(() => 1);
      return async () => {
        await pool.send(1);
        pool.results.tryReceive();
      };
    },
    "to a pool that was stopped": async () => {
      const pool = await stoppedPool();
      return () => pool.send(1);
    },
    "whose context is canceled": () => {
      const pool = poolOf(() => 1);
      const ctx = canceled();
      return () => pool.send(1, { ctx });
    },
    "with a value that is not a context": () => {
      const pool = poolOf(() => 1);
      return () => pool.send(1, 1 as never);
    },
  },
  "WorkerPool.submit": {
    "of jobs that finish at once": () => {
      const pool = poolOf(() => 1);
      return () => pool.submit(1);
    },
    "to a pool that was stopped": async () => {
      const pool = await stoppedPool();
      return () => pool.submit(1);
    },
    "whose context is canceled": () => {
      const pool = poolOf(() => 1);
      const ctx = canceled();
      return () => pool.submit(1, { ctx });
    },
    "with a value that is not a context": () => {
      const pool = poolOf(() => 1);
      return () => pool.submit(1, 1 as never);
    },
  },
  "WorkerPool.stop": {
    "of a new pool": () => () => poolOf(() => 1).stop(),
    "of a pool that was stopped": async () => {
      const pool = await stoppedPool();
      return () => pool.stop();
    },
    "with a value that is not a context": () => {
      const pool = poolOf(() => 1);
      return () => pool.stop(1 as never);
    },
  },
  bubble: {
    "of a function that returns at once": () => () => bubble(() => 1),
    "of a function that throws": () => () => bubble(fail),
    "with a value that is not a function": () => () => bubble(wrong),
    "with an invalid seed": () => () => bubble(() => 1, { seed: 0.5 }),
  },
  gosched: { "in a loop": () => () => gosched() },
  "Pipeline.[asyncDispose]": { "before the first value": () => () => pipeline([1])[Symbol.asyncDispose]() },
  "Pipeline.[asyncIterator]": "pipeline",
  "Pipeline.batch": "batch",
  "Pipeline.debounce": "debounce",
  "Pipeline.filter": "filter",
  "Pipeline.map": "map",
  "Pipeline.merge": "merge",
  "Pipeline.tee": "tee",
  "Pipeline.throttle": "throttle",
  "Stage.[asyncIterator]": "map",
  "Stage.next": {
    "of a stage that has ended": leftStage((stage) => stage.next()),
    "of a source that fails": () => () => map({ [Symbol.iterator]: fail }, () => 1).next(),
    "with a canceled context": () => {
      const stage = map(endless(), () => 1, { ctx: canceled() });
      return () => stage.next();
    },
  },
  "Stage.return": {
    "of a stage that has ended": leftStage((stage) => stage.return()),
    "of many stages": () => () => map([1], () => 1).return(),
  },
  batch: {
    "of an endless source": () => nextOf(batch(endless(), { size: 2 })),
    "of an endless source, with an interval": () => nextOf(batch(endless(), { size: 2, interval: 1 })),
  },
  debounce: {
    "at the leading edge of each of many sources": () => () => debounce([1, 2], 0, { leading: true }).next(),
  },
  filter: {
    "of an endless source": () => nextOf(filter(endless(), () => true)),
    "that keeps one value in a hundred": () => nextOf(filter(endless(), (_ctx, n) => n % 100 === 0)),
  },
  map: {
    "of an endless source": () => nextOf(map(endless(), () => 1)),
    "of an endless source, four at a time": () => nextOf(map(endless(), () => 1, { concurrency: 4 })),
    "of an endless source, in order of completion": () =>
      nextOf(map(endless(), () => 1, { concurrency: 4, ordered: false })),
    "of a function that throws": () => () => map([1], fail).next(),
  },
  merge: { "of endless sources": () => nextOf(merge(endless(), endless())) },
  pipeline: {
    "of an endless source": () => nextOf(pipeline(endless())[Symbol.asyncIterator]()),
    "of an endless source, with stages": () => {
      const pairs = pipeline(endless())
        .filter(() => true)
        .map(() => 1)
        .batch({ size: 2 });
      return nextOf(pairs[Symbol.asyncIterator]());
    },
  },
  tee: {
    "of an endless source": () => {
      const [left, right] = tee(endless(), 2);
      return () => Promise.all([left.next(), right.next()]);
    },
  },
  throttle: { "at the first value of each of many sources": () => () => throttle([1, 2], 1).next() },
  mapOrdered: {
    "of an endless source": () => {
      const results = mapOrdered(endless(), () => 1, { concurrency: 1 });
      return () => results.next();
    },
    "of items that fail": () => () => mapOrdered([1], fail, { concurrency: 1 }).next(),
  },
  // The function of the user, with a catch.
  "recover()": {},
  waitFor: {
    "a promise that has resolved": () => () => waitFor(Promise.resolve(1), { timeout: 1_000 }),
    "a promise that has rejected": () => () => waitFor(Promise.reject(doom), { timeout: 1_000 }),
    "with a canceled context": () => {
      const ctx = canceled();
      return () => waitFor(new Promise(() => undefined), { ctx });
    },
    "with a value that is not a promise": () => () => waitFor(wrong, { timeout: 1_000 }),
  },
  retry: {
    "of a function that returns at once": () => () => retry(() => 1, { retries: 1 }),
    "of a function that throws": () => () => retry(fail, { retries: 0 }),
    "with a context that is canceled": () => {
      const ctx = canceled();
      return () => retry(() => 1, { retries: 1, ctx });
    },
    "with a value that is not a function": () => () => retry(wrong, { retries: 1 }),
  },
  runPool: {
    "of jobs that are closed": () => () => runPool(context.background(), closed(), new Channel(1), () => 1),
    "whose context is canceled": () => {
      const ctx = canceled();
      return () => runPool(ctx, new Channel<number>(), new Channel<JobOutcome<number, number>>(), () => 1);
    },
    "with a value that is not a function": () => () =>
      runPool(context.background(), new Channel(), new Channel(), wrong),
    "with a value that is not a channel": () => () => runPool(context.background(), 1 as never, 1 as never, () => 1),
    "with invalid options": () => () =>
      runPool(context.background(), new Channel(), new Channel(), () => 1, { workers: 0 }),
  },
  select: {
    "with a default": () => () => select({ default: true }),
    "of a channel that is closed": () => {
      const ch = closed();
      return () => select([receive(ch)]);
    },
    "that sends on a closed channel": () => {
      const ch = closed<number>();
      return () => select([send(ch, 1)]);
    },
    "with a value that is not a case": () => () => select([1] as never),
  },
  waitUntilBlocked: { "outside of a bubble": () => () => waitUntilBlocked() },
  "time.sleep": {
    "for 0 ms": () => () => time.sleep(0),
    "for a negative time": () => () => time.sleep(-1),
    "for a value that is not a number": () => () => time.sleep(wrong),
  },
  toReadableStream: {
    "read of values in the buffer": () => {
      const ch = new Channel<number>(1);
      const reader = toReadableStream(ch).getReader();
      return () => {
        ch.trySend(1);
        return reader.read();
      };
    },
    "read of a source that is always ready": () => {
      const reader = toReadableStream(fromIterable(endless())).getReader();
      return () => reader.read();
    },
  },
  toWritableStream: {
    "write into the buffer": () => {
      const ch = new Channel<number>(1);
      const writer = toWritableStream(ch).getWriter();
      return async () => {
        await writer.write(1);
        ch.tryReceive();
      };
    },
  },
};

const exported = callablesOf([
  "src/index.ts",
  "src/pipeline/pipeline.ts",
  "src/testing/testing.ts",
  "src/trace/trace.ts",
]);

test("every export that returns a promise or an async iterator has its loops here", () => {
  const missing = exported.filter(({ name, isAsync }) => isAsync && loops[name] === undefined);
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test("every export that has its loops here exists", () => {
  const names = new Set(exported.map(({ name }) => name));
  expect(Object.keys(loops).filter((name) => !names.has(name))).toEqual([]);
});

const rows = Object.entries(loops).flatMap(([name, entry]) =>
  typeof entry === "string"
    ? []
    : Object.entries(entry).map(([description, loop]) => [name, description, loop] as const),
);

test.each(rows)("%s lets timers run: %s", async (...[, , loop]) => {
  // The loops end in the middle of their operations.
  ignoreLeaks();
  expect(await letsTimersRun(await loop())).toBe(true);
});

const maxValues = 2_000_000;

/** Channels with endless values, read as fast as the pump can. */
const pumps: Readonly<Record<string, (values: Generator<number>) => ReceiveChannel<number>>> = {
  "fromIterable, of a generator": (values) => fromIterable(values, { capacity: maxValues }),
  "fromIterable, of an async generator": (values) => {
    async function* numbers(): AsyncGenerator<number> {
      yield* values;
    }
    return fromIterable(numbers(), { capacity: maxValues });
  },
  fromReadableStream: (values) => {
    const stream = new ReadableStream<number>({
      pull(controller) {
        const step = values.next();
        if (step.done === true) controller.close();
        else controller.enqueue(step.value);
      },
    });
    return fromReadableStream(stream, { capacity: maxValues });
  },
};

test.each(Object.entries(pumps))("the pump of %s lets timers run while there is room", async (_, pump) => {
  let pulled = 0;
  let hasFired = false;
  function* values(): Generator<number> {
    while (pulled < maxValues && !hasFired) yield pulled++;
  }
  const ch = pump(values());
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      hasFired = true;
      resolve();
    }, 10);
  });
  expect(pulled).toBeLessThan(maxValues);
  for await (const _ of ch) continue;
});

/** Runs a tight loop beside a timer of 10 ms, and reports whether the timer fires. A starved timer would never fire. */
async function letsTimersRun(body: Body): Promise<boolean> {
  let hasFired = false;
  const timer = setTimeout(() => (hasFired = true), 10);
  const end = performance.now() + 2000;
  for (let rounds = 0; !hasFired && (rounds < 1000 || performance.now() < end); rounds++) {
    try {
      await body();
    } catch {
      // A loop that handles its failures.
    }
  }
  clearTimeout(timer);
  return hasFired;
}
