import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  type SingleFlightValue,
  type SingleFlightResult,
  gosched,
  numGoroutine,
  type ReceiveChannel,
  SingleFlight,
  time,
} from "goro";
import { bubble, now } from "goro/testing";
import { waitGroupWait } from "../../src/runtime/wait-reasons.ts";
import { runSource } from "../support/programs.ts";
import { quiet, stateOf } from "../support/promises.ts";
import { shown } from "../support/shown.ts";

// R161
describe("do", () => {
  test("calls f synchronously, and the result is not shared if there is one caller", async () => {
    const g = new SingleFlight<string, string>();
    let called = false;
    const flight = g.do("key", () => {
      called = true;
      return "bar";
    });
    expect(called).toBe(true);
    expect(await flight).toEqual({ value: "bar", shared: false });
  });

  test.each([new Error("some error"), undefined])(
    "rejects with %p if f does, for all callers, and forgets the key",
    async (error) => {
      const g = new SingleFlight<string, number>();
      const ends = await Promise.allSettled([g.do("key", () => Promise.reject(error as Error)), g.do("key", () => 1)]);
      expect(ends).toEqual([
        { status: "rejected", reason: error },
        { status: "rejected", reason: error },
      ]);
      expect(await g.do("key", () => 2)).toEqual({ value: 2, shared: false });
    },
  );

  test("has a separate call for each key, and compares keys like a Map", async () => {
    const key = {};
    const g = new SingleFlight<unknown, number>();
    let n = 0;
    const f = async (): Promise<number> => {
      await gosched();
      return ++n;
    };
    const flights = await Promise.all([key, {}, NaN, key, undefined, NaN].map((each) => g.do(each, f)));
    expect(flights.map(({ value, shared }) => [value, shared])).toEqual([
      [1, true],
      [2, false],
      [3, true],
      [1, true],
      [4, false],
      [3, true],
    ]);
    expect(n).toBe(4);
  });

  test("calls f again when the first call has ended", async () => {
    const g = new SingleFlight<string, number>();
    let n = 0;
    for (let i = 1; i <= 3; i++) expect(await g.do("key", () => ++n)).toEqual({ value: i, shared: false });
  });

  // A waiting caller resumes when the call has ended, and can start the next call.
  test("a caller that has waited can call again immediately, and starts a new execution", async () => {
    const g = new SingleFlight<string, number>();
    let n = 0;
    const f = async (): Promise<number> => {
      await gosched();
      return ++n;
    };
    const twice = async (): Promise<number[]> => [(await g.do("k", f)).value, (await g.do("k", f)).value];
    expect(await Promise.all([twice(), twice()])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(waitGroupWait.waiting).toBe(0);
  });

  test("a value may be undefined in the result of do and of doChan", async () => {
    const g = new SingleFlight<string, unknown>();
    expect(await g.do("key", () => undefined)).toEqual({ value: undefined, shared: false });
    const result = (await g.doChan("key", () => undefined).receive()).value as SingleFlightResult<unknown>;
    expect(result).toEqual({ ok: true, value: undefined, shared: false });
  });
});

// R162
describe("doChan", () => {
  test("calls f in a separate goroutine, and sends the result once", async () => {
    const g = new SingleFlight<string, string>();
    let called = false;
    const ch = g.doChan("key", () => {
      called = true;
      return "bar";
    });
    // A goroutine calls f later.
    expect(called).toBe(false);
    expect(await ch.receive()).toEqual({ value: { ok: true, value: "bar", shared: false }, ok: true });
    await quiet();
    expect(ch.tryReceive()).toBeUndefined();
  });

  test("does not require a receiver, and no goroutine is left", async () => {
    const g = new SingleFlight<string, number>();
    const live = numGoroutine();
    for (let i = 0; i < 3; i++) g.doChan("key", () => i);
    expect(numGoroutine()).toBe(live + 1);
    await quiet();
    expect(numGoroutine()).toBe(live);
    expect(await g.do("key", () => 7)).toEqual({ value: 7, shared: false });
  });

  // R164
  test.each([new Error("boom"), undefined])("has %p as the error if f fails with it", async (error) => {
    const g = new SingleFlight<string, number>();
    const first = g.do("key", () => Promise.reject(error as Error)).catch((reason: unknown) => ({ reason }));
    const ch = g.doChan("key", () => 1);
    expect((await ch.receive()).value).toEqual({ ok: false, error, shared: true });
    expect(await first).toEqual({ reason: error });
    const alone = g.doChan("key", () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- any value may be thrown
      throw error;
    });
    expect((await alone.receive()).value).toEqual({ ok: false, error, shared: false });
  });
});

// R163
describe("forget", () => {
  test("the previous call ends for its own callers, and an unknown key has no effect", async () => {
    const g = new SingleFlight<string, number>();
    g.forget("key");
    const release = new Channel<void>();
    const old = [1, 2].map((n) =>
      g.do("key", async () => {
        await release.receive();
        return n;
      }),
    );
    g.forget("key");
    expect(await g.do("key", () => 3)).toEqual({ value: 3, shared: false });
    expect(await stateOf(Promise.all(old))).toBe("pending");
    release.close();
    expect(await Promise.all(old)).toEqual([
      { value: 1, shared: true },
      { value: 1, shared: true },
    ]);
  });
});

test.each([undefined, null, "f", {}])("%p is not a function, and no call is in progress then", async (f) => {
  const g = new SingleFlight<string, number>();
  const sentence = (caller: string): TypeError =>
    new TypeError(`SingleFlight.${caller}: f must be a function, got ${shown(f)}`);
  await expect(g.do("key", f as never)).rejects.toThrow(sentence("do"));
  expect(() => g.doChan("key", f as never)).toThrow(sentence("doChan"));
  expect(await g.do("key", () => 1)).toEqual({ value: 1, shared: false });
});

test("a generator function, which does nothing when it is called, is a TypeError", async () => {
  const g = new SingleFlight<string, unknown>();
  const sentence = /^SingleFlight\.do(Chan)?: f must not be a generator function/;
  await expect(g.do("key", function* () {})).rejects.toThrow(sentence);
  expect(() => g.doChan("key", async function* () {})).toThrow(sentence);
  expect(await g.do("key", () => 1)).toEqual({ value: 1, shared: false });
});

test("a goroutine that waits in a bubble for a call of the bubble is durably blocked", () =>
  bubble(async () => {
    const g = new SingleFlight<string, number>();
    const start = now();
    await Promise.all([g.do("key", () => time.sleep(time.hour).then(() => 1)), g.do("key", () => 2)]);
    expect(now() - start).toBe(time.hour);
  }));

// These lines must compile, except for those with an expected error: `npm run types` checks them.
test("a result is a value or an error", async () => {
  const g = new SingleFlight<number, string>();
  const ch: ReceiveChannel<SingleFlightResult<string>> = g.doChan(1, () => "a");
  const { value: result } = await ch.receive();
  if (result?.ok === true) {
    const value: string = result.value;
    expect(value).toBe("a");
  } else {
    // @ts-expect-error -- an error has a value of undefined.
    const value: string = result?.value;
    expect(value).toBe("a");
  }
  const flight: SingleFlightValue<string> = await g.do(1, () => Promise.resolve("b"));
  expect(flight.value).toBe("b");
  // @ts-expect-error -- a key of another type.
  await g.do("1", () => "c");
  // @ts-expect-error -- a value of another type.
  await g.do(1, () => 1);
});

// R66, R161: run in Go 1.26 as well.
test("a program whose call waits for itself ends as in Go", async () => {
  const { code, stderr } = await runSource(`
    import { main, SingleFlight } from "goro";
    main(async () => {
      const g = new SingleFlight<string, unknown>();
      await g.do("k", () => g.do("k", () => 1));
    });
  `);
  expect(stderr).toMatch(
    /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[sync\.WaitGroup\.Wait\]:\n/,
  );
  expect(code).toBe(2);
});
