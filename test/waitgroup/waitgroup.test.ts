import { describe, expect, test } from "@jest/globals";
import { Channel, go, numGoroutine, PanicError, WaitGroup } from "goro";
import { bubble } from "goro/testing";
import { runSource } from "../support/programs.ts";
import { quiet, stateOf } from "../support/promises.ts";
import { shown } from "../support/shown.ts";

const negative = new PanicError("sync: negative WaitGroup counter");

describe("wait", () => {
  // R74
  test("returns immediately, any number of times, while the counter is 0", async () => {
    const wg = new WaitGroup();
    await wg.wait();
    await Promise.all([wg.wait(), wg.wait()]);
    wg.add(0);
    await wg.wait();
  });

  // R75, R77
  test("returns when the counter reaches 0 and not before, after any sequence of steps", async () => {
    const wg = new WaitGroup();
    wg.add(5);
    wg.add(2);
    const wait = wg.wait();
    wg.add(-3);
    wg.done();
    wg.add(1);
    wg.add(0);
    wg.add(-3);
    expect(await stateOf(wait)).toBe("pending");
    wg.done();
    expect(await stateOf(wait)).toBe("fulfilled");
  });

  // R75, R77
  test("releases all waiters", async () => {
    const wg = new WaitGroup();
    wg.add(1);
    const order: number[] = [];
    const waits = Array.from({ length: 1_000 }, async (_, i) => {
      await wg.wait();
      order.push(i);
    });
    await quiet();
    expect(order).toEqual([]);
    wg.done();
    await Promise.all(waits);
    expect(order).toHaveLength(1_000);
  });

  // R71: Done happens before the Wait that it unblocks.
  test("returns after all work that was done before done", async () => {
    const wg = new WaitGroup();
    const results: number[] = [];
    for (let i = 0; i < 100; i++) {
      wg.add(1);
      go(async () => {
        await quiet();
        results[i] = i;
        wg.done();
      });
    }
    await wg.wait();
    expect(results).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  // R78, R79
  test("a released waiter is not affected by a new round that begins in the same step", async () => {
    const wg = new WaitGroup();
    wg.add(1);
    const first = wg.wait();
    wg.done();
    wg.add(1);
    const second = wg.wait();
    expect(await stateOf(first)).toBe("fulfilled");
    expect(await stateOf(second)).toBe("pending");
    wg.done();
    await second;
  });
});

describe("misuse", () => {
  // R76
  test("a negative counter panics, and leaves the counter unchanged", async () => {
    const wg = new WaitGroup();
    wg.add(1);
    wg.done();
    expect(() => wg.done()).toThrow(negative);
    expect(() => wg.add(-1)).toThrow(PanicError);
    await wg.wait();
    wg.add(2);
    const wait = wg.wait();
    expect(() => wg.add(-3)).toThrow(negative);
    wg.done();
    expect(await stateOf(wait)).toBe("pending");
    wg.done();
    await wait;
  });

  // R75
  test.each([0.5, NaN, Infinity, 2 ** 53, "1", undefined, 1n])(
    "add(%p) is a RangeError, and adds nothing",
    async (delta) => {
      const wg = new WaitGroup();
      expect(() => wg.add(delta as number)).toThrow(RangeError);
      expect(() => wg.add(delta as number)).toThrow(`WaitGroup.add: delta must be an integer, got ${shown(delta)}`);
      await wg.wait();
    },
  );

  // R80
  test.each([undefined, null, {}, "f", Promise.resolve()])(
    "go(%p) is a TypeError, and is not waited for",
    async (f) => {
      const wg = new WaitGroup();
      const live = numGoroutine();
      expect(() => wg.go(f as never)).toThrow(new TypeError(`WaitGroup.go: f must be a function, got ${shown(f)}`));
      expect(numGoroutine()).toBe(live);
      await wg.wait();
    },
  );
});

describe("go", () => {
  // R80
  test("runs f with its arguments, asynchronously, and wait waits for it", async () => {
    const wg = new WaitGroup();
    const seen: unknown[] = [];
    wg.go((...args: unknown[]) => seen.push(...args), 1, "two", undefined);
    expect(seen).toEqual([]);
    await wg.wait();
    expect(seen).toEqual([1, "two", undefined]);
  });

  // R80
  test("counts f until its promise settles, and discards what it returns", async () => {
    const wg = new WaitGroup();
    const gate = new Channel<void>();
    wg.go(async () => {
      await gate.receive();
      return "discarded";
    });
    const wait = wg.wait();
    expect(await stateOf(wait)).toBe("pending");
    gate.close();
    await expect(wait).resolves.toBeUndefined();
  });

  // R82
  test("and add may be called by counted goroutines", async () => {
    const wg = new WaitGroup();
    let leaves = 0;
    const grow = (depth: number): void => {
      if (depth === 0) {
        leaves++;
        return;
      }
      wg.go(grow, depth - 1);
      wg.add(1);
      go(async () => {
        await quiet();
        grow(depth - 1);
        wg.done();
      });
    };
    wg.go(grow, 5);
    await wg.wait();
    expect(leaves).toBe(2 ** 5);
  });
});

test("a bubble waits in real time for a group that was first used outside of it, even after its own add", async () => {
  const wg = new WaitGroup();
  wg.add(1);
  const running = bubble(async () => {
    wg.add(1);
    await wg.wait();
  });
  expect(await stateOf(running)).toBe("pending");
  wg.add(-2);
  await running;
});

// R81: in Go a panic ends the program. If the process survives it, wait still means that all goroutines have finished.
describe("a goroutine that panics in a process that survives it", () => {
  test("finishes like any other: wait resolves when all have finished, and not before", async () => {
    const ending = await runSource(`
      import { gosched, WaitGroup } from "goro";
      process.on("uncaughtException", (error) => console.log("uncaught:", error.message));
      const wg = new WaitGroup();
      const wait = (name: string) =>
        wg.wait().then(
          () => console.log(name, "returned"),
          (error) => console.log(name, "rejected:", error.message),
        );
      const later = async () => { for (let i = 0; i < 5; i++) await gosched(); };
      wg.go(async () => { await gosched(); throw new Error("first"); });
      wg.go(() => undefined);
      wg.go(async () => { await later(); throw new Error("second"); });
      wg.add(1);
      const waits = [wait("1"), wait("2")];
      await later();
      await later();
      console.log("the last one finishes");
      wg.done();
      await Promise.all(waits);
      await wait("afterwards");
      wg.add(1);
      const again = wait("a new round");
      await later();
      console.log("the new round finishes");
      wg.done();
      await again;
    `);
    const lines = ending.stdout.split("\n");
    expect(lines.filter((line) => line.startsWith("uncaught"))).toEqual(["uncaught: first", "uncaught: second"]);
    expect(lines.filter((line) => !line.startsWith("uncaught"))).toEqual([
      "the last one finishes",
      "1 returned",
      "2 returned",
      "afterwards returned",
      "the new round finishes",
      "a new round returned",
      "",
    ]);
    expect(ending.code).toBe(0);
  });

  test("does not let later waits starve timers", async () => {
    const ending = await runSource(`
      import { gosched, WaitGroup } from "goro";
      process.on("uncaughtException", () => undefined);
      const wg = new WaitGroup();
      wg.go(() => { throw { code: 42 }; });
      for (let i = 0; i < 5; i++) await gosched();
      let isTime = false;
      setTimeout(() => (isTime = true), 10);
      while (!isTime) await wg.wait();
    `);
    expect(ending).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

test("a generator function is a TypeError, and is not waited for", async () => {
  const wg = new WaitGroup();
  expect(() => wg.go(function* () {})).toThrow("WaitGroup.go: f must not be a generator function");
  expect(() => wg.go(async function* () {})).toThrow(TypeError);
  await wg.wait();
});
