// The rows of contexts, locks and programs by hand, without argument checks, errors and fairness, and with one kind of waiter.

import { FAN_OUT, FAR } from "../rows/contexts.ts";
import { CHAIN } from "../rows/programs.ts";
import type { Program } from "../rows/row.ts";
import { GOROUTINES, UNITS } from "../rows/sync.ts";
import { READY, Slot } from "./slot.ts";

/** A context with a parent and children. */
class Node {
  ended = false;
  #parent: Node | null;
  #first: Node | null = null;
  #previous: Node | null = null;
  #next: Node | null = null;

  constructor(parent: Node | null) {
    this.#parent = parent;
    if (parent === null) return;
    this.#next = parent.#first;
    if (this.#next !== null) this.#next.#previous = this;
    parent.#first = this;
  }

  cancel(): void {
    if (this.#parent !== null) this.#leave(this.#parent);
    this.#end();
  }

  #leave(parent: Node): void {
    if (this.#previous === null) parent.#first = this.#next;
    else this.#previous.#next = this.#next;
    if (this.#next !== null) this.#next.#previous = this.#previous;
    this.#parent = null;
  }

  #end(): void {
    this.ended = true;
    for (let child = this.#first; child !== null; child = child.#next) child.#end();
    this.#first = null;
  }
}

/** Makes a node reachable from outside; otherwise escape analysis would remove its allocation. */
let latest: Node | null = null;

const contextMake: Program = async (n) => {
  const parent = new Node(null);
  let ended = 0;
  for (let i = 0; i < n; i++) {
    latest = new Node(parent);
    latest.cancel();
    if (latest.ended) ended++;
  }
  return ended;
};

const contextTree: Program = async (n, meter) => {
  const root = new Node(null);
  const tree: Node[] = [root];
  for (let i = 0; i < n; i++) tree.push(new Node(tree[Math.floor(i / FAN_OUT)] as Node));
  meter.start();
  root.cancel();
  meter.stop();
  return tree.slice(1).filter((node) => node.ended).length;
};

const contextTimeout: Program = async (n) => {
  const parent = new Node(null);
  let ended = 0;
  for (let i = 0; i < n; i++) {
    const node = new Node(parent);
    const timer = setTimeout(() => node.cancel(), FAR);
    clearTimeout(timer);
    node.cancel();
    if (node.ended) ended++;
  }
  return ended;
};

/** A waiter for a unit. */
interface Waiter {
  readonly grant: () => void;
  next: Waiter | null;
}

/** Units that are granted in the order of the requests. */
class Units {
  #free: number;
  #first: Waiter | null = null;
  #last: Waiter | null = null;

  constructor(free: number) {
    this.#free = free;
  }

  acquire(): Promise<void> {
    if (this.#free === 0) return new Promise((grant) => this.#join({ grant, next: null }));
    this.#free--;
    return READY;
  }

  release(): void {
    const waiter = this.#first;
    if (waiter === null) {
      this.#free++;
    } else {
      this.#first = waiter.next;
      waiter.grant();
    }
  }

  #join(waiter: Waiter): void {
    if (this.#first === null) this.#first = waiter;
    else (this.#last as Waiter).next = waiter;
    this.#last = waiter;
  }
}

function uncontended(units: number): Program {
  return async (n) => {
    const lock = new Units(units);
    let count = 0;
    for (let i = 0; i < n; i++) {
      await lock.acquire();
      count++;
      lock.release();
    }
    return count;
  };
}

const mutexContended: Program = async (n) => {
  const lock = new Units(1);
  let count = 0;
  const goroutine = async (first: number): Promise<void> => {
    for (let i = first; i < n; i += GOROUTINES) {
      await lock.acquire();
      const before = count;
      await null;
      count = before + 1;
      lock.release();
    }
  };
  await Promise.all(Array.from({ length: GOROUTINES }, (_, first) => goroutine(first)));
  return count;
};

const semaphoreContended: Program = async (n) => {
  const lock = new Units(UNITS);
  let count = 0;
  let holders = 0;
  const goroutine = async (first: number): Promise<void> => {
    for (let i = first; i < n; i += GOROUTINES) {
      await lock.acquire();
      if (++holders <= UNITS) count++;
      await null;
      holders--;
      lock.release();
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
  const leftmost = new Slot();
  let left = leftmost;
  for (let i = 0; i < length; i++) {
    const right = new Slot();
    void link(left, right);
    left = right;
  }
  void left.send(0);
  return await leftmost.receive();
}

async function link(left: Slot, right: Slot): Promise<void> {
  await left.send(1 + (await right.receive()));
}

const primeSieve: Program = async (n) => {
  let numbers = new Slot();
  void generate(numbers);
  let prime = NaN;
  for (let i = 0; i < n; i++) {
    prime = await numbers.receive();
    const filtered = new Slot();
    void filter(numbers, filtered, prime);
    numbers = filtered;
  }
  return prime;
};

async function generate(numbers: Slot): Promise<never> {
  for (let i = 2; ; i++) await numbers.send(i);
}

async function filter(numbers: Slot, filtered: Slot, prime: number): Promise<never> {
  for (;;) {
    const i = await numbers.receive();
    if (i % prime !== 0) await filtered.send(i);
  }
}

export const programs: Readonly<Record<string, Program>> = {
  "context-make": contextMake,
  "context-tree": contextTree,
  "context-timeout": contextTimeout,
  mutex: uncontended(1),
  "mutex-contended": mutexContended,
  semaphore: uncontended(UNITS),
  "semaphore-contended": semaphoreContended,
  "daisy-chain": daisyChain,
  "prime-sieve": primeSieve,
};
