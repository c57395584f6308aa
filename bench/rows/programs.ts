// Two well-known programs in which most goroutines wait most of the time.

import type { ChannelAdapter } from "../implementations/implementation.ts";
import type { Row } from "./row.ts";

/** The goroutines of one chain. */
export const CHAIN = 10_000;

const daisyChain: Row<"channels"> = {
  id: "daisy-chain",
  title: "daisy chain of 10,000 goroutines, each",
  unit: "ns",
  n: 200_000,
  needs: "channels",
  expected: (n) => n,
  async run(adapter, n) {
    let sum = 0;
    for (let left = n; left > 0; left -= CHAIN) sum += await daisies(adapter, Math.min(left, CHAIN));
    return sum;
  },
};

/** Each goroutine receives from its right and sends the value plus one to its left. */
async function daisies(adapter: ChannelAdapter, length: number): Promise<number> {
  const link = async (left: unknown, right: unknown): Promise<void> => {
    await adapter.send(left, 1 + (adapter.value(await adapter.receive(right)) ?? NaN));
  };
  const leftmost = adapter.make(0);
  let left = leftmost;
  for (let i = 0; i < length; i++) {
    const right = adapter.make(0);
    void link(left, right);
    left = right;
  }
  void adapter.send(left, 0);
  return adapter.value(await adapter.receive(leftmost)) ?? NaN;
}

const primeSieve: Row<"channels"> = {
  id: "prime-sieve",
  title: "prime sieve, until the 1,000th prime, each",
  unit: "ns",
  n: 1_000,
  needs: "channels",
  expected: nthPrime,
  async run(adapter, n) {
    let numbers = adapter.make(0);
    void generate(adapter, numbers);
    let prime = NaN;
    for (let i = 0; i < n; i++) {
      prime = adapter.value(await adapter.receive(numbers)) ?? NaN;
      const filtered = adapter.make(0);
      void filter(adapter, numbers, filtered, prime);
      numbers = filtered;
    }
    return prime;
  },
};

async function generate(adapter: ChannelAdapter, numbers: unknown): Promise<never> {
  for (let i = 2; ; i++) await adapter.send(numbers, i);
}

async function filter(adapter: ChannelAdapter, numbers: unknown, filtered: unknown, prime: number): Promise<never> {
  for (;;) {
    const i = adapter.value(await adapter.receive(numbers)) ?? NaN;
    if (i % prime !== 0) await adapter.send(filtered, i);
  }
}

/** Returns the nth prime without goroutines. */
function nthPrime(n: number): number {
  const primes: number[] = [];
  for (let i = 2; primes.length < n; i++) if (primes.every((prime) => i % prime !== 0)) primes.push(i);
  return primes.at(-1) ?? NaN;
}

export const programs: readonly Row[] = [daisyChain, primeSieve];
