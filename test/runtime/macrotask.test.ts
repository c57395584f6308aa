// The next turn of the event loop in hosts that lack functions or have fakes. Each test loads a copy of the module that has only the
// functions of the test.

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

/** Gives the host these functions, and removes the other functions of the list. */
function setHost(host: Partial<Record<(typeof names)[number], unknown>>): void {
  for (const name of names) restores.push(replace(globalThis as Record<string, unknown>, name, host[name]));
}

/** Loads the module in a host that has these functions during the import, and the functions of `later` afterwards. */
async function load(host: Parameters<typeof setHost>[0], later: Parameters<typeof setHost>[0] = host): Promise<Turns> {
  const path = "../../src/runtime/macrotask.ts";
  const query = `?${++copies}`;
  setHost(host);
  const loading = import(path + query) as Promise<Turns>;
  const turns = await loading;
  setHost(later);
  return turns;
}

/** Waits for a turn, and checks that microtasks do not count as one. */
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

/** Returns a `MessageChannel` that records its ports, and the number of ports that keep the process alive. */
function countedChannel(): { MessageChannel: unknown; ports: MessagePort[]; countRefs: () => number } {
  const ports: MessagePort[] = [];
  class Counted extends real.MessageChannel {
    constructor() {
      super();
      ports.push(this.port1);
    }
  }
  const countRefs = (): number => ports.filter((port) => (port as unknown as { hasRef(): boolean }).hasRef()).length;
  return { MessageChannel: Counted, ports, countRefs };
}

/** Waits until all sent messages have arrived. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => real.setImmediate(resolve));
}

const fakeImmediate = (): object => ({});

describe("nextTurn", () => {
  test("uses setImmediate, and creates no channel", async () => {
    const { MessageChannel, ports } = countedChannel();
    await takeTurn(await load({ setImmediate: real.setImmediate, MessageChannel }));
    expect(ports).toEqual([]);
  });

  test("uses the setImmediate of the import, although a fake has replaced it", async () => {
    const { MessageChannel, ports } = countedChannel();
    const turns = await load({ setImmediate: real.setImmediate }, { setImmediate: fakeImmediate, MessageChannel });
    await takeTurn(turns);
    expect(ports).toEqual([]);
  });

  test("uses messages while setImmediate is a fake, and the real setImmediate after that", async () => {
    const { MessageChannel, ports } = countedChannel();
    const turns = await load({ setImmediate: fakeImmediate, MessageChannel });
    await takeTurn(turns);
    await takeTurn(turns);
    expect(ports.length).toBe(2);
    setHost({ setImmediate: real.setImmediate });
    await takeTurn(turns);
  });

  test("uses Node's timers module if the globals are those of a browser", async () => {
    const process = {
      getBuiltinModule: (name: string): unknown =>
        name === "timers" ? { setImmediate: real.setImmediate } : undefined,
    };
    await takeTurn(await load({ process }));
  });

  test("uses the MessageChannel of Node's worker_threads module if that is the only function", async () => {
    const { MessageChannel, ports } = countedChannel();
    const process = {
      getBuiltinModule: (name: string): unknown => (name === "worker_threads" ? { MessageChannel } : undefined),
    };
    await takeTurn(await load({ process }));
    expect(ports.length).toBe(2);
  });

  test("uses setTimeout if that is the only function", async () => {
    await takeTurn(await load({ setTimeout: real.setTimeout }));
    await takeTurn(await load({ setTimeout: real.setTimeout, process: {} }));
  });
});

test("a fake setImmediate is detected once, and no pending handle is left in it", async () => {
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

test("pending turns by messages keep the process alive, except for turns with unref", async () => {
  const { MessageChannel, countRefs } = countedChannel();
  const { nextTurn } = await load({ MessageChannel });
  const order: number[] = [];
  const turns = [1, 2, 3, 4].map((n) => nextTurn(() => order.push(n)));
  expect(countRefs()).toBe(2);
  // One port has the turns 1 and 3, of which turn 1 still keeps the process alive.
  turns[2]?.unref?.();
  expect(countRefs()).toBe(2);
  await settle();
  expect(order.sort()).toEqual([1, 2, 3, 4]);
  expect(countRefs()).toBe(0);
  const last = nextTurn(() => order.push(5));
  last.unref?.();
  expect(countRefs()).toBe(0);
  last.ref?.();
  expect(countRefs()).toBe(1);
  await settle();
  expect(countRefs()).toBe(0);
});

test("a port that has had no turn yet does not keep the process alive", async () => {
  const { MessageChannel, ports, countRefs } = countedChannel();
  const { nextTurn } = await load({ MessageChannel });
  nextTurn(() => undefined);
  expect([ports.length, countRefs()]).toEqual([2, 1]);
  await settle();
  expect(countRefs()).toBe(0);
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
    const schedule = (run: () => void): void => void runs.push(run);
    class Immediate {
      readonly ref = (): void => undefined;

      constructor(run: () => void) {
        runs.push(run);
      }
    }
    const setImmediate = (run: () => void): Immediate => new Immediate(run);
    const { throwUncaught } = await load({ ...host(schedule), setImmediate });
    throwUncaught(error);
    // The first turn checks whether the host's setImmediate is a fake.
    expect(runs.length).toBe(3);
    expect(thrown(runs)).toEqual([error]);
    expect(thrown(runs.reverse())).toEqual([]);
  });

  test("on the next turn, if the host has nothing faster", async () => {
    const runs: (() => void)[] = [];
    const { throwUncaught } = await load({ setTimeout: (run: () => void) => runs.push(run) });
    throwUncaught(error);
    expect(thrown(runs)).toEqual([error]);
  });
});
