// The next turn of the event loop in hosts that lack something, or have fakes in its place: each is a copy of the module that finds
// only what the test gives it.

import { afterEach, describe, expect, test } from "@jest/globals";
import type * as turns from "../../src/runtime/macrotask.ts";
import { replace } from "../support/replace.ts";

type Turns = typeof turns;

const names = ["setImmediate", "clearImmediate", "MessageChannel", "setTimeout", "queueMicrotask", "process"] as const;

const real = { ...globalThis, setImmediate, clearImmediate, MessageChannel, setTimeout, queueMicrotask };
const restores: (() => void)[] = [];
let copies = 0;

afterEach(() => {
  for (const restore of restores.splice(0).reverse()) restore();
});

/** Makes the host have these functions, and of the others in the list none. */
function give(host: Partial<Record<(typeof names)[number], unknown>>): void {
  for (const name of names) restores.push(replace(globalThis as Record<string, unknown>, name, host[name]));
}

/** The module in a host that has these functions while it is imported, and from then on those of `later`. */
async function load(host: Parameters<typeof give>[0], later: Parameters<typeof give>[0] = host): Promise<Turns> {
  const path = "../../src/runtime/macrotask.ts";
  const query = `?${++copies}`;
  give(host);
  const loading = import(path + query) as Promise<Turns>;
  const turns = await loading;
  give(later);
  return turns;
}

/** Takes a turn, and checks that microtasks do not count as one. */
async function takeTurn({ nextTurn }: Turns): Promise<void> {
  let isOver = false;
  const over = new Promise<void>((resolve) => {
    nextTurn(() => {
      isOver = true;
      resolve();
    });
  });
  for (let i = 0; i < 100; i++) await Promise.resolve();
  expect(isOver).toBe(false);
  await over;
}

/** A `MessageChannel` that counts its ports, the process being alive for how many of them. */
function countedChannel(): { MessageChannel: unknown; made: MessagePort[]; refed: () => number } {
  const made: MessagePort[] = [];
  class Counted extends real.MessageChannel {
    constructor() {
      super();
      made.push(this.port1);
    }
  }
  const refed = (): number => made.filter((port) => (port as unknown as { hasRef(): boolean }).hasRef()).length;
  return { MessageChannel: Counted, made, refed };
}

/** Lets all messages arrive that have been sent. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => real.setImmediate(resolve));
}

const fakeImmediate = (): object => ({});

describe("a turn comes", () => {
  test("by setImmediate, and needs no channel", async () => {
    const { MessageChannel, made } = countedChannel();
    await takeTurn(await load({ setImmediate: real.setImmediate, MessageChannel }));
    expect(made).toEqual([]);
  });

  test("by the setImmediate of the import, though a fake has taken its place", async () => {
    const { MessageChannel, made } = countedChannel();
    const turns = await load({ setImmediate: real.setImmediate }, { setImmediate: fakeImmediate, MessageChannel });
    await takeTurn(turns);
    expect(made).toEqual([]);
  });

  test("by the setImmediate that comes back after a fake, and by messages meanwhile", async () => {
    const { MessageChannel, made } = countedChannel();
    const turns = await load({ setImmediate: fakeImmediate, MessageChannel });
    await takeTurn(turns);
    await takeTurn(turns);
    expect(made.length).toBe(2);
    give({ setImmediate: real.setImmediate });
    await takeTurn(turns);
  });

  test("by Node's module of timers, where the globals are those of a browser", async () => {
    const process = {
      getBuiltinModule: (name: string): unknown =>
        name === "timers" ? { setImmediate: real.setImmediate } : undefined,
    };
    await takeTurn(await load({ process }));
  });

  test("by the channels of Node's threads, where there is nothing else", async () => {
    const { MessageChannel, made } = countedChannel();
    const process = {
      getBuiltinModule: (name: string): unknown => (name === "worker_threads" ? { MessageChannel } : undefined),
    };
    await takeTurn(await load({ process }));
    expect(made.length).toBe(2);
  });

  test("by setTimeout, where there is nothing else", async () => {
    await takeTurn(await load({ setTimeout: real.setTimeout }));
    await takeTurn(await load({ setTimeout: real.setTimeout, process: {} }));
  });
});

test("a fake setImmediate is found out once, and nothing of that is left in it", async () => {
  const pending = new Set<object>();
  let calls = 0;
  const setImmediate = (): object => {
    const handle = {};
    calls++;
    pending.add(handle);
    return handle;
  };
  const clearImmediate = (handle: object): void => void pending.delete(handle);
  const turns = await load({ setImmediate, clearImmediate, MessageChannel: real.MessageChannel });
  for (let i = 0; i < 5; i++) await takeTurn(turns);
  expect({ calls, pending: pending.size }).toEqual({ calls: 1, pending: 0 });
});

test("a process lives for the turns by messages that are due, but for those that say that it need not", async () => {
  const { MessageChannel, refed } = countedChannel();
  const { nextTurn } = await load({ MessageChannel });
  const order: number[] = [];
  const turns = [1, 2, 3, 4].map((n) => nextTurn(() => order.push(n)));
  expect(refed()).toBe(2);
  // One port has the turns 1 and 3, of which 1 still needs the process.
  turns[2]?.unref?.();
  expect(refed()).toBe(2);
  await settle();
  expect(order.sort()).toEqual([1, 2, 3, 4]);
  expect(refed()).toBe(0);
  const last = nextTurn(() => order.push(5));
  last.unref?.();
  expect(refed()).toBe(0);
  last.ref?.();
  expect(refed()).toBe(1);
  await settle();
  expect(refed()).toBe(0);
});

describe("an uncaught exception is thrown once", () => {
  const error = new Error("boom");

  function thrown(runs: readonly (() => void)[]): unknown[] {
    return runs.flatMap((run) => {
      try {
        run();
        return [];
      } catch (reason) {
        return [reason];
      }
    });
  }

  test.each([
    ["by the next tick", "nextTick", (run: unknown) => ({ process: { nextTick: run } })],
    ["by a microtask", "queueMicrotask", (run: unknown) => ({ queueMicrotask: run })],
  ])("%s or on the next turn", async (_name, _, host) => {
    const runs: (() => void)[] = [];
    const take = (run: () => void): void => void runs.push(run);
    class Immediate {
      readonly ref = (): void => undefined;

      constructor(run: () => void) {
        runs.push(run);
      }
    }
    const setImmediate = (run: () => void): Immediate => new Immediate(run);
    const { throwUncaught } = await load({ ...host(take), setImmediate });
    throwUncaught(error);
    // The first turn is the look at the host.
    expect(runs.length).toBe(3);
    expect(thrown(runs)).toEqual([error]);
    expect(thrown(runs.reverse())).toEqual([]);
  });

  test("on the next turn, where there is nothing faster", async () => {
    const runs: (() => void)[] = [];
    const { throwUncaught } = await load({ setTimeout: (run: () => void) => runs.push(run) });
    throwUncaught(error);
    expect(thrown(runs)).toEqual([error]);
  });
});
