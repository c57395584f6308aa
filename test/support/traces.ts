// Traces to make views of: some by hand, event by event, and some recorded of small programs that do a bit of everything.

import { Channel, context, go, Mutex, receive, select, send, time, WaitGroup, WorkerPool } from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { log, record, type Trace, type TracedCase, type TraceEvent } from "goro/trace";
import { Prng } from "../../src/util/prng.ts";

type Given<E extends TraceEvent = TraceEvent> = E extends TraceEvent ? Omit<E, "at"> & { readonly at?: number } : never;

/** A trace of these events, all at once unless they say when. Who and what they name is listed, without a name, if `rest` does not. */
export function traceOf(given: readonly Given[], rest: Partial<Trace> = {}): Trace {
  const events: TraceEvent[] = given.map((event) => ({ at: 0, ...event }));
  const [goroutines, channels, pools] = [new Set([1]), new Set<number>(), new Set<number>()];
  for (const event of events) {
    const { goroutine: who } = event;
    if (who !== null && who > 0) goroutines.add(who);
    if (event.type === "go") goroutines.add(event.child);
    if ("channel" in event && event.channel !== undefined) channels.add(event.channel);
    if ("cases" in event) for (const { channel } of event.cases ?? []) if (channel !== null) channels.add(channel);
    if ("pool" in event) pools.add(event.pool);
  }
  return {
    format: "goro-trace",
    version: 1,
    clock: "virtual",
    epoch: 946_684_800_000,
    end: events.at(-1)?.at ?? 0,
    ending: "running",
    dropped: 0,
    goroutines: [...goroutines].map((id) => ({ id, name: id === 1 ? "main" : "", parent: null })),
    channels: [...channels].map((id) => ({ id, name: "", capacity: 0 })),
    pools: [...pools].map((id) => ({ id, name: "" })),
    events,
    ...rest,
  };
}

const programs: Readonly<Record<string, () => Promise<void>>> = {
  async channels() {
    const jobs = new Channel<number>(2, { name: "jobs" });
    const results = new Channel<string>(0, { name: "results" });
    const wg = new WaitGroup();
    for (let w = 0; w < 2; w++) {
      wg.go(async function worker() {
        for await (const job of jobs) await results.send(`job ${job}`);
      });
    }
    go(async function closer() {
      await wg.wait();
      results.close();
    });
    go(async function producer() {
      for (let job = 1; job <= 5; job++) await jobs.send(job);
      jobs.close();
    });
    for await (const result of results) log(result);
  },

  async selects() {
    const [left, right] = [new Channel<number>(1, { name: "left" }), new Channel<number>()];
    await select({ left: receive(left), default: true });
    go(async function sender() {
      await select({ left: send(left, 1), right: send(right, 2) });
      await select([send(left, 3), send(right, 4)]);
    });
    await waitUntilBlocked();
    for (let i = 0; i < 2; i++) await select({ left: receive(left), right: receive(right) });
    left.close();
    await select({ left: receive(left), off: receive(null) });
  },

  async timers() {
    const [ctx, cancel] = context.withTimeout(context.background(), 20);
    const mutex = new Mutex();
    await mutex.lock();
    go(async function locker() {
      await mutex.lock();
      mutex.unlock();
    });
    time.afterFunc(5, () => log("later"));
    await time.sleep(10);
    mutex.unlock();
    await time.after(3).receive();
    await ctx.done().receive();
    cancel();
  },

  async pools() {
    const pool = new WorkerPool(
      async function work(_ctx, job: number) {
        await time.sleep(job);
        if (job === 3) throw new Error("three is broken");
        return job;
      },
      { workers: 2, queueSize: 4 },
    );
    const tasks = await Promise.all([1, 2, 3, 4].map((job) => pool.submit(job)));
    await Promise.allSettled(tasks.map((task) => task.result));
    await pool.stop();
  },

  async leaks() {
    const forgotten = new Channel<number>(0, { name: "forgotten" });
    go(async function waiter() {
      await forgotten.receive();
    });
    await waitUntilBlocked();
    forgotten.close();
  },
};

/** Recordings of programs with channels, selects, timers and contexts, a pool, and a wait that lasts; all in virtual time. */
export async function recordings(): Promise<[name: string, trace: Trace][]> {
  const made: [string, Trace][] = [];
  for (const [name, run] of Object.entries(programs)) {
    const trace = await bubble(async () => {
      using recording = record({ values: true });
      await run();
      return recording.stop();
    });
    made.push([name, trace]);
  }
  return made;
}

/** Text that has broken files and terminals: markup, control characters, marks of direction, half of a pair, emoji and wide letters. */
export const hostile: readonly string[] = [
  `"><script>alert('&amp;')</script>`,
  "]]>",
  "\u001b[2J\u001b]0;title\u0007\u009b31m\r\n\t\u0000\u007f",
  "\u202eevil\u2066\u200b\u2028\ufeff",
  "\ud83d and \udc00",
  "👩‍👩‍👧‍👦🇩🇪❤️1️⃣",
  "並行処理はゴルーチン",
  "e\u0301\u0301\u0301\u0301",
  "__proto__",
  "x".repeat(1_000_000),
];

/** `count` events of all types in no sense at all, by the seed; with everybody there is in the lists, and hostile names. */
export function jumble(seed: number, count: number): Trace {
  const chance = new Prng(seed);
  const below = (n: number): number => chance.randomInt(n);
  const one = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const text = (): string => one(hostile.slice(0, -1));
  const who = (): number | null => one([null, 0, 1, 1, 2, 3, 4, 5, 6, 30]);
  const channel = (): number => 1 + below(4);
  const cases = (): TracedCase[] => [
    { name: text(), operation: "receive", channel: channel() },
    { name: "1", operation: "send", channel: one([null, channel()]) },
  ];
  const operations = ["chan send", "chan receive", "sleep", "sync.Mutex.Lock", "sync.WaitGroup.Wait", text()];
  let at = 0;
  const makers: readonly ((goroutine: number | null) => Given)[] = [
    (goroutine) => ({ goroutine, type: "go", child: 2 + below(5) }),
    (goroutine) => ({ goroutine, type: "panic", error: text() }),
    (goroutine) => ({ goroutine, type: "end" }),
    (goroutine) => ({ goroutine, type: "block", wait: 1 + below(40), operation: one(operations), channel: channel() }),
    (goroutine) => ({ goroutine, type: "block", wait: 1 + below(40), operation: "select", cases: cases() }),
    (goroutine) => ({ goroutine, type: "unblock", wait: 1 + below(40), by: who() }),
    (goroutine) => ({
      goroutine,
      type: "send",
      channel: channel(),
      value: 1 + below(30),
      length: below(5),
      text: text(),
    }),
    (goroutine) => ({ goroutine, type: "send", channel: channel(), value: 1 + below(30), length: 0, to: who() }),
    (goroutine) => ({ goroutine, type: "receive", channel: channel(), value: 1 + below(30), length: below(5) }),
    (goroutine) => ({ goroutine, type: "receive", channel: channel(), value: 1 + below(30), length: 0, from: who() }),
    (goroutine) => ({ goroutine, type: "close", channel: channel() }),
    (goroutine) => ({ goroutine, type: "select", cases: cases(), chosen: one(["1", "default", text()]) }),
    () => ({ goroutine: 0, type: "timer", purpose: text() }),
    (goroutine) => ({ goroutine, type: "cancel", context: text(), cause: text() }),
    (goroutine) => ({ goroutine, type: "log", text: text() }),
    (goroutine) => ({ goroutine, type: "accept", pool: 1 + below(2), job: 1 + below(9) }),
    (goroutine) => ({ goroutine, type: "start", pool: 1 + below(2), job: 1 + below(9), worker: 1 + below(3) }),
    (goroutine) => ({
      goroutine,
      type: "finish",
      pool: 1 + below(2),
      job: 1 + below(9),
      worker: one([null, 1, 2, 3]),
      status: one(["done", "failed", "cancelled"]),
    }),
  ];
  const events = Array.from({ length: count }, (): Given => {
    if (below(4) === 0) at += one([0.001, 0.25, 10]);
    return { ...one(makers)(who()), at };
  });
  return traceOf(events, {
    clock: one(["real", "virtual"]),
    end: at + below(5),
    ending: one(["running", "returned", "panicked", "blocked"]),
    dropped: below(3),
    goroutines: [1, 2, 3, 4, 5, 6, 30].map((id) => ({ id, name: id === 1 ? "main" : one(hostile), parent: null })),
    channels: [1, 2, 3, 4].map((id) => ({ id, name: id === 1 ? "" : one(hostile), capacity: id - 1 })),
    pools: [1, 2].map((id) => ({ id, name: one(hostile) })),
  });
}
