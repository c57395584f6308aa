// Two programs that everybody knows: what channels cost when nearly everybody waits.

import type { ChannelKit } from "../contenders/contender.ts";
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
  async run(kit, n) {
    let sum = 0;
    for (let left = n; left > 0; left -= CHAIN) sum += await daisies(kit, Math.min(left, CHAIN));
    return sum;
  },
};

/** Each goroutine takes from its right and gives one more to its left. */
async function daisies(kit: ChannelKit, length: number): Promise<number> {
  const link = async (left: unknown, right: unknown): Promise<void> => {
    await kit.send(left, 1 + (kit.value(await kit.receive(right)) ?? NaN));
  };
  const leftmost = kit.make(0);
  let left = leftmost;
  for (let i = 0; i < length; i++) {
    const right = kit.make(0);
    void link(left, right);
    left = right;
  }
  void kit.send(left, 0);
  return kit.value(await kit.receive(leftmost)) ?? NaN;
}

const primeSieve: Row<"channels"> = {
  id: "prime-sieve",
  title: "prime sieve, until the 1,000th prime, each",
  unit: "ns",
  n: 1_000,
  needs: "channels",
  expected: nthPrime,
  async run(kit, n) {
    let numbers = kit.make(0);
    void generate(kit, numbers);
    let prime = NaN;
    for (let i = 0; i < n; i++) {
      prime = kit.value(await kit.receive(numbers)) ?? NaN;
      const filtered = kit.make(0);
      void filter(kit, numbers, filtered, prime);
      numbers = filtered;
    }
    return prime;
  },
};

async function generate(kit: ChannelKit, numbers: unknown): Promise<never> {
  for (let i = 2; ; i++) await kit.send(numbers, i);
}

async function filter(kit: ChannelKit, numbers: unknown, filtered: unknown, prime: number): Promise<never> {
  for (;;) {
    const i = kit.value(await kit.receive(numbers)) ?? NaN;
    if (i % prime !== 0) await kit.send(filtered, i);
  }
}

/** The same without goroutines. */
function nthPrime(n: number): number {
  const primes: number[] = [];
  for (let i = 2; primes.length < n; i++) if (primes.every((prime) => i % prime !== 0)) primes.push(i);
  return primes.at(-1) ?? NaN;
}

export const programs: readonly Row[] = [daisyChain, primeSieve];
