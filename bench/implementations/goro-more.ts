// goro in the rows of contexts, locks and programs.

import { Channel, context, go, Mutex, type ReceiveChannel, Semaphore, type SendChannel } from "goro";
import { FAN_OUT, FAR } from "../rows/contexts.ts";
import { CHAIN } from "../rows/programs.ts";
import type { Program } from "../rows/row.ts";
import { GOROUTINES, UNITS } from "../rows/sync.ts";

const contextMake: Program = async (n) => {
  const [parent, end] = context.withCancel(context.background());
  let canceled = 0;
  for (let i = 0; i < n; i++) {
    const [ctx, cancel] = context.withCancel(parent);
    cancel();
    if (ctx.err() instanceof context.Canceled) canceled++;
  }
  end();
  return canceled;
};

const contextTree: Program = async (n, meter) => {
  const [root, cancel] = context.withCancel(context.background());
  const tree: context.Context[] = [root];
  for (let i = 0; i < n; i++) tree.push(context.withCancel(tree[Math.floor(i / FAN_OUT)] as context.Context)[0]);
  meter.start();
  cancel();
  meter.stop();
  return tree.slice(1).filter((ctx) => ctx.err() instanceof context.Canceled).length;
};

const contextTimeout: Program = async (n) => {
  const [parent, end] = context.withCancel(context.background());
  let canceled = 0;
  for (let i = 0; i < n; i++) {
    const [ctx, cancel] = context.withTimeout(parent, FAR);
    cancel();
    if (ctx.err() instanceof context.Canceled) canceled++;
  }
  end();
  return canceled;
};

const mutex: Program = async (n) => {
  const mu = new Mutex();
  let count = 0;
  for (let i = 0; i < n; i++) {
    await mu.lock();
    count++;
    mu.unlock();
  }
  return count;
};

const mutexContended: Program = async (n) => {
  const mu = new Mutex();
  let count = 0;
  const goroutine = async (first: number): Promise<void> => {
    for (let i = first; i < n; i += GOROUTINES) {
      await mu.lock();
      const before = count;
      await null;
      count = before + 1;
      mu.unlock();
    }
  };
  await Promise.all(Array.from({ length: GOROUTINES }, (_, first) => goroutine(first)));
  return count;
};

const semaphore: Program = async (n) => {
  const sem = new Semaphore(UNITS);
  let count = 0;
  for (let i = 0; i < n; i++) {
    await sem.acquire();
    count++;
    sem.release();
  }
  return count;
};

const semaphoreContended: Program = async (n) => {
  const sem = new Semaphore(UNITS);
  let count = 0;
  let holders = 0;
  const goroutine = async (first: number): Promise<void> => {
    for (let i = first; i < n; i += GOROUTINES) {
      await sem.acquire();
      if (++holders <= UNITS) count++;
      await null;
      holders--;
      sem.release();
    }
  };
  await Promise.all(Array.from({ length: GOROUTINES }, (_, first) => goroutine(first)));
  return count;
};

const daisyChain: Program = async (n) => {
  let sum = 0;
  for (let left = n; left > 0; left -= CHAIN) sum += await daisies(Math.min(left, CHAIN));
  return sum;
};

async function daisies(length: number): Promise<number> {
  const leftmost = new Channel<number>();
  let left = leftmost;
  for (let i = 0; i < length; i++) {
    const right = new Channel<number>();
    go(link, left, right);
    left = right;
  }
  go(() => left.send(0));
  return (await leftmost.receive()).value ?? NaN;
}

async function link(left: SendChannel<number>, right: ReceiveChannel<number>): Promise<void> {
  await left.send(1 + ((await right.receive()).value ?? NaN));
}

const primeSieve: Program = async (n) => {
  let numbers = new Channel<number>();
  go(generate, numbers);
  let prime = NaN;
  for (let i = 0; i < n; i++) {
    prime = (await numbers.receive()).value ?? NaN;
    const filtered = new Channel<number>();
    go(filter, numbers, filtered, prime);
    numbers = filtered;
  }
  return prime;
};

async function generate(numbers: SendChannel<number>): Promise<never> {
  for (let i = 2; ; i++) await numbers.send(i);
}

async function filter(numbers: ReceiveChannel<number>, filtered: SendChannel<number>, prime: number): Promise<void> {
  for await (const i of numbers) if (i % prime !== 0) await filtered.send(i);
}

export const programs: Readonly<Record<string, Program>> = {
  "context-make": contextMake,
  "context-tree": contextTree,
  "context-timeout": contextTimeout,
  mutex,
  "mutex-contended": mutexContended,
  semaphore,
  "semaphore-contended": semaphoreContended,
  "daisy-chain": daisyChain,
  "prime-sieve": primeSieve,
};
