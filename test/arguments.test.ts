// Every export that takes a context, a function or options rejects values that are easily passed by mistake, and names the argument in
// the error.

import { describe, expect, test } from "@jest/globals";
import {
  Broadcast,
  Channel,
  Cond,
  context,
  defer,
  deliveryOf,
  ErrGroup,
  fromEvents,
  fromIterable,
  fromReadableStream,
  go,
  KeyedMutex,
  LossyChannel,
  main,
  mapOrdered,
  Mutex,
  Once,
  onceFunc,
  onceValue,
  RateLimiter,
  ResultGroup,
  retry,
  receive,
  recover,
  runPool,
  RWMutex,
  select,
  Semaphore,
  SingleFlight,
  time,
  toReadableStream,
  toWritableStream,
  waitFor,
  WaitGroup,
  WorkerPool,
} from "goro";
import { type JobQueue, queue } from "goro/bullmq";
import { batch, debounce, filter, map, merge, pipeline, tee, throttle } from "goro/pipeline";
import { ignoreLeaks, bubble, memoryQueue, reportLeaks } from "goro/testing";
import { record, renderPool, renderText, renderTimeline } from "goro/trace";
import { type Callable, callablesOf, type Parameter } from "./support/exports.ts";
import { traceOf } from "./support/traces.ts";

/** Calls an export with a wrong argument at the position of its kind; the other arguments are valid. */
type Call = (wrong: never) => unknown;

/** The calls of an export, by the name of the argument. */
type Calls = Readonly<Record<string, Call>>;

const job = (): number => 1;
const trace = traceOf([]);
const emitter = {
  on: () => undefined,
  off: () => undefined,
};

const response = { ...emitter, writableEnded: false, writableFinished: false };

function pool(): WorkerPool<number, number> {
  return new WorkerPool(job, { workers: 1 });
}

function jobQueue(): JobQueue<number, number> {
  return queue("jobs", { redis: "redis://127.0.0.1:1", outcomes: true });
}

const { background } = context;

const calls: Readonly<Record<string, Calls>> = {
  "Channel.receive": { options: (options) => new Channel().receive(options) },
  "Channel.send": { options: (options) => new Channel().send(1, options) },
  "Channel.values": { options: (options) => new Channel().values(options) },
  "Cond.wait": { options: (options) => new Cond(new Mutex()).wait(options) },
  "ErrGroup.go": { f: (f) => new ErrGroup().go(f), options: (options) => new ErrGroup().go(job, options) },
  "ErrGroup.tryGo": { f: (f) => new ErrGroup().tryGo(f) },
  "ErrGroup.wait": { options: (options) => new ErrGroup().wait(options) },
  "ErrGroup.withContext": { parent: (parent) => ErrGroup.withContext(parent) },
  "JobQueue.jobs": { ctx: (ctx) => jobQueue().jobs(ctx) },
  "JobQueue.counts": { options: (options) => jobQueue().counts(options) },
  "JobChannel.send": { options: (options) => jobQueue().jobs().send(1, options) },
  "JobQueue.outcomes": { ctx: (ctx) => jobQueue().outcomes(ctx) },
  "KeyedMutex.lock": { options: (options) => new KeyedMutex<string>().lock("key", options) },
  "KeyedMutex.withLock": {
    fn: (fn) => new KeyedMutex<string>().withLock("key", fn),
    options: (options) => new KeyedMutex<string>().withLock("key", job, options),
  },
  "MemoryQueue.jobs": { ctx: (ctx) => memoryQueue().jobs(ctx) },
  "MemoryQueue.outcomes": { ctx: (ctx) => memoryQueue().outcomes(ctx) },
  "Mutex.lock": { options: (options) => new Mutex().lock(options) },
  "Mutex.withLock": { fn: (fn) => new Mutex().withLock(fn), options: (options) => new Mutex().withLock(job, options) },
  "Pipeline.batch": { options: (options) => pipeline([1]).batch(options) },
  "Pipeline.debounce": { options: (options) => pipeline([1]).debounce(1, options) },
  "Pipeline.filter": {
    fn: (fn) => pipeline([1]).filter(fn),
    options: (options) => pipeline([1]).filter(() => true, options),
  },
  "Pipeline.map": { fn: (fn) => pipeline([1]).map(fn), options: (options) => pipeline([1]).map(job, options) },
  "Pipeline.tee": { options: (options) => pipeline([1]).tee(2, options) },
  "Pipeline.throttle": { options: (options) => pipeline([1]).throttle(1, options) },
  "ResultGroup.go": { f: (f) => new ResultGroup().go(f), options: (options) => new ResultGroup().go(job, options) },
  "ResultGroup.tryGo": { f: (f) => new ResultGroup().tryGo(f) },
  "ResultGroup.wait": { options: (options) => new ResultGroup().wait(options) },
  "ResultGroup.withContext": { parent: (parent) => ResultGroup.withContext(parent) },
  "RWMutex.lock": { options: (options) => new RWMutex().lock(options) },
  "RWMutex.rLock": { options: (options) => new RWMutex().rLock(options) },
  "RWMutex.withLock": {
    fn: (fn) => new RWMutex().withLock(fn),
    options: (options) => new RWMutex().withLock(job, options),
  },
  "RWMutex.withRLock": {
    fn: (fn) => new RWMutex().withRLock(fn),
    options: (options) => new RWMutex().withRLock(job, options),
  },
  "Semaphore.withPermits": {
    fn: (fn) => new Semaphore(1).withPermits(1, fn),
    options: (options) => new Semaphore(1).withPermits(1, job, options),
  },
  "Broadcast.send": { options: (options) => new Broadcast().send(1, options) },
  "Broadcast.subscribe": { options: (options) => new Broadcast().subscribe(options) },
  "new Broadcast": { options: (options) => new Broadcast(options) },
  "Once.do": { f: (f) => new Once().do(f), options: (options) => new Once().do(job, options) },
  "RateLimiter.wait": { options: (options) => new RateLimiter(1, 1).wait(1, options) },
  "Semaphore.acquire": { options: (options) => new Semaphore(1).acquire(1, options) },
  "SingleFlight.do": {
    f: (f) => new SingleFlight<string, unknown>().do("key", f),
    options: (options) => new SingleFlight<string, unknown>().do("key", job, options),
  },
  "SingleFlight.doChan": { f: (f) => new SingleFlight<string, unknown>().doChan("key", f) },
  "WaitGroup.wait": { options: (options) => new WaitGroup().wait(options) },
  "WaitGroup.go": { f: (f) => new WaitGroup().go(f) },
  "WorkerPool.map": { options: (options) => pool().map([1], options).next() },
  "WorkerPool.run": { options: (options) => pool().run(1, options) },
  "WorkerPool.send": { options: (options) => pool().send(1, options) },
  "WorkerPool.onIdle": { options: (options) => pool().onIdle(options) },
  "time.sleep": { options: (options) => time.sleep(0, options) },
  "WorkerPool.stop": { ctx: (ctx) => pool().stop(ctx) },
  "WorkerPool.submit": { options: (options) => pool().submit(1, options) },
  "WorkerPool.trySend": { options: (options) => pool().trySend(1, options) },
  "WorkerPool.trySubmit": { options: (options) => pool().trySubmit(1, options) },
  batch: { options: (options) => batch([1], options) },
  bubble: { f: (f) => bubble(f), options: (options) => bubble(job, options) },
  "context.afterFunc": { ctx: (ctx) => context.afterFunc(ctx, job), f: (f) => context.afterFunc(background(), f) },
  "context.cause": { ctx: (ctx) => context.cause(ctx) },
  "context.fromResponse": { options: (options) => context.fromResponse(response, options) },
  "context.notifyContext": { parent: (parent) => context.notifyContext(parent, "SIGUSR2") },
  "context.withCancel": { parent: (parent) => context.withCancel(parent) },
  "context.withCancelCause": { parent: (parent) => context.withCancelCause(parent) },
  "context.withDeadline": { parent: (parent) => context.withDeadline(parent, 0) },
  "context.withDeadlineCause": { parent: (parent) => context.withDeadlineCause(parent, 0, new Error("late")) },
  "context.withTimeout": { parent: (parent) => context.withTimeout(parent, 0) },
  "context.withTimeoutCause": { parent: (parent) => context.withTimeoutCause(parent, 0, new Error("late")) },
  "context.withValue": { parent: (parent) => context.withValue(parent, context.key<number>("key"), 1) },
  "context.withoutCancel": { parent: (parent) => context.withoutCancel(parent) },
  debounce: { options: (options) => debounce([1], 1, options) },
  defer: { f: (f) => defer(f) },
  deliveryOf: { ctx: (ctx) => deliveryOf(ctx) },
  filter: { fn: (fn) => filter([1], fn), options: (options) => filter([1], () => true, options) },
  fromEvents: { options: (options) => fromEvents(emitter, "event", options) },
  fromIterable: { options: (options) => fromIterable([1], options) },
  fromReadableStream: { options: (options) => fromReadableStream(new ReadableStream<number>(), options) },
  go: { f: (f) => go(f) },
  main: { f: (f) => main(f) },
  map: { fn: (fn) => map([1], fn), options: (options) => map([1], job, options) },
  mapOrdered: { fn: (fn) => mapOrdered([1], fn), options: (options) => mapOrdered([1], job, options) },
  memoryQueue: { options: (options) => memoryQueue(options) },
  merge: { options: (options) => merge([1], options) },
  "new Channel": { options: (options) => new Channel(0, options) },
  "new LossyChannel": { options: (options) => new LossyChannel(1, options) },
  "new WorkerPool": { f: (f) => new WorkerPool(f), options: (options) => new WorkerPool(job, options) },
  pipeline: { options: (options) => pipeline([1], options) },
  queue: { options: (options) => queue("jobs", options) },
  onceFunc: { f: (f) => onceFunc(f) },
  onceValue: { f: (f) => onceValue(f) },
  recover: { f: (f) => recover(f, job), onPanic: (onPanic) => recover(job, onPanic) },
  renderPool: { options: (options) => renderPool(trace, options) },
  record: { options: (options) => record(options) },
  reportLeaks: { report: (report) => reportLeaks(report) },
  retry: { fn: (fn) => retry(fn, { retries: 1 }), options: (options) => retry(job, options) },
  runPool: {
    ctx: (ctx) => runPool(ctx, closed(), new Channel(1), job),
    f: (f) => runPool(background(), closed(), new Channel(1), f),
    options: (options) => runPool(background(), closed(), new Channel(1), job, options),
  },
  renderText: { options: (options) => renderText(trace, options) },
  tee: { options: (options) => tee([1], 2, options) },
  throttle: { options: (options) => throttle([1], 1, options) },
  select: { options: (options) => select([receive(new Channel())], options) },
  "time.afterFunc": { f: (f) => time.afterFunc(0, f) },
  renderTimeline: { options: (options) => renderTimeline(trace, options) },
  toReadableStream: { options: (options) => toReadableStream(new Channel<number>(), options) },
  waitFor: { options: (options) => waitFor(Promise.resolve(1), options) },
  toWritableStream: { options: (options) => toWritableStream(new Channel<number>(), options) },
};

/** The exports without calls here, with the reasons. */
const exceptions = [
  // Users create these, and the library calls them.
  /^(TestHooks|JobSource|JobDelivery|context\.ResponseLike)\./,
  // The types of the ends of a Channel, and the class with its methods. Channel is checked.
  /^(SendChannel|ReceiveChannel|EventChannel|Subscription|LossyChannel)\./,
  // The errors name a limit as "limit"; test/sync/limit.test.ts checks them.
  /^(createLimit\(\)|LimitControls\.onIdle)$/,
  // These have the options of the host's own errors.
  /^new (PanicError|ClearedError|context\.ResponseClosed|StoppedError|LeaseLost|Stopping|context\.Canceled|context\.DeadlineExceeded)$/,
  // A test framework passes an object with more members than the hooks.
  /^expectNoLeaks$/,
  // Created by `time.afterFunc`.
  /^new time\.FuncTimer$/,
];

function closed(): Channel<number> {
  const ch = new Channel<number>();
  ch.close();
  return ch;
}

function isChecked({ takes }: Parameter): boolean {
  return takes.context || takes.function || takes.options.length > 0;
}

const exported: Callable[] = callablesOf([
  "src/index.ts",
  "src/testing/testing.ts",
  "src/pipeline/pipeline.ts",
  "src/trace/trace.ts",
  "src/bullmq/bullmq.ts",
]).filter(({ name }) => !exceptions.some((other) => other.test(name)));

test("every export that takes a context, a function or options has its call here", () => {
  const missing = exported.flatMap(({ name, parameters }) =>
    parameters
      .filter((each) => isChecked(each) && calls[name]?.[each.name] === undefined)
      .map((each) => `${name}: ${each.name}`),
  );
  expect(missing).toEqual([]);
});

test("every export that has a call here exists", () => {
  const names = new Set(exported.map(({ name }) => name));
  expect(Object.keys(calls).filter((name) => !names.has(name))).toEqual([]);
});

/** A wrong argument: its description, its value, and the name that the error must contain. */
type Wrong = readonly [description: string, value: unknown, name: string];

function wrongArguments({ name, takes }: Parameter): Wrong[] {
  const wrong: Wrong[] = [];
  if (takes.context) {
    wrong.push(["an AbortSignal", new AbortController().signal, name]);
    wrong.push(["a string", "ctx", name]);
  }
  if (takes.function) {
    wrong.push(["a generator function", generator, name], ["an async generator function", asyncGenerator, name]);
    wrong.push(["a promise", Promise.resolve(), name]);
  }
  if (takes.options.length > 0) {
    wrong.push(["null", null, name], ["a number", 1, name], ["an unknown option", { nonsense: 1 }, "nonsense"]);
    for (const option of takes.options) wrong.push([`null for ${option}`, { [option]: null }, option]);
    if (takes.options.includes("ctx")) {
      wrong.push(["an AbortSignal as ctx", { ctx: new AbortController().signal }, "ctx"]);
    }
    if (takes.options.includes("signal")) wrong.push(["a context as signal", { signal: background() }, "signal"]);
    for (const option of takes.options.filter((each) => /^on[A-Z](?!rror$)/.test(each))) {
      wrong.push([`a generator function for ${option}`, { [option]: generator }, option]);
    }
  }
  return wrong;
}

const rows = exported.flatMap(({ name, parameters }) =>
  parameters
    .filter(isChecked)
    .flatMap((parameter) =>
      wrongArguments(parameter).map((wrong) => [name, wrong[0], wrong, calls[name]?.[parameter.name] as Call] as const),
    ),
);

test.each(rows)("%s rejects %s", async (name, _, [, value, argument], call) => {
  // A call that does not throw may leave goroutines behind.
  ignoreLeaks();
  const error = await errorOf(() => call(value as never));
  expect(error).toBeInstanceOf(TypeError);
  // The name of the function, or of its class or namespace.
  expect((error as Error).message).toContain(name.replace(/^new |\.\w+$/g, ""));
  expect((error as Error).message).toMatch(new RegExp(`\\b${argument}\\b`));
});

test.each([
  ["null for a part of retry", { retry: { retries: 1, delay: null } }, "delay"],
  ["an unknown part of retry", { retry: { retries: 1, nonsense: 1 } }, "nonsense"],
  ["a generator function for retry.shouldRetry", { retry: { retries: 1, shouldRetry: generator } }, "shouldRetry"],
])("WorkerPool and runPool reject %s", async (_, options, argument) => {
  for (const name of ["new WorkerPool", "runPool"]) {
    const error = await errorOf(() => calls[name]?.["options"]?.(options as never));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(argument);
  }
});

const { signal } = new AbortController();
const withoutCount: readonly (readonly [name: string, call: (options: never) => unknown])[] = [
  ["RateLimiter.wait", (options) => new RateLimiter(1).wait(options)],
  ["Semaphore.acquire", (options) => new Semaphore(1).acquire(options)],
  ["Pipeline.tee", (options) => pipeline([1]).tee(options)],
  ["tee", (options) => tee([1], options as object)],
];

describe.each(withoutCount)("%s without its number", (name, call) => {
  test.each([
    ["a context", background(), "options must be an object, got a Context; a context is passed as { ctx }"],
    ["a signal", signal, "options must be an object, got an AbortSignal; an AbortSignal is passed as { signal }"],
    ["an unknown option", { nonsense: 1 }, /^unknown option nonsense; the options are (capacity, )?ctx, signal/],
    ["null for an option", { ctx: null }, "ctx must not be null; leave it out for the default"],
  ])("rejects %s", async (_, options, problem) => {
    const error = (await errorOf(() => call(options as never))) as Error;
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message.startsWith(`${name}: `)).toBe(true);
    expect(error.message.slice(name.length + 2)).toEqual(
      typeof problem === "string" ? problem : expect.stringMatching(problem),
    );
  });

  test.each([null, "1", 0.5])("rejects %p, which is neither a number nor options", async (n) => {
    const error = (await errorOf(() => call(n as never))) as Error;
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(/: n must be a whole number, /);
  });
});

function* generator(): Generator<number> {
  yield 1;
}

async function* asyncGenerator(): AsyncGenerator<number> {
  yield 1;
}

async function errorOf(f: () => unknown): Promise<unknown> {
  try {
    await f();
    return undefined;
  } catch (error) {
    return error;
  }
}
