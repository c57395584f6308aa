import { describe, expect, test } from "@jest/globals";
import { Channel, context, ErrGroup, go, receive, select, time } from "goro";
import { bubble, now, waitUntilBlocked } from "goro/testing";
import { inBubble } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";
import { shown } from "../support/shown.ts";

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
const doom = new Error("group_test: doomed");

/** Returns a promise that is rejected with `reason`. */
function rejecting(reason: unknown): Promise<never> {
  return Promise.reject(reason);
}

// R145
describe("a group without a limit and without a context", () => {
  test("starts all functions, none of them before go has returned", () =>
    inBubble(async () => {
      const group = new ErrGroup();
      let running = 0;
      for (let i = 0; i < 100; i++) {
        void group.go(async () => {
          running++;
          await time.sleep(1);
        });
        expect(group.tryGo(() => time.sleep(1))).toBe(true);
      }
      expect(running).toBe(0);
      await waitUntilBlocked();
      expect(running).toBe(100);
      await group.wait();
    }));
});

// R146
describe("wait", () => {
  test("returns when the last function has returned, with the error that occurred first", () =>
    inBubble(async () => {
      const group = new ErrGroup();
      for (const ms of [30, 10, 20, 40]) {
        await group.go(async () => {
          await time.sleep(ms);
          if (ms < 40) throw new Error(`after ${ms}`);
        });
      }
      const start = now();
      await expect(group.wait()).rejects.toThrow("after 10");
      expect(now() - start).toBe(40);
    }));

  test("returns the same error each time, and to each caller", () =>
    inBubble(async () => {
      const group = new ErrGroup();
      await group.go(async () => {
        await time.sleep(1);
        throw doom;
      });
      const waits = [group.wait(), group.wait(), group.wait()];
      for (const wait of waits) expect(await wait.catch((error: unknown) => error)).toBe(doom);
      await group.go(() => new Error("later"));
      await expect(group.wait()).rejects.toBe(doom);
    }));

  test("also waits for functions that were started by functions of the group", () =>
    inBubble(async () => {
      const group = new ErrGroup();
      let ended = 0;
      const f = async (generation: number): Promise<void> => {
        await time.sleep(5);
        if (generation < 4) for (const _ of [1, 2]) await group.go(() => f(generation + 1));
        ended++;
      };
      await group.go(() => f(1));
      await group.wait();
      expect(ended).toBe(15);
    }));

  test("waits for a function whose go was not awaited", () =>
    inBubble(async () => {
      const group = new ErrGroup();
      group.setLimit(1);
      let ended = 0;
      for (let i = 0; i < 5; i++) {
        void group.go(async () => {
          await time.sleep(1);
          ended++;
        });
      }
      await group.wait();
      expect(ended).toBe(5);
    }));
});

// R152
describe("what counts as an error", () => {
  test.each<[string, () => unknown, string]>([
    ["a promise that is rejected", () => Promise.reject(doom), doom.message],
    ["a promise of an error", () => Promise.resolve(doom), doom.message],
    [
      "a function that throws at once",
      () => {
        throw doom;
      },
      doom.message,
    ],
    [
      "a panic",
      () => {
        const ch = new Channel<number>();
        ch.close();
        ch.close();
      },
      "close of closed channel",
    ],
    ["a rejection with a value that is not an Error", () => rejecting("text"), "text"],
    ["a rejection with undefined", () => rejecting(undefined), "undefined"],
  ])("%s", (_, f, message) =>
    inBubble(async () => {
      const [group, ctx] = ErrGroup.withContext(context.background());
      await group.go(f);
      const error: unknown = await group.wait().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).message).toBe(message);
      expect(context.cause(ctx)).toBe(error);
    }),
  );

  test("a thrown value that is not an Error is the cause of the error", () =>
    inBubble(async () => {
      const group = new ErrGroup();
      const thrown = { code: 42 };
      await group.go(() => rejecting(thrown));
      await expect(group.wait()).rejects.toHaveProperty("cause", thrown);
    }));

  test.each([false, 0, "text", { message: "no error" }, undefined])("the returned value %p is not an error", (value) =>
    inBubble(async () => {
      const group = new ErrGroup();
      await group.go(() => value);
      await group.wait();
    }),
  );
});

// R147, R148
describe("the context of a group", () => {
  test.each(seeds)("is canceled at the first error, while other functions still run (seed %i)", (seed) =>
    inBubble(
      async () => {
        const [group, ctx] = ErrGroup.withContext(context.background());
        const ends: number[] = [];
        const start = now();
        for (const ms of [50, 20, 35]) {
          await group.go(async () => {
            const s = await select({ worked: receive(time.after(ms)), stopped: receive(ctx.done()) });
            if (s.case === "stopped") {
              ends.push(now() - start);
              throw new Error("the job was canceled");
            }
            throw doom;
          });
        }
        expect(ctx.err()).toBeUndefined();
        await expect(group.wait()).rejects.toBe(doom);
        expect(ends).toEqual([20, 20]);
        expect(context.cause(ctx)).toBe(doom);
      },
      { seed },
    ),
  );

  test("is not canceled when a function returns without an error", () =>
    inBubble(async () => {
      const [group, ctx] = ErrGroup.withContext(context.background());
      await group.go(() => undefined);
      await group.go(() => time.sleep(10));
      await time.sleep(5);
      expect(ctx.err()).toBeUndefined();
      await group.wait();
    }));

  test("is canceled with its parent, and that alone is not an error of the group", () =>
    inBubble(async () => {
      const [parent, cancel] = context.withCancelCause(context.background());
      const [group, ctx] = ErrGroup.withContext(parent);
      await group.go(() => ctx.done().receive());
      go(async () => {
        await time.sleep(10);
        cancel(doom);
      });
      await group.wait();
      expect(context.cause(ctx)).toBe(doom);
    }));
});

// R149, R150
describe("a limit", () => {
  test.each(seeds)("leaves no slot empty while a caller waits for one (seed %i)", (seed) =>
    inBubble(
      async () => {
        const group = new ErrGroup();
        group.setLimit(10);
        const start = now();
        for (let i = 0; i < 100; i++) await group.go(() => time.sleep(1 + (i % 7)));
        await group.wait();
        // The sum of all sleeps divided by the number of slots, plus the longest sleep.
        expect(now() - start).toBeLessThanOrEqual((4 * 100) / 10 + 7);
      },
      { seed },
    ),
  );

  test("makes go wait until a slot is free, and go resolves at that time", () =>
    inBubble(async () => {
      const group = new ErrGroup();
      group.setLimit(2);
      const start = now();
      const admitted: number[] = [];
      for (let i = 0; i < 5; i++) {
        await group.go(() => time.sleep(10));
        admitted.push(now() - start);
      }
      expect(admitted).toEqual([0, 0, 10, 10, 20]);
      await group.wait();
    }));

  test("admits waiting callers in the order of their calls", () =>
    inBubble(async () => {
      const group = new ErrGroup();
      group.setLimit(1);
      const started: number[] = [];
      for (let i = 0; i < 8; i++) {
        void group.go(async () => {
          started.push(i);
          await time.sleep(1);
        });
      }
      await group.wait();
      expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }));

  test("also frees the slot of a function that failed", () =>
    inBubble(async () => {
      const group = new ErrGroup();
      group.setLimit(1);
      let calls = 0;
      for (let i = 0; i < 4; i++) {
        await group.go(() => {
          calls++;
          throw doom;
        });
      }
      await expect(group.wait()).rejects.toBe(doom);
      expect(calls).toBe(4);
    }));

  test("of 0 admits no goroutine", async () => {
    let ran = false;
    const program = bubble(async () => {
      const group = new ErrGroup();
      group.setLimit(0);
      await group.go(() => (ran = true));
    });
    await expect(program).rejects.toThrow("deadlock: all goroutines in bubble are blocked");
    expect(ran).toBe(false);
  });

  test("that is set while goroutines run without a limit does not count them", () =>
    inBubble(async () => {
      const group = new ErrGroup();
      for (let i = 0; i < 3; i++) await group.go(() => time.sleep(5));
      group.setLimit(1);
      await group.go(() => time.sleep(20));
      await time.sleep(10);
      expect(group.tryGo(() => undefined)).toBe(false);
      await group.wait();
      expect(group.tryGo(() => undefined)).toBe(true);
      await group.wait();
    }));

  // A channel with one element for each slot could not have this capacity.
  test.each([2 ** 32, Number.MAX_SAFE_INTEGER])("may be any integer: %i", (n) =>
    inBubble(async () => {
      const group = new ErrGroup();
      group.setLimit(n);
      for (let i = 0; i < 10; i++) await group.go(() => time.sleep(1));
      expect(() => group.setLimit(1)).toThrow(
        "errgroup: modify limit while 10 goroutines in the group are still active",
      );
      await group.wait();
      group.setLimit(1);
    }),
  );

  test("cannot change while a call waits for a slot, even if none is taken", async () => {
    const program = bubble(async () => {
      const group = new ErrGroup();
      group.setLimit(0);
      void group.go(() => undefined);
      expect(() => group.setLimit(1)).toThrow(
        "errgroup: modify limit while 0 goroutines in the group are still active",
      );
      await group.wait();
    });
    await expect(program).rejects.toThrow("deadlock: all goroutines in bubble are blocked");
  });

  test("gives a free slot to the waiting call, and not to tryGo", () =>
    inBubble(async () => {
      const group = new ErrGroup();
      group.setLimit(1);
      await group.go(() => time.sleep(1));
      const started: string[] = [];
      void group.go(() => {
        started.push("waited");
      });
      await time.sleep(2);
      expect(started).toEqual(["waited"]);
      await group.wait();
    }));
});

describe("misuse", () => {
  test.each([undefined, null, 1, "f", {}])("%p is not a function", async (f) => {
    const group = new ErrGroup();
    const text = (caller: string): string => `${caller}: f must be a function, got ${shown(f)}`;
    await expect(group.go(f as never)).rejects.toEqual(new TypeError(text("ErrGroup.go")));
    expect(() => group.tryGo(f as never)).toThrow(new TypeError(text("ErrGroup.tryGo")));
    await group.wait();
  });

  test("a generator function, which does nothing when it is called, is a TypeError", async () => {
    const group = new ErrGroup();
    await expect(group.go(function* () {})).rejects.toThrow("ErrGroup.go: f must not be a generator function");
    expect(() => group.tryGo(async function* () {})).toThrow("ErrGroup.tryGo: f must not be a generator function");
    await group.wait();
  });

  test("rejects an AbortSignal as a parent, and the error names the right argument", () => {
    const { signal } = new AbortController();
    expect(() => ErrGroup.withContext(signal as never)).toThrow(
      new TypeError(
        "ErrGroup.withContext: parent must be a context, got an AbortSignal; pass context.fromSignal(parent)",
      ),
    );
  });

  test.each([1.5, NaN, Infinity, "1", undefined])("%p is not a limit", (n) => {
    expect(() => new ErrGroup().setLimit(n as never)).toThrow(
      new RangeError(`ErrGroup.setLimit: n must be an integer, got ${shown(n)}`),
    );
  });
});

// The test fails if there is an unhandled rejection before the await.
test("the promise of wait may be stored and awaited after it has rejected", async () => {
  const { code, stdout, stderr } = await runSource(`
    import { ErrGroup, gosched } from "goro";
    const group = new ErrGroup();
    await group.go(() => { throw new Error("boom"); });
    const wait = group.wait();
    for (let i = 0; i < 5; i++) await gosched();
    await new Promise((resolve) => setTimeout(resolve, 1));
    await wait.catch((error) => console.log(error.message));
    await group.wait().catch((error) => console.log("again", error.message));
  `);
  expect([stderr, stdout, code]).toEqual(["", "boom\nagain boom\n", 0]);
});

test("a loop that starts functions lets timers run", async () => {
  let isTime = false;
  setTimeout(() => (isTime = true), 10);
  const group = new ErrGroup();
  const start = performance.now();
  while (!isTime && performance.now() - start < 1000) await group.go(() => undefined);
  expect(isTime).toBe(true);
  await group.wait();
});
