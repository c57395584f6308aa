import { describe, expect, test } from "@jest/globals";
import { Channel, go, receive, type ReceiveChannel, select, WaitGroup } from "goro";
import { channelStateOf } from "../../src/channel/channel.ts";
import { capacities, quiet, stateOf } from "../support/promises.ts";

const end = { value: undefined, done: true };

function never(what: string): never {
  throw new Error(`the loop must not have ${what} it`);
}

/** Returns the number of waiting receivers of `ch`. */
function waiting<T>(ch: Channel<T>): number {
  return channelStateOf(ch)?.receivers.count() ?? NaN;
}

/** Returns a channel to which 0 to `n` - 1 are sent; `sent` returns how many of them have been received or buffered. */
function counting(capacity: number, n: number): { ch: Channel<number>; sent: () => number } {
  const ch = new Channel<number>(capacity);
  let count = 0;
  for (let i = 0; i < n; i++) void ch.send(i).then(() => count++);
  return { ch, sent: () => count };
}

describe.each(capacities)("a loop over a channel of capacity %i", (capacity) => {
  // R36
  test("receives every value in order, and ends when the channel is closed and empty", async () => {
    const ch = new Channel<number>(capacity);
    go(async () => {
      for (let i = 0; i < 200; i++) await ch.send(i);
      ch.close();
    });
    const values: ReceiveChannel<number> = ch;
    const got: number[] = [];
    for await (const value of values) got.push(value);
    expect(got).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  // R36
  test("receives the values that were in the buffer when the channel was closed", async () => {
    const ch = new Channel<number>(capacity);
    for (let i = 0; i < capacity; i++) ch.trySend(i);
    ch.close();
    let count = 0;
    for await (const value of ch) expect(value).toBe(count++);
    expect(count).toBe(capacity);
  });

  // R36
  test("that waits ends without another iteration when the channel is closed", async () => {
    const ch = new Channel<number>(capacity);
    let rounds = 0;
    const loop = (async () => {
      for await (const _ of ch) rounds++;
    })();
    expect(await stateOf(loop)).toBe("pending");
    ch.close();
    await loop;
    expect(rounds).toBe(0);
  });

  // R26, R36
  test("does not mistake a value for the end, and does not unwrap promises", async () => {
    const promise = Promise.resolve(1);
    const thenable = { then: () => never("unwrapped") };
    const values = [undefined, null, { done: true, value: undefined }, promise, thenable, false];
    const ch = new Channel<unknown>(capacity);
    go(async () => {
      for (const value of values) await ch.send(value);
      ch.close();
    });
    const got: boolean[] = [];
    for (const steps = ch[Symbol.asyncIterator](); ;) {
      const step = await steps.next();
      if (step.done) break;
      got.push(Object.is(step.value, values[got.length]));
    }
    expect(got).toEqual(values.map(() => true));
  });

  // R39
  test.each(["break", "return", "throw"])(
    "that exits by %s has received only the values that its body saw",
    async (exit) => {
      const { ch, sent } = counting(capacity, 100);
      const loop = async (): Promise<string> => {
        for await (const value of ch) {
          if (value < 4) continue;
          if (exit === "break") break;
          if (exit === "return") return "return";
          throw new Error("throw");
        }
        return "break";
      };
      expect(await loop().catch((error: unknown) => (error as Error).message)).toBe(exit);
      await quiet();
      // 0 to 4 went to the loop, as many as fit are in the buffer, and the other senders wait.
      expect(sent()).toBe(5 + capacity);
      expect(ch.length).toBe(capacity);
      expect(waiting(ch)).toBe(0);
      for (let i = 5; i < 100; i++) expect(await ch.receive()).toEqual({ value: i, ok: true });
      ch.close();
    },
  );

  // R39
  test("can be followed by another loop, which continues where the first one stopped", async () => {
    const { ch } = counting(capacity, 10);
    const got: number[][] = [];
    for (let loops = 0; loops < 5; loops++) {
      const mine: number[] = [];
      got.push(mine);
      for await (const value of ch) {
        mine.push(value);
        if (mine.length === 2) break;
      }
    }
    // prettier-ignore
    expect(got).toEqual([[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]);
  });

  // R40
  test("shares the values with other loops: each value goes to one loop, and all loops end on close", async () => {
    const ch = new Channel<number>(capacity);
    const got: number[][] = [[], [], [], []];
    const wg = new WaitGroup();
    for (const mine of got) {
      wg.go(async () => {
        for await (const value of ch) mine.push(value);
      });
    }
    for (let i = 0; i < 400; i++) await ch.send(i);
    ch.close();
    await wg.wait();
    expect(got.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => i));
    for (const mine of got) expect(mine).toEqual([...mine].sort((a, b) => a - b));
  });

  // R28, R40
  test("is served in turn with all other receivers", async () => {
    const ch = new Channel<string>(capacity);
    const seen: string[] = [];
    const first = ch.receive().then((r) => seen.push(`receive ${r.value}`));
    const loop = (async () => {
      for await (const value of ch) seen.push(`loop ${value}`);
    })();
    const last = select([receive(ch)]).then((s) => seen.push(`select ${s.value}`));
    for (const value of ["a", "b", "c"]) ch.trySend(value);
    ch.close();
    await Promise.all([first, loop, last]);
    expect(seen).toEqual(["receive a", "loop b", "select c"]);
  });

  // R39
  test("that exits while it waits leaves the queue, and takes no later value", async () => {
    const ch = new Channel<string>(capacity);
    const steps = ch[Symbol.asyncIterator]();
    const pending = [steps.next(), steps.next()];
    const other = ch.receive();
    expect(waiting(ch)).toBe(3);
    expect(await steps.return?.()).toEqual(end);
    expect(await Promise.all(pending)).toEqual([end, end]);
    expect(waiting(ch)).toBe(1);
    ch.trySend("a");
    expect(await other).toEqual({ value: "a", ok: true });
  });

  // R29, R39
  test("that exits just after a value was sent still delivers that value to the step that waited for it", async () => {
    const ch = new Channel<string>(capacity);
    const steps = ch[Symbol.asyncIterator]();
    const [first, second] = [steps.next(), steps.next()];
    ch.trySend("a");
    void steps.return?.();
    expect(await first).toEqual({ value: "a", done: false });
    expect(await second).toEqual(end);
  });

  // R39
  test("that has exited takes no more values, even if the channel has some", async () => {
    const ch = new Channel<number>(capacity);
    const steps = ch[Symbol.asyncIterator]();
    await steps.return?.();
    const sending = ch.send(1);
    expect(await steps.next()).toEqual(end);
    expect(await steps.next()).toEqual(end);
    expect(ch.tryReceive()).toEqual({ value: 1, ok: true });
    await sending;
  });

  // R39, R40
  test("that exits does not end another loop on the same channel", async () => {
    const ch = new Channel<number>(capacity);
    const [stopped, running] = [ch[Symbol.asyncIterator](), ch[Symbol.asyncIterator]()];
    const last = stopped.next();
    const step = running.next();
    await stopped.return?.();
    expect(await last).toEqual(end);
    ch.trySend(7);
    expect(await step).toEqual({ value: 7, done: false });
    ch.close();
    expect(await running.next()).toEqual(end);
  });

  // R22, R36
  test("may request several values at once, and receives them in order", async () => {
    const ch = new Channel<number>(capacity);
    const steps = ch[Symbol.asyncIterator]();
    const requested = Array.from({ length: 5 }, () => steps.next());
    for (let i = 0; i < 3; i++) ch.trySend(i);
    ch.close();
    const got = await Promise.all(requested);
    expect(got.map((step) => step.value)).toEqual([0, 1, 2, undefined, undefined]);
    expect(got.map((step) => step.done)).toEqual([false, false, false, true, true]);
  });
});

// R36
test("an iterator is itself iterable", async () => {
  const ch = new Channel<number>(3);
  for (let i = 0; i < 3; i++) ch.trySend(i);
  ch.close();
  const steps = ch[Symbol.asyncIterator]();
  await steps.next();
  const values: number[] = [];
  for await (const value of steps) values.push(value);
  expect(values).toEqual([1, 2]);
});
