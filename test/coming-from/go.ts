// Go and goro. The other side of each row is a function of go/main.go, whose results are recorded in go/output.txt.

import {
  Channel,
  Cond,
  type Context,
  context,
  defer,
  ErrGroup,
  go,
  gosched,
  Mutex,
  numCPU,
  numGoroutine,
  Once,
  onceValue,
  RateLimiter,
  receive,
  type ReceiveChannel,
  recover,
  RWMutex,
  select,
  Semaphore,
  send,
  type SendChannel,
  SingleFlight,
  time,
  WaitGroup,
} from "goro";
import { messageOf } from "./work.ts";

async function fill(ch: SendChannel<number>): Promise<void> {
  for (let i = 1; i <= 3; i++) await ch.send(i);
  ch.close();
}

/** The rows by their titles. */
export const calls: { readonly rows: Readonly<Record<string, { readonly ours: () => Promise<string> }>> } = {
  rows: {
    "a channel": {
      ours: async () => {
        const make = true;

        const ch = new Channel<number>();

        return String(make && ch.capacity);
      },
    },
    "a channel with a buffer": {
      ours: async () => {
        const make = true;

        const ch = new Channel<number>(3);

        return String(make && ch.capacity);
      },
    },
    send: {
      ours: async () => {
        const ch = new Channel<string>(1);

        await ch.send("a");

        return String(ch.length);
      },
    },
    receive: {
      ours: async () => {
        const ch = new Channel<string>(1);
        await ch.send("a");

        const { value: v } = await ch.receive();

        return String(v);
      },
    },
    "receive, and whether the channel is open": {
      ours: async () => {
        const ch = new Channel<string>(1);
        await ch.send("a");

        const { value: v, ok } = await ch.receive();

        return `${v} ${ok}`;
      },
    },
    "receive until the channel is closed": {
      ours: async () => {
        const ch = new Channel<number>(3);
        go(fill, ch);

        let sum = 0;
        for await (const v of ch) {
          sum += v;
        }

        return String(sum);
      },
    },
    close: {
      ours: async () => {
        const ch = new Channel<string>();

        ch.close();

        const { ok } = await ch.receive();
        return String(ok);
      },
    },
    "length and capacity": {
      ours: async () => {
        const ch = new Channel<string>(3);
        await ch.send("a");

        const text = `${ch.length}/${ch.capacity}`;

        return text;
      },
    },
    "send without waiting": {
      ours: async () => {
        const ch = new Channel<string>(1);
        await ch.send("a");

        const sent = ch.trySend("b");

        return String(sent);
      },
    },
    "receive without waiting": {
      ours: async () => {
        const ch = new Channel<string>();

        const text = ch.tryReceive()?.value ?? "empty";

        return text;
      },
    },
    "one end of a channel": {
      ours: async () => {
        const ch = new Channel<number>(1);

        const double = async (incoming: ReceiveChannel<number>, out: SendChannel<number>): Promise<void> => {
          await out.send(2 * ((await incoming.receive()).value ?? 0));
        };

        await ch.send(4);
        await double(ch, ch);
        return String((await ch.receive()).value);
      },
    },
    select: {
      ours: async () => {
        const [a, b] = [new Channel<string>(1), new Channel<string>()];
        await a.send("hello");
        let text = "";

        const s = await select({ a: receive(a), b: send(b, "x") });
        switch (s.case) {
          case "a":
            text = `from a: ${s.value}`;
            break;
          case "b":
            text = "sent to b";
        }

        return text;
      },
    },
    "select with a default": {
      ours: async () => {
        const [a, b] = [new Channel<string>(), new Channel<string>()];
        let text: string | undefined = "";

        const s = await select({ a: receive(a), b: receive(b), default: true });
        text = s.case === "default" ? "nothing" : s.value;

        return String(text);
      },
    },
    "a case that is disabled": {
      ours: async () => {
        const ch = new Channel<string>(1);
        await ch.send("a");

        const never: ReceiveChannel<string> | null = null;
        const { value: text } = await select({ never: receive(never), ch: receive(ch) });

        return String(text);
      },
    },
    "receive with a timeout": {
      ours: async () => {
        const ch = new Channel<string>();

        const s = await select({ ch: receive(ch), late: receive(time.after(10 * time.millisecond)) });
        const text = s.case === "ch" ? s.value : "timeout";

        return String(text);
      },
    },
    "start a goroutine": {
      ours: async () => {
        const ch = new Channel<number>(3);

        go(fill, ch);

        return String((await ch.receive()).value);
      },
    },
    defer: {
      ours: async () => {
        let text = "";
        {
          const finish = (): void => void (text += "end");

          using _ = defer(finish);

          text += "begin ";
        }
        return text;
      },
    },
    recover: {
      ours: async () => {
        let text = "";
        const f = (): never => {
          throw new Error("broken");
        };

        const safe = recover(f, (error) => (text = (error as Error).message));
        await safe();

        return text;
      },
    },
    "a wait group": {
      ours: async () => {
        let count = 0;
        const work = (): unknown => count++;

        const wg = new WaitGroup();
        wg.go(work);
        wg.go(work);
        await wg.wait();

        return String(count);
      },
    },
    "a wait group, counted by hand": {
      ours: async () => {
        let count = 0;
        const wg = new WaitGroup();

        wg.add(1);
        go(() => {
          using _ = defer(() => wg.done());
          count++;
        });
        await wg.wait();

        return String(count);
      },
    },
    "a mutex": {
      ours: async () => {
        const mu = new Mutex();
        let n = 0;

        const increment = async (): Promise<void> => {
          using _ = await mu.lock();
          n++;
        };

        await increment();
        return `${n} ${mu.tryLock()}`;
      },
    },
    "lock, if it is free": {
      ours: async () => {
        const mu = new Mutex();
        await mu.lock();

        const ok = mu.tryLock();

        return String(ok);
      },
    },
    "a lock for readers": {
      ours: async () => {
        const mu = new RWMutex();
        let text = "";

        const read = async (): Promise<void> => {
          using _ = await mu.rLock();
          text = `${mu.tryRLock()} ${mu.tryLock()}`;
        };

        await read();
        return text;
      },
    },
    "a condition": {
      ours: async () => {
        const mu = new Mutex();
        const cond = new Cond(mu);
        let ready = false as boolean;
        go(async () => {
          using _ = await mu.lock();
          ready = true;
          cond.broadcast();
        });

        await mu.lock();
        while (!ready) {
          await cond.wait();
        }
        mu.unlock();

        return String(ready);
      },
    },
    once: {
      ours: async () => {
        let n = 0;
        const f = (): unknown => n++;

        const once = new Once();
        await once.do(f);
        await once.do(f);

        return String(n);
      },
    },
    "a value that is computed once": {
      ours: async () => {
        let n = 0;
        const compute = (): number => ++n;

        const value = onceValue(compute);

        return `${value()} ${value()}`;
      },
    },
    "a counter for many goroutines": {
      ours: async () => {
        const wg = new WaitGroup();
        let n = 0;

        wg.go(() => n++);
        wg.go(() => n++);

        await wg.wait();
        return String(n);
      },
    },
    "a context": {
      ours: async () => {
        const parent = context.background();

        const [ctx, cancel] = context.withCancel(parent);
        using _ = cancel;

        cancel();
        return String(ctx.err()?.message);
      },
    },
    "a context with a timeout": {
      ours: async () => {
        const parent = context.background();

        const [ctx, cancel] = context.withTimeout(parent, 10 * time.millisecond);
        using _ = cancel;

        await ctx.done().receive();
        return String(ctx.err()?.message);
      },
    },
    "a cause": {
      ours: async () => {
        const parent = context.background();

        const [ctx, cancel] = context.withCancelCause(parent);
        cancel(new Error("no longer needed"));
        const err = context.cause(ctx);

        return String(err?.message);
      },
    },
    "a value": {
      ours: async () => {
        const parent = context.background();

        const userKey = context.key<string>("user");
        const ctx = context.withValue(parent, userKey, "gopher");
        const user = ctx.value(userKey);

        return String(user);
      },
    },
    "a call after the end of a context": {
      ours: async () => {
        const parent = context.background();
        const ch = new Channel<string>(1);
        const [ctx, cancel] = context.withCancel(parent);
        const release = (): Promise<void> => ch.send("released");

        const stop = context.afterFunc(ctx, release);

        cancel();
        return `${(await ch.receive()).value} ${stop()}`;
      },
    },
    "cancel a receive": {
      ours: async () => {
        const [ctx, cancel] = context.withCancel(context.background());
        const ch = new Channel<string>();
        cancel();

        const received = ch.receive({ ctx });

        return String(await messageOf(received));
      },
    },
    "the signals of a process": {
      ours: async () => {
        const parent = context.background();

        const [ctx, stop] = context.notifyContext(parent, "SIGINT");
        using _ = stop;

        stop();
        return String(ctx.err()?.message);
      },
    },
    "the time": {
      ours: async () => {
        const d = time.millisecond;

        const start = time.now();
        await time.sleep(d);
        const elapsed = time.since(start);

        return String(elapsed >= d);
      },
    },
    sleep: {
      ours: async () => {
        const start = time.now();

        await time.sleep(20 * time.millisecond);

        return String(time.since(start) >= 20 * time.millisecond);
      },
    },
    "a timer": {
      ours: async () => {
        const d = time.hour;

        const timer = new time.Timer(d);
        const stopped = timer.stop();

        return String(stopped);
      },
    },
    "a ticker": {
      ours: async () => {
        let n = 0;

        using ticker = new time.Ticker(5 * time.millisecond);
        for await (const _ of ticker.c) {
          if (++n === 3) break;
        }

        return String(n);
      },
    },
    "a call after a time": {
      ours: async () => {
        const ch = new Channel<string>(1);
        const f = (): Promise<void> => ch.send("called");

        time.afterFunc(10 * time.millisecond, f);

        return String((await ch.receive()).value);
      },
    },
    "a group with a first error": {
      ours: async () => {
        const parent = context.background();
        const work = async (_: Context): Promise<void> => {
          throw new Error("broken");
        };

        const [g, ctx] = ErrGroup.withContext(parent);
        await g.go(() => work(ctx));
        const err = await g.wait().catch((error: unknown) => error);

        return `${(err as Error).message}, ${ctx.err()?.message}`;
      },
    },
    "a group with a limit": {
      ours: async () => {
        const g = new ErrGroup();
        let n = 0;
        const work = (): unknown => n++;

        g.setLimit(2);
        for (let i = 0; i < 4; i++) {
          await g.go(work);
        }

        await g.wait();
        return `<nil> ${n}`;
      },
    },
    "a weighted semaphore": {
      ours: async () => {
        const [ctx] = context.withCancel(context.background());

        const sem = new Semaphore(3);
        await sem.acquire(2, { ctx });
        const ok = sem.tryAcquire(2);
        sem.release(2);

        return `true ${ok}`;
      },
    },
    "one call for each key": {
      ours: async () => {
        const load = async (): Promise<string> => "gopher";

        const group = new SingleFlight<string, string>();
        const { value: v, shared } = await group.do("user 7", load);

        return `${v} true ${shared}`;
      },
    },
    "a rate": {
      ours: async () => {
        const [ctx] = context.withCancel(context.background());

        const limiter = new RateLimiter(RateLimiter.every(time.hour), 2);
        await limiter.wait({ ctx });
        const ok = limiter.allow(2);

        return `true ${ok}`;
      },
    },
    "the runtime": {
      ours: async () => {
        const start = time.now();

        await gosched();
        const n = numGoroutine();
        const cpus = numCPU();

        return `${time.since(start) >= 0} ${n > 0} ${cpus > 0}`;
      },
    },
    "a send on a closed channel panics": {
      ours: async () => {
        const ch = new Channel<number>();

        ch.close();
        const sent = ch.send(1);

        return String(await messageOf(sent));
      },
    },
  },
};
