// The work that the guard compares: with the library, and with the least code by hand that does the same.

import type * as goro from "goro";

export type Library = typeof goro;

/** A piece of work; each function resolves to the sum of the numbers below `n`. */
export interface Guarded {
  readonly name: string;
  readonly n: number;

  /** The highest allowed ratio to the code by hand, about twice the usual ratio. */
  readonly limit: number;
  readonly goro: (library: Library, n: number) => Promise<number>;
  readonly byHand: (n: number) => Promise<number>;
}

const ready: Promise<void> = Promise.resolve();

async function twoAwaits(n: number): Promise<number> {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    await ready;
    await ready;
    sum += i;
  }
  return sum;
}

/** Carries one value at a time from one sender to one receiver. */
class Slot {
  #value = 0;
  #resolveSend: (() => void) | null = null;
  #resolveReceive: ((value: number) => void) | null = null;

  send(value: number): Promise<void> {
    const resolveReceive = this.#resolveReceive;
    if (resolveReceive !== null) {
      this.#resolveReceive = null;
      resolveReceive(value);
      return ready;
    }
    this.#value = value;
    return new Promise((resolve) => (this.#resolveSend = resolve));
  }

  receive(): Promise<number> {
    const resolveSend = this.#resolveSend;
    if (resolveSend === null) return new Promise((resolve) => (this.#resolveReceive = resolve));
    this.#resolveSend = null;
    resolveSend();
    return Promise.resolve(this.#value);
  }
}

async function oneSlot(n: number): Promise<number> {
  const slot = new Slot();
  void (async () => {
    for (let i = 0; i < n; i++) await slot.send(i);
  })();
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await slot.receive();
  return sum;
}

async function bareTasks(n: number): Promise<number> {
  let sum = 0;
  await Promise.all(
    Array.from({ length: n }, async (_, i) => {
      await ready;
      sum += i;
    }),
  );
  return sum;
}

async function transfer({ Channel, go }: Library, capacity: number, n: number): Promise<number> {
  const ch = new Channel<number>(capacity);
  go(async () => {
    for (let i = 0; i < n; i++) await ch.send(i);
  });
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (await ch.receive()).value ?? NaN;
  return sum;
}

async function range({ Channel, go }: Library, n: number): Promise<number> {
  const ch = new Channel<number>(100);
  go(async () => {
    for (let i = 0; i < n; i++) await ch.send(i);
    ch.close();
  });
  let sum = 0;
  for await (const value of ch) sum += value;
  return sum;
}

async function selectOfTwo({ Channel, go, receive, select }: Library, n: number): Promise<number> {
  const busy = new Channel<number>();
  const silent = new Channel<number>();
  go(async () => {
    for (let i = 0; i < n; i++) await busy.send(i);
  });
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (await select({ busy: receive(busy), silent: receive(silent) })).value ?? NaN;
  return sum;
}

async function goroutines({ WaitGroup }: Library, n: number): Promise<number> {
  const wg = new WaitGroup();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    wg.go(async () => {
      sum += i;
    });
  }
  await wg.wait();
  return sum;
}

async function pool({ WorkerPool }: Library, n: number): Promise<number> {
  await using workers = new WorkerPool(async (_ctx, job: number) => job, { workers: 4 });
  let sum = 0;
  for await (const result of workers.map(Array.from({ length: n }, (_, i) => i))) sum += result;
  return sum;
}

async function locks({ Mutex }: Library, n: number): Promise<number> {
  const mutex = new Mutex();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    await mutex.lock();
    sum += i;
    mutex.unlock();
  }
  return sum;
}

export const guarded: readonly Guarded[] = [
  { name: "an unbuffered transfer", n: 100_000, limit: 3, goro: (goro, n) => transfer(goro, 0, n), byHand: oneSlot },
  { name: "a buffered transfer", n: 100_000, limit: 3, goro: (goro, n) => transfer(goro, 100, n), byHand: twoAwaits },
  { name: "a step of for await", n: 100_000, limit: 3, goro: range, byHand: twoAwaits },
  { name: "a select of two", n: 100_000, limit: 6, goro: selectOfTwo, byHand: oneSlot },
  { name: "a goroutine of a WaitGroup", n: 50_000, limit: 3.5, goro: goroutines, byHand: bareTasks },
  { name: "an uncontended lock", n: 100_000, limit: 2, goro: locks, byHand: twoAwaits },
  { name: "a job of a pool", n: 20_000, limit: 16, goro: pool, byHand: twoAwaits },
];
