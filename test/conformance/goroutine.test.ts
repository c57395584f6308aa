// Go's guarantees for goroutines: its memory model, sentence by sentence, and its own tests of runtime/proc.go.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  defer,
  go,
  gosched,
  Mutex,
  numGoroutine,
  Once,
  PanicError,
  receive,
  RWMutex,
  select,
  send,
  time,
  WaitGroup,
} from "goro";
import { bubble } from "goro/testing";
import { capacities, quiet } from "../support/promises.ts";

const seeds = [1, 2, 3, 4, 5];

type Run = (f: () => Promise<void>) => Promise<void>;

const orders: [order: string, rounds: number, run: Run][] = [
  ["in the library's own order", 1000, (f) => f()],
  ...[1, 2, 3].map((seed): [string, number, Run] => [`in the order of seed ${seed}`, 50, (f) => bubble(f, { seed })]),
];

describe.each(orders)("The Go Memory Model, %s, %i times", (_, rounds, run) => {
  // R63
  test("Goroutine creation: a go statement comes before the start of the goroutine, and never runs it", async () => {
    await run(async () => {
      const seen = new Channel<string>(1);
      let a = "nothing";
      go(() => seen.send(a));
      a = "hello, world";
      expect(seen.length).toBe(0);
      expect(await seen.receive()).toEqual({ value: "hello, world", ok: true });
    });
  });

  // T-G01; R67
  test.each(capacities)("Channel communication: a send comes before the end of its receive, capacity %i", async (n) => {
    await run(async () => {
      const [ch, again] = [new Channel<number>(n), new Channel<void>()];
      let a = 0;
      go(async () => {
        for (let i = 1; i <= rounds; i++) {
          a = i;
          await ch.send(0);
          await again.receive();
        }
      });
      for (let i = 1; i <= rounds; i++) {
        await ch.receive();
        expect(a).toBe(i);
        await again.send();
      }
    });
  });

  // T-G02; R68
  test.each(capacities)(
    "Channel communication: a close comes before the receive that it ends, capacity %i",
    async (n) => {
      await run(async () => {
        for (let i = 1; i <= rounds; i++) {
          let a = 0;
          const ch = new Channel<number>(n);
          go(() => {
            a = i;
            ch.close();
          });
          expect(await ch.receive()).toEqual({ value: undefined, ok: false });
          expect(a).toBe(i);
        }
      });
    },
  );

  // T-G02; R69
  test("Channel communication: without a buffer a receive comes before the end of its send", async () => {
    await run(async () => {
      const ch = new Channel<number>();
      let a = 0;
      for (let i = 1; i <= rounds; i++) {
        go(async () => {
          a = i;
          await ch.receive();
        });
        await ch.send(0);
        expect(a).toBe(i);
      }
    });
  });

  // T-G03; R70
  test("Channel communication: receive k comes before the end of send k + 3, which lets three work", async () => {
    await run(async () => {
      const limit = new Channel<number>(3);
      const wg = new WaitGroup();
      const seen = { inside: 0, most: 0, done: 0 };
      for (let i = 0; i < 100; i++) {
        wg.go(async () => {
          await limit.send(1);
          seen.most = Math.max(seen.most, ++seen.inside);
          for (let j = 0; j < i % 4; j++) await gosched();
          await time.sleep(i % 3);
          seen.inside--;
          seen.done++;
          await limit.receive();
        });
      }
      await wg.wait();
      expect(seen).toEqual({ inside: 0, most: 3, done: 100 });
      expect(limit.length).toBe(0);
    });
  });

  // R71
  test.each([
    ["Mutex", () => new Mutex()],
    ["RWMutex", () => new RWMutex()],
  ])("Locks: an unlock comes before the return of the lock that waits for it, %s", async (_, make) => {
    await run(async () => {
      for (let i = 1; i <= 50; i++) {
        const l = make();
        let a = 0;
        await l.lock();
        go(async () => {
          await gosched();
          a = i;
          l.unlock();
        });
        await l.lock();
        expect(a).toBe(i);
        l.unlock();
      }
    });
  });

  // R71
  test("Once: f returns before any do returns", async () => {
    await run(async () => {
      const once = new Once();
      const seen: string[] = [];
      let a = "";
      const setup = async (): Promise<void> => {
        await gosched();
        a += "hello, world";
      };
      const wg = new WaitGroup();
      for (let i = 0; i < 2; i++) {
        wg.go(async () => {
          await once.do(setup);
          seen.push(a);
        });
      }
      await wg.wait();
      expect(seen).toEqual(["hello, world", "hello, world"]);
    });
  });

  // R71
  test("package sync, WaitGroup: a done comes before the return of the wait that it releases", async () => {
    await run(async () => {
      const wg = new WaitGroup();
      const written = [0, 0, 0];
      for (const i of [0, 1, 2]) {
        wg.add(1);
        go(async () => {
          for (let j = 0; j < i; j++) await gosched();
          written[i] = i + 1;
          wg.done();
        });
      }
      await wg.wait();
      expect(written).toEqual([1, 2, 3]);
    });
  });
});

// R63
test("TestGoNil: go of a value that is not a function throws in the caller, and starts nothing", () => {
  const live = numGoroutine();
  const f = null as unknown as () => void;
  expect(() => go(f)).toThrow(new TypeError("go: f must be a function, got null"));
  expect(numGoroutine()).toBe(live);
});

// R63
test("goprint.go: a function of the host can be started, and its goroutine ends", async () => {
  const before = numGoroutine();
  const written: unknown[] = [];
  go(written.push.bind(written), 42, true, false, 1.5, "world", null, undefined);
  expect(numGoroutine()).toBe(before + 1);
  while (numGoroutine() > before) await gosched();
  expect(written).toEqual([42, true, false, 1.5, "world", null, undefined]);
});

// R73
test("TestYieldProgress: a goroutine that polls and yields does not block other goroutines", async () => {
  const ch = new Channel<boolean>();
  const ack = new Channel<boolean>();
  let polls = 0;
  go(async () => {
    for (;;) {
      const s = await select({ stop: receive(ch), default: true });
      if (s.case === "stop") return ack.send(true);
      polls++;
      await gosched();
    }
  });
  await time.sleep(10 * time.millisecond);
  await ch.send(true);
  expect(await ack.receive()).toEqual({ value: true, ok: true });
  expect(polls).toBeGreaterThan(0);
});

// R73
test("TestYieldLocked: a goroutine that yields and sleeps by turns runs to its end", async () => {
  const ch = new Channel<boolean>();
  go(async () => {
    for (let i = 0; i < 10; i++) {
      await gosched();
      await time.sleep(time.millisecond);
    }
    await ch.send(true);
  });
  expect((await ch.receive()).ok).toBe(true);
});

// R13
test("TestBlockLocked: ten sends meet ten receives", async () => {
  const ch = new Channel<number>();
  const done = new Channel<void>();
  go(async () => {
    for (let i = 0; i < 10; i++) await ch.send(i);
    await done.send();
  });
  for (let i = 0; i < 10; i++) expect(await ch.receive()).toEqual({ value: i, ok: true });
  await done.receive();
});

// In Go the goroutines spin on separate processors or are preempted; here each of them has to yield.
describe("a goroutine that yields until its turn makes progress", () => {
  async function takeTurns(goroutines: number, rounds: number): Promise<void> {
    const done = new Channel<boolean>();
    let x = 0;
    for (let p = 0; p < goroutines; p++) {
      go(async () => {
        for (let i = 0; i < rounds; i++) {
          const expected = goroutines * i + p;
          while (x !== expected) await gosched();
          x = expected + 1;
        }
        await done.send(true);
      });
    }
    for (let p = 0; p < goroutines; p++) await done.receive();
    expect(x).toBe(goroutines * rounds);
  }

  // R73
  test("TestGoroutineParallelism: four goroutines, three rounds, ten times", async () => {
    for (let n = 0; n < 10; n++) await takeTurns(4, 3);
  });

  // R73
  test("TestPreemption: two goroutines, five rounds", async () => {
    await takeTurns(2, 5);
  });

  // R73
  test.each(seeds)("TestGoroutineParallelism: the same, in any order of the goroutines (seed %i)", async (seed) => {
    await bubble(() => takeTurns(4, 3), { seed });
  });
});

// More rounds than fit into the timer's delay: a loop that starves the timer reaches this count and fails instead of hanging.
const maxRounds = 20_000_000;

// R73
test("TestTimerFairness: two goroutines that are always ready do not starve a timer", async () => {
  const done = new Channel<boolean>();
  const ch = new Channel<boolean>();
  for (let i = 0; i < 2; i++) {
    go(async () => {
      while ((await select({ out: send(ch, true), done: receive(done) })).case !== "done");
    });
  }
  expect((await ch.receive()).ok).toBe(true);
  const timer = time.after(20 * time.millisecond);
  let rounds = 0;
  while ((await select({ in: receive(ch), timer: receive(timer) })).case !== "timer") {
    if (++rounds > maxRounds) throw new Error("the timer starves");
  }
  done.close();
  await quiet();
});

// R73
test("TestTimerFairness2: two goroutines that communicate in selects do not starve their timers", async () => {
  const done = new Channel<boolean>();
  const ch = new Channel<boolean>();
  for (let i = 0; i < 2; i++) {
    go(async () => {
      const timer = time.after(20 * time.millisecond);
      for (let rounds = 0; ; rounds++) {
        const s = await select({ out: send(ch, true), in: receive(ch), timer: receive(timer) });
        if (s.case === "timer") break;
        if (rounds > maxRounds) throw new Error("the timer starves");
      }
      await done.send(true);
    });
  }
  for (let i = 0; i < 2; i++) expect(await done.receive()).toEqual({ value: true, ok: true });
});

// Go does not test this rule. Where Go preempts goroutines, this library yields at its own awaits.
// R73
test.each(capacities)(
  "TestTimerFairness: plain ping-pong on channels of capacity %i does not starve a timer",
  async (n) => {
    const [ping, pong] = [new Channel<number>(n), new Channel<number>(n)];
    go(async () => {
      for await (const i of ping) await pong.send(i);
      pong.close();
    });
    let fired = false;
    go(async () => {
      await time.sleep(time.millisecond);
      fired = true;
    });
    let rounds = 0;
    for (; !fired && rounds < maxRounds; rounds++) {
      await ping.send(rounds);
      await pong.receive();
    }
    ping.close();
    expect(await pong.receive()).toEqual({ value: undefined, ok: false });
    expect(fired).toBe(true);
  },
);

// R64
test("fixedbugs/issue40629.go: a deferred call in a panic may start a goroutine and wait for it", async () => {
  const order: string[] = [];
  const f = async (): Promise<void> => {
    using _1 = defer(() => {
      order.push("first deferred");
    });
    await using _2 = defer(async () => {
      const ch = new Channel<boolean>();
      go(async () => {
        order.push("goroutine");
        await ch.send(true);
      });
      await ch.receive();
      order.push("second deferred");
    });
    using _3 = defer(() => {
      order.push("third deferred");
    });
    throw new PanicError("in the midst");
  };
  await expect(f()).rejects.toThrow(new PanicError("in the midst"));
  expect(order).toEqual(["third deferred", "goroutine", "second deferred", "first deferred"]);
});

// R64
test.each(seeds)(
  "fixedbugs/issue8158.go: a goroutine that recovers from its panic affects no other goroutine (seed %i)",
  async (seed) => {
    await bubble(
      async () => {
        const ch = new Channel<boolean>(1);
        const f = async (ms: number): Promise<void> => {
          try {
            await time.sleep(ms);
            throw new PanicError("p");
          } catch {
            await ch.send(true);
          }
        };
        go(f, 0);
        await ch.receive();
        await time.sleep(10 * time.millisecond);
        go(f, 10);
        expect(await ch.receive()).toEqual({ value: true, ok: true });
      },
      { seed },
    );
  },
);
