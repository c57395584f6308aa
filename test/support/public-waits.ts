// All public functions and methods: a call that waits of each that can wait, and the names of the others.

/**
 * The statements of a goroutine that waits, by the name of the function or method. A name may have a comment after a space; functions of
 * objects without an exported class are below.
 */
export const waits: Readonly<Record<string, string>> = {
  "Channel.send": "await new Channel().send(1);",
  "Channel.receive": "await new Channel().receive();",
  "Channel.send with a signal": "await new Channel().send(1, { signal });",
  "Channel.receive with a signal": "await new Channel().receive({ signal });",
  "Channel.values": "for await (const value of new Channel().values({ signal })) console.log(value);",
  "Channel.Symbol(Symbol.asyncIterator)": "for await (const value of new Channel()) console.log(value);",
  "LossyChannel.receive": 'await new LossyChannel(1, { overflow: "drop-oldest" }).receive();',
  "LossyChannel.Symbol(Symbol.asyncIterator)":
    'for await (const value of new LossyChannel(1, { overflow: "drop-oldest" })) console.log(value);',
  "LossyChannel.values":
    'for await (const value of new LossyChannel(1, { overflow: "drop-oldest" }).values({ signal })) console.log(value);',
  "Broadcast.send": 'const b = new Broadcast(); b.subscribe({ overflow: "wait", capacity: 0 }); await b.send(1);',
  "Subscription.receive": "await new Broadcast().subscribe().receive();",
  select: "await select({ a: receive(new Channel()), b: receive(new Channel()) });",
  "select without cases": "await select({});",
  "select with a promise": "await select({ a: receive(new Channel()), b: promise(new Promise(() => {})) });",
  waitFor: "await waitFor(new Promise(() => {}), { timeout: hour });",
  "time.sleep": "await time.sleep(hour);",
  "time.after": "await time.after(hour).receive();",
  "Cond.wait": "const mu = new Mutex(); await mu.lock(); await new Cond(mu).wait();",
  "ErrGroup.go": "const g = new ErrGroup(); g.setLimit(1); await g.go(forever); await g.go(forever);",
  "ErrGroup.go with a signal":
    "const g = new ErrGroup(); g.setLimit(1); await g.go(forever); await g.go(forever, { signal });",
  "ErrGroup.wait": "const g = new ErrGroup(); await g.go(forever); await g.wait();",
  "KeyedMutex.lock": 'const mu = new KeyedMutex(); await mu.lock("a"); await mu.lock("a");',
  "KeyedMutex.withLock": 'const mu = new KeyedMutex(); await mu.lock("a"); await mu.withLock("a", forever);',
  createLimit: "const limit = createLimit(1); void limit(forever); await limit(forever);",
  "createLimit and onIdle": "const limit = createLimit(1); void limit(forever); await limit.onIdle();",
  "Mutex.lock": "const mu = new Mutex(); await mu.lock(); await mu.lock();",
  "Mutex.lock with a signal": "const mu = new Mutex(); await mu.lock(); await mu.lock({ signal });",
  "Mutex.lock with a timeout": "const mu = new Mutex(); await mu.lock(); await mu.lock({ timeout: hour });",
  "Mutex.withLock": "const mu = new Mutex(); await mu.lock(); await mu.withLock(forever);",
  "ResultGroup.go": "const g = new ResultGroup(); g.setLimit(1); await g.go(forever); await g.go(forever);",
  "ResultGroup.go with a signal":
    "const g = new ResultGroup(); g.setLimit(1); await g.go(forever); await g.go(forever, { signal });",
  "ResultGroup.wait": "const g = new ResultGroup(); await g.go(forever); await g.wait();",
  "Once.do": "const once = new Once(); void once.do(forever); await once.do(forever);",
  "Once.do with a signal":
    "const once = new Once(); void once.do(forever, { signal }); await once.do(forever, { signal });",
  "RWMutex.lock": "const mu = new RWMutex(); await mu.rLock(); await mu.lock();",
  "RWMutex.rLock": "const mu = new RWMutex(); await mu.lock(); await mu.rLock();",
  "RWMutex.rLocker": "const mu = new RWMutex(); await mu.lock(); await mu.rLocker().lock();",
  "RWMutex.withLock": "const mu = new RWMutex(); await mu.lock(); await mu.withLock(forever);",
  "RWMutex.withRLock": "const mu = new RWMutex(); await mu.lock(); await mu.withRLock(forever);",
  "RateLimiter.wait":
    "const limiter = new RateLimiter(RateLimiter.every(hour), 1); limiter.allow(); await limiter.wait();",
  "Semaphore.acquire": "const s = new Semaphore(1); await s.acquire(); await s.acquire();",
  "Semaphore.withPermits": "const s = new Semaphore(1); await s.acquire(); await s.withPermits(1, forever);",
  "SingleFlight.do": 'const flight = new SingleFlight(); void flight.do("a", forever); await flight.do("a", forever);',
  "SingleFlight.do with a signal":
    'const flight = new SingleFlight(); void flight.do("a", forever, { signal }); await flight.do("a", forever, { signal });',
  "SingleFlight.doChan": 'await new SingleFlight().doChan("a", forever).receive();',
  "WaitGroup.wait": "const wg = new WaitGroup(); wg.add(1); await wg.wait();",
  "WaitGroup.wait with a signal": "const wg = new WaitGroup(); wg.add(1); await wg.wait({ signal });",
  "WaitGroup.go": "const wg = new WaitGroup(); wg.go(forever); await wg.wait();",
  "WorkerPool.run": "await new WorkerPool(forever).run(1);",
  "WorkerPool.send": "const pool = fullPool(); await pool.send(1);",
  "WorkerPool.submit": "const pool = fullPool(); await pool.submit(1);",
  "PoolTask.result": "const task = await new WorkerPool(forever).submit(1); await task.result;",
  "WorkerPool.map": "for await (const value of new WorkerPool(forever).map([1, 2])) console.log(value);",
  "WorkerPool.onIdle": "const pool = fullPool(); await pool.onIdle();",
  "WorkerPool.stop": "const pool = fullPool(); await pool.stop();",
  "WorkerPool.Symbol(nodejs.asyncDispose)": "await fullPool()[Symbol.asyncDispose]();",
  mapOrdered: "for await (const value of mapOrdered([1, 2], forever)) console.log(value);",
  runPool: "await runPool(context.background(), new Channel(), new Channel(), forever);",
  retry: "await retry(fails, { retries: 3, delay: hour });",
  fromIterable: "await fromIterable(endless()).receive();",
  fromReadableStream: "await fromReadableStream(new ReadableStream()).receive();",
  fromEvents: 'await fromEvents(new EventTarget(), "a").receive();',
  toReadableStream: "await toReadableStream(new Channel()).getReader().read();",
  toWritableStream: "await toWritableStream(new Channel()).getWriter().write(1);",
  memoryQueue: 'const queue = memoryQueue({ depth: 1 }); await queue.send(1, "a"); await queue.send(2, "b");',
  "MemoryQueue.deliveries": "await memoryQueue().deliveries().next(context.background());",
  "MemoryQueue.outcomes": "await memoryQueue().outcomes(context.background()).next();",
  "MemoryQueue.jobs":
    "const jobs = memoryQueue({ depth: 1 }).jobs(context.background()); await jobs.send(1); await jobs.send(2);",
  "pipeline.map": "for await (const value of map([1, 2], forever)) console.log(value);",
  "pipeline.map of several at a time": "await map([1, 2], forever, { concurrency: 2 }).next();",
  "pipeline.filter": "for await (const value of filter([1, 2], forever)) console.log(value);",
  "pipeline.batch": "for await (const values of batch(endless(), { size: 2 })) console.log(values);",
  "pipeline.debounce": "for await (const value of debounce(endless(), hour)) console.log(value);",
  "pipeline.throttle": "for await (const value of throttle(endless(), hour)) console.log(value);",
  "pipeline.merge": "for await (const value of merge(endless(), endless())) console.log(value);",
  "pipeline.tee": "for await (const value of tee(endless(), 2)[0]) console.log(value);",
  "pipeline.pipeline": "for await (const value of pipeline(endless())) console.log(value);",
  "pipeline.pipeline with a stage": "for await (const value of pipeline([1, 2]).map(forever)) console.log(value);",
};

/** The functions and methods of classes that do not wait, or wait only for a function of the program, timers or the event loop. */
export const withoutWaits: readonly string[] = `
  Broadcast.subscriptionCount Broadcast.trySend Broadcast.subscribe Broadcast.close Channel.trySend Channel.tryReceive Channel.close Channel.length Channel.capacity Cond.signal Cond.broadcast ErrGroup.tryGo
  ErrGroup.setLimit ErrGroup.withContext KeyedMutex.tryLock KeyedMutex.unlock KeyedMutex.size ResultGroup.tryGo ResultGroup.setLimit
  ResultGroup.withContext parseRetryAfter context.fromResponse Mutex.tryLock Mutex.unlock RWMutex.tryLock RWMutex.unlock RWMutex.tryRLock
  RWMutex.rUnlock RateLimiter.limit RateLimiter.burst RateLimiter.tokens RateLimiter.allow RateLimiter.reserve
  RateLimiter.setLimit RateLimiter.setBurst RateLimiter.every Semaphore.tryAcquire Semaphore.release SingleFlight.forget WaitGroup.add
  WaitGroup.done WorkerPool.trySend WorkerPool.trySubmit WorkerPool.resize WorkerPool.stats context.DeadlineExceeded.timeout
  context.afterFunc context.background context.cause context.fromSignal context.key context.notifyContext context.todo
  context.withCancel context.withCancelCause context.withDeadline context.withDeadlineCause context.withTimeout
  context.withTimeoutCause context.withValue context.withoutCancel defer deliveryOf go gosched main numCPU numGoroutine onceFunc onceValue
  promise receive recover send time.FuncTimer.stop time.FuncTimer.reset time.Ticker.stop time.Ticker.reset time.Timer.stop time.Timer.reset
  time.afterFunc time.now time.since time.tick time.until LeakDetector.stop LeakDetector.check bubble expectNoLeaks ignoreLeaks now
  reportLeaks waitUntilBlocked formatSnapshot LossyChannel.send LossyChannel.trySend LossyChannel.tryReceive LossyChannel.close
  LossyChannel.length LossyChannel.capacity LossyChannel.dropped log parseTrace record renderPool renderText renderTimeline snapshot toChromeTrace
  waitForGraph watchGoroutines`
  .trim()
  .split(/\s+/);

/**
 * A program that waits in all of `waits`. It prints, as JSON, the names of all public functions and methods, and the first frames of the
 * waits of each goroutine, by the name in `waits`.
 */
export const waitingProgram: string = `
import * as goro from "goro";
import * as stages from "goro/pipeline";
import * as testing from "goro/testing";
import * as trace from "goro/trace";

function publicFunctions(values, prefix = "") {
  return Object.entries(values).flatMap(([name, value]) => {
    if (typeof value === "object") return publicFunctions(value, prefix + name + ".");
    if (typeof value !== "function") return [];
    if (!String(value).startsWith("class")) return [prefix + name];
    const names = Object.getOwnPropertyNames(value).filter((key) => typeof value[key] === "function");
    for (let p = value.prototype; p !== Object.prototype && p !== Error.prototype; p = Object.getPrototypeOf(p))
      names.push(...Reflect.ownKeys(p));
    const common = /^(constructor|prototype|name|toString|toJSON|Symbol\\((nodejs.util.inspect.custom|nodejs.dispose|goro.brand)\\))$/;
    return names.map(String).filter((key) => !common.test(key)).map((key) => prefix + name + "." + key);
  });
}

const { Broadcast, Channel, Cond, context, ErrGroup, fromEvents, fromIterable, fromReadableStream, go, LossyChannel } = goro;
const { mapOrdered, Mutex, Once, promise, RateLimiter, receive, retry, runPool, RWMutex, select, Semaphore } = goro;
const { SingleFlight, time, toReadableStream, toWritableStream, waitFor, WaitGroup, WorkerPool } = goro;
const { createLimit, KeyedMutex, ResultGroup } = goro;
const { batch, debounce, filter, map, merge, pipeline, tee, throttle } = stages;
const { memoryQueue } = testing;
const hour = 3_600_000;
const { signal } = new AbortController();
const forever = () => new Promise(() => undefined);
const fails = async () => { throw new Error("fails"); };
async function* endless() { await forever(); }
function fullPool() {
  const pool = new WorkerPool(forever, { workers: 1, queueSize: 0 });
  pool.trySubmit(1);
  return pool;
}
const waits = {
${Object.entries(waits)
  .map(([name, code]) => `${JSON.stringify(`user:${name}`)}: async () => { ${code} },\n`)
  .join("")}
};
for (const wait of Object.values(waits)) go(wait);
function report(turns) {
  const { goroutines } = trace.snapshot();
  const isWaiting = ({ name, waits }) => !name.startsWith("user:") || waits.length > 0;
  if (turns < 10_000 && !goroutines.every(isWaiting)) return setImmediate(report, turns + 1);
  const frames = goroutines.map(({ name, waits }) => [name, waits.map(({ at }) => at[0] ?? "")]);
  console.log(JSON.stringify({ names: [goro, { pipeline: stages }, testing, trace].flatMap((values) => publicFunctions(values)), frames }));
  process.exit();
}
setImmediate(report, 0);
`;
