import { describe, expect, test } from "@jest/globals";
import { Channel, gosched, Once, onceFunc, onceValue, PanicError, time } from "goro";
import { now } from "goro/testing";
import { mutexLock } from "../../src/runtime/wait-reasons.ts";
import { inBubble } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";
import { stateOf } from "../support/promises.ts";
import { shown } from "../support/shown.ts";

describe("Once.do", () => {
  // R91
  test("calls the function of the first call synchronously, and never calls another", async () => {
    const once = new Once();
    const calls: string[] = [];
    const first = once.do(() => calls.push("first"));
    expect(calls).toEqual(["first"]);
    await Promise.all([first, once.do(() => calls.push("second"))]);
    await once.do(() => calls.push("third"));
    expect(calls).toEqual(["first"]);
  });

  // R91
  test("waits for the first call and not for other callers, and leaves no waiter behind", async () => {
    const once = new Once();
    const release = new Channel<void>();
    const all = Array.from({ length: 5 }, () => once.do(() => release.receive()));
    for (const each of all) expect(await stateOf(each)).toBe("pending");
    expect(mutexLock.waiting).toBe(4);
    release.close();
    await Promise.all(all);
    expect(mutexLock.waiting).toBe(0);
    expect(await Promise.all([once.do(() => 1), once.do(() => 2)])).toEqual([undefined, undefined]);
  });

  // R92
  test.each([
    [
      "throws",
      (error: unknown) => {
        throw error;
      },
    ],
    [
      "rejects",
      async (error: unknown) => {
        await gosched();
        throw error;
      },
    ],
  ])("counts a function that %s as done: the first call rejects, waiting calls do not", async (_, f) => {
    for (const error of [new Error("failed"), undefined]) {
      const once = new Once();
      let calls = 0;
      const again = (): unknown => {
        calls++;
        return f(error);
      };
      const [first, ...others] = await Promise.allSettled([once.do(again), once.do(again), once.do(again)]);
      expect(first).toEqual({ status: "rejected", reason: error });
      for (const other of others) expect(other).toEqual({ status: "fulfilled", value: undefined });
      await once.do(again);
      expect(calls).toBe(1);
    }
  });

  test.each([undefined, null, "f", {}])("rejects %p, and the call does not count", async (f) => {
    const once = new Once();
    const sentence = `Once.do: f must be a function, got ${shown(f)}`;
    await expect(once.do(f as never)).rejects.toThrow(new TypeError(sentence));
    let calls = 0;
    await once.do(() => calls++);
    await expect(once.do(f as never)).rejects.toThrow(TypeError);
    expect(calls).toBe(1);
  });

  test("rejects a generator function, and the call does not count", async () => {
    const once = new Once();
    await expect(once.do(function* () {})).rejects.toThrow("Once.do: f must not be a generator function");
    let calls = 0;
    await once.do(() => calls++);
    expect(calls).toBe(1);
  });

  // The lock of a once is created at the first call: a once of a module can be used in bubbles.
  const ofModule = new Once();
  test("a goroutine that waits for a call in the same bubble is durably blocked", () =>
    inBubble(async () => {
      const start = now();
      await Promise.all([ofModule.do(() => time.sleep(time.hour)), ofModule.do(() => undefined)]);
      expect(now() - start).toBe(time.hour);
    }));
});

// R66, R91: run in Go 1.26 as well.
test("a program whose once waits for itself ends as in Go", async () => {
  const { code, stderr } = await runSource(`
    import { main, Once } from "goro";
    main(async () => {
      const once = new Once();
      await once.do(() => once.do(() => undefined));
    });
  `);
  expect(stderr).toMatch(/^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[sync\.Mutex\.Lock\]:\n/);
  expect(code).toBe(2);
});

// R93
test("all callers wait for an async f of onceFunc", async () => {
  const release = new Channel<void>();
  let calls = 0;
  const f = onceFunc(async () => {
    calls++;
    await release.receive();
  });
  const all = [f(), f(), f()];
  expect(await stateOf(all[2] as Promise<void>)).toBe("pending");
  release.close();
  await Promise.all(all);
  expect(calls).toBe(1);
});

// R93
describe("onceValue", () => {
  test("returns the result of the first call, the same object each time, also a promise", async () => {
    let calls = 0;
    const f = onceValue(() => ({ calls: ++calls }));
    const value = f();
    for (let i = 0; i < 10; i++) expect(f()).toBe(value);
    expect(value).toEqual({ calls: 1 });
    const g = onceValue(() => Promise.resolve(++calls));
    expect(g()).toBe(g());
    expect(await g()).toBe(2);
  });

  test("accepts undefined as a value", () => {
    let calls = 0;
    const f = onceValue(() => {
      calls++;
    });
    const g: () => unknown = f;
    expect([g(), g()]).toEqual([undefined, undefined]);
    expect(calls).toBe(1);
  });
});

// R94
describe.each([
  ["onceFunc", onceFunc as (f: () => never) => () => unknown],
  ["onceValue", onceValue as (f: () => never) => () => unknown],
])("%s of a function that fails", (name, once) => {
  test("returns the same rejection each time, if the function is async", async () => {
    const error = new Error("later");
    let calls = 0;
    const f = once((() => {
      calls++;
      return Promise.reject(error);
    }) as () => never) as () => Promise<never>;
    for (let i = 0; i < 3; i++) await expect(f()).rejects.toBe(error);
    expect(calls).toBe(1);
  });

  // In Go the function waits for itself forever.
  test("panics if the function calls itself", () => {
    let inner: unknown;
    const f: () => unknown = once((() => {
      try {
        f();
      } catch (error) {
        inner = error;
      }
    }) as () => never);
    expect(f()).toBeUndefined();
    expect(inner).toEqual(new PanicError(`${name}: the function has called itself`));
    expect(inner).toBeInstanceOf(PanicError);
    expect(f()).toBeUndefined();
  });

  test.each([undefined, null, "f", {}])("is a TypeError for %p, thrown by the call itself", (f) => {
    expect(() => once(f as never)).toThrow(new TypeError(`${name}: f must be a function, got ${shown(f)}`));
  });

  test("is a TypeError for a generator function", () => {
    expect(() => once(function* () {} as never)).toThrow(`${name}: f must not be a generator function`);
  });
});

// These lines must compile, except for those with an expected error: `npm run types` checks them.
test("the types of the functions are preserved", async () => {
  const value: () => number = onceValue(() => 1);
  const promised: () => Promise<string> = onceValue(() => Promise.resolve("a"));
  const plain: () => void = onceFunc(() => undefined);
  const later: () => Promise<void> = onceFunc(() => Promise.resolve());
  // @ts-expect-error -- the value would be lost.
  const lost = onceFunc(() => 1);
  // @ts-expect-error -- later calls would get the result for the arguments of the first call.
  const withArguments = onceValue((n: number) => n);
  plain();
  await later();
  expect([value(), await promised(), typeof lost, typeof withArguments]).toEqual([1, "a", "function", "function"]);
});
