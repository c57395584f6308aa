// The baseline: each row by hand, with the least that JavaScript needs for it, without errors and fairness, and without closing unless the
// row closes.

import { setImmediate as turn } from "node:timers/promises";
import type { Meter, Program } from "../rows/row.ts";
import type { Implementation, PoolAdapter } from "./implementation.ts";
import { programs as more } from "./baseline-more.ts";
import { READY, Slot } from "./slot.ts";

const CAPACITY = 100;
const WORKERS = 4;

/** A bounded buffer with queues of waiting senders and receivers, which can be closed. */
class Buffer {
  readonly #values = new Array<number>(CAPACITY).fill(0);
  #first = 0;
  #length = 0;
  #closed = false;
  readonly #senders: { readonly value: number; readonly resolve: () => void }[] = [];
  readonly #receivers: ((value: number | undefined) => void)[] = [];

  trySend(value: number): boolean {
    if (this.#receivers.length > 0) {
      this.#receivers.shift()?.(value);
      return true;
    }
    if (this.#length === CAPACITY) return false;
    this.#push(value);
    return true;
  }

  send(value: number): Promise<void> {
    return this.trySend(value) ? READY : new Promise((resolve) => this.#senders.push({ value, resolve }));
  }

  /** Returns a value, or `undefined` if the buffer is empty. */
  tryReceive(): number | undefined {
    if (this.#length === 0) return undefined;
    const value = this.#values[this.#first];
    if (++this.#first === CAPACITY) this.#first = 0;
    this.#length--;
    if (this.#senders.length > 0) {
      const sender = this.#senders.shift();
      this.#push(sender?.value ?? NaN);
      sender?.resolve();
    }
    return value;
  }

  /** Returns a value or a promise of one; `undefined` if the buffer is closed and empty. */
  receive(): Promise<number | undefined> | number | undefined {
    const value = this.tryReceive();
    return value !== undefined || this.#closed ? value : new Promise((resolve) => this.#receivers.push(resolve));
  }

  close(): void {
    this.#closed = true;
    for (const receiver of this.#receivers.splice(0)) receiver(undefined);
  }

  #push(value: number): void {
    const at = this.#first + this.#length++;
    this.#values[at < CAPACITY ? at : at - CAPACITY] = value;
  }
}

async function unbuffered(n: number): Promise<number> {
  const slot = new Slot();
  const sending = (async () => {
    for (let i = 0; i < n; i++) await slot.send(i);
  })();
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await slot.receive();
  await sending;
  return sum;
}

async function pingPong(n: number): Promise<number> {
  const there = new Slot();
  const back = new Slot();
  const echoing = (async () => {
    for (let i = 0; i < n; i++) await back.send(await there.receive());
  })();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    await there.send(i);
    sum += await back.receive();
  }
  await echoing;
  return sum;
}

/** If every operation is awaited, two awaits are the least cost of a channel. */
async function twoAwaits(n: number): Promise<number> {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    await READY;
    await READY;
    sum += i;
  }
  return sum;
}

async function bufferedHot(n: number): Promise<number> {
  const buffer = new Buffer();
  const sending = (async () => {
    for (let i = 0; i < n; i++) if (!buffer.trySend(i)) await buffer.send(i);
  })();
  let sum = 0;
  for (let i = 0; i < n; i++) sum += buffer.tryReceive() ?? (await buffer.receive()) ?? NaN;
  await sending;
  return sum;
}

/** Uses an iterator by hand; an async generator would take three times as long. */
async function range(n: number): Promise<number> {
  const buffer = new Buffer();
  const sending = (async () => {
    for (let i = 0; i < n; i++) await buffer.send(i);
    buffer.close();
  })();
  const step = (value: number | undefined): IteratorResult<number, undefined> =>
    value === undefined ? { value, done: true } : { value, done: false };
  const next = (): Promise<IteratorResult<number, undefined>> => {
    const received = buffer.receive();
    return typeof received === "object" ? received.then(step) : Promise.resolve(step(received));
  };
  let sum = 0;
  for await (const value of { [Symbol.asyncIterator]: () => ({ next }) }) sum += value;
  await sending;
  return sum;
}

/** A wait in several slots at once; a send to one slot removes it from the others. */
interface Selection {
  readonly resolve: (value: number) => void;
  readonly slots: readonly SelectSlot[];
}

class SelectSlot {
  waiting: Selection | null = null;
  value: number | null = null;
  #give: (() => void) | null = null;

  send(value: number): Promise<void> {
    const { waiting } = this;
    if (waiting !== null) {
      for (const slot of waiting.slots) slot.waiting = null;
      waiting.resolve(value);
      return READY;
    }
    this.value = value;
    return new Promise((resolve) => (this.#give = resolve));
  }

  take(): number | null {
    const { value } = this;
    if (value === null) return null;
    this.value = null;
    this.#give?.();
    return value;
  }
}

function selectFrom(slots: readonly SelectSlot[]): Promise<number> | number {
  for (const slot of slots) {
    const value = slot.take();
    if (value !== null) return value;
  }
  return new Promise((resolve) => {
    const selection = { resolve, slots };
    for (const slot of slots) slot.waiting = selection;
  });
}

function selectOf(cases: number): Program {
  return async (n) => {
    const slots = Array.from({ length: cases }, () => new SelectSlot());
    const sending = (async () => {
      for (let i = 0; i < n; i++) await slots[0]?.send(i);
    })();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await selectFrom(slots);
    await sending;
    return sum;
  };
}

async function waitgroup(n: number): Promise<number> {
  let count = 0;
  for (let left = n; left > 0; left -= 1_000) {
    let running = Math.min(left, 1_000);
    await new Promise<void>((resolve) => {
      const goroutine = async (): Promise<void> => {
        count++;
      };
      const done = (): void => {
        if (--running === 0) resolve();
      };
      for (let i = running; i > 0; i--) void goroutine().then(done);
    });
  }
  return count;
}

/** A queue of receivers, whose first is removed in O(1), and whose array never shrinks. */
class Queue {
  readonly #receivers: (((value: number) => void) | undefined)[] = [];
  #first = 0;

  receive(): Promise<number> {
    return new Promise((resolve) => this.#receivers.push(resolve));
  }

  send(value: number): Promise<void> {
    this.#receivers[this.#first]?.(value);
    this.#receivers[this.#first++] = undefined;
    return READY;
  }
}

async function wake(n: number, meter: Meter): Promise<number> {
  const queue = new Queue();
  let sum = 0;
  const receivers: Promise<void>[] = [];
  const receiver = async (): Promise<void> => {
    const value = await queue.receive();
    sum += value;
  };
  for (let i = 0; i < n; i++) receivers.push(receiver());
  await turn();

  meter.start();
  for (let i = 0; i < n; i++) await queue.send(i);
  await receivers.at(-1);
  meter.stop();
  return sum;
}

async function parkedHeap(n: number, meter: Meter): Promise<number> {
  const queue = new Queue();
  let count = 0;
  const receiver = async (): Promise<void> => {
    await queue.receive();
    count++;
  };
  meter.start();
  for (let i = 0; i < n; i++) void receiver();
  await turn();
  meter.stop();

  for (let i = 0; i < n; i++) await queue.send(i);
  await turn();
  return count;
}

/** The shared channel is a `Set` of waiters, the simplest structure with removal in O(1). */
async function selectsShared(n: number, meter: Meter): Promise<number> {
  const done = new Set<object>();
  const own = Array.from({ length: n }, () => new Slot());
  let sum = 0;
  const goroutines = own.map(async (slot) => {
    const selection = {};
    done.add(selection);
    const value = await slot.receive();
    done.delete(selection);
    sum += value;
  });
  await turn();

  meter.start();
  for (let i = 0; i < n; i++) await own[i]?.send(i);
  await goroutines.at(-1);
  meter.stop();
  return sum;
}

/** A race keeps a reaction on the pending promise, and with it the race and its value. */
async function raceWithPromise(n: number): Promise<number> {
  const closed = new Promise<never>(() => undefined);
  const jobs = new Slot();
  const sending = (async () => {
    for (let i = 0; i < n; i++) await jobs.send(i);
  })();
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await Promise.race([jobs.receive(), closed]);
  await sending;
  return sum;
}

async function poolOverChannels(n: number): Promise<number> {
  const jobs = new Buffer();
  const results = new Buffer();
  let working = WORKERS;
  const work = async (): Promise<void> => {
    for (let job; (job = await jobs.receive()) !== undefined;) await results.send(2 * job);
    if (--working === 0) results.close();
  };
  const sending = (async () => {
    for (let i = 0; i < n; i++) await jobs.send(i);
    jobs.close();
  })();
  for (let id = 0; id < WORKERS; id++) void work();
  let sum = 0;
  for (let result; (result = await results.receive()) !== undefined;) sum += result;
  await sending;
  return sum;
}

const pool: PoolAdapter = {
  map: async (items, f, workers) => {
    const results = new Array<number>(items.length);
    let next = 0;
    const work = async (): Promise<void> => {
      for (let i; (i = next++) < items.length;) results[i] = await f(items[i] as number);
    };
    await Promise.all(Array.from({ length: workers }, work));
    return results;
  },
};

const programs: Readonly<Record<string, Program>> = {
  unbuffered,
  "ping-pong": pingPong,
  buffered: twoAwaits,
  "buffered-hot": bufferedHot,
  "buffered-4-4": twoAwaits,
  range,
  "select-2": selectOf(2),
  "select-8": selectOf(8),
  "select-done": selectOf(2),
  "receive-done": selectOf(2),
  "select-promise": raceWithPromise,
  waitgroup,
  wake,
  "parked-heap": parkedHeap,
  "selects-shared": selectsShared,
  "pool-channels": poolOverChannels,
  ...more,
};

export const implementation: Implementation = { name: "baseline", package: null, adapters: { pool }, programs };
