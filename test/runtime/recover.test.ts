import { describe, expect, test } from "@jest/globals";
import { Channel, go, PanicError, recover, WaitGroup } from "goro";
import { bubble } from "goro/testing";

const why = new Error("why");

describe("recover", () => {
  test("passes an error that the function throws or rejects with, and the goroutine ends", async () => {
    const errors: unknown[] = [];
    const wg = new WaitGroup();
    const note = (error: unknown): number => errors.push(error);
    wg.go(
      recover(() => {
        throw why;
      }, note),
    );
    wg.go(recover(() => Promise.reject(why), note));
    const closed = new Channel<number>();
    closed.close();
    wg.go(recover(() => closed.send(1), note));
    await wg.wait();
    expect(errors).toEqual([why, why, new PanicError("send on closed channel")]);
  });

  test("passes the arguments, and does nothing if the function returns", async () => {
    const seen: unknown[] = [];
    const f = recover(
      async (a: number, b: string) => {
        await Promise.resolve();
        seen.push(a, b);
      },
      (error) => seen.push(error),
    );
    expect(f.name).toBe("");
    await expect(f(1, "b")).resolves.toBeUndefined();
    expect(seen).toEqual([1, "b"]);
  });

  test("waits for the promise of onPanic, whose error is a panic again", async () => {
    const order: string[] = [];
    await recover(
      () => {
        throw why;
      },
      async () => {
        await Promise.resolve();
        order.push("handled");
      },
    )();
    expect(order).toEqual(["handled"]);
    const rethrow = (error: unknown): never => {
      throw error;
    };
    await expect(bubble(() => go(recover(() => rethrow(why), rethrow)))).rejects.toBe(why);
  });

  test("keeps the name of the function, for reports", () => {
    function worker(): void {
      // Only its name is used.
    }
    expect(recover(worker, () => undefined).name).toBe("worker");
  });

  test("refuses what is not a function", () => {
    expect(() => recover(7 as never, () => undefined)).toThrow("recover: f must be a function, got 7");
    expect(() => recover(() => undefined, undefined as never)).toThrow("recover: onPanic must be a function");
    expect(() =>
      recover(
        function* () {},
        () => undefined,
      ),
    ).toThrow("must not be a generator function");
  });
});
