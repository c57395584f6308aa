// The cost of sending one value through a channel.

import type { ChannelAdapter } from "../implementations/implementation.ts";
import type { Row } from "./row.ts";

const CAPACITY = 100;
const PAIRS = 4;

/** Returns 0 + 1 + ... + (n - 1). */
export function sumBelow(n: number): number {
  return (n * (n - 1)) / 2;
}

/** One goroutine sends, one receives, and each operation is awaited. */
function oneToOne(capacity: number): (adapter: ChannelAdapter, n: number) => Promise<number> {
  return async (adapter, n) => {
    const ch = adapter.make(capacity);
    const sending = (async () => {
      for (let i = 0; i < n; i++) await adapter.send(ch, i);
    })();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += adapter.value(await adapter.receive(ch)) ?? NaN;
    await sending;
    return sum;
  };
}

const unbuffered: Row<"channels"> = {
  id: "unbuffered",
  title: "unbuffered transfer, 1 to 1",
  unit: "ns",
  n: 1_000_000,
  goal: { words: "first of all libraries", factor: 1, than: "peers" },
  needs: "channels",
  expected: sumBelow,
  run: oneToOne(0),
};

const pingPong: Row<"channels"> = {
  id: "ping-pong",
  title: "ping-pong over two channels, there and back",
  unit: "ns",
  n: 500_000,
  goal: { words: "first of all libraries", factor: 1, than: "peers" },
  needs: "channels",
  expected: sumBelow,
  async run(adapter, n) {
    const there = adapter.make(0);
    const back = adapter.make(0);
    const echoing = (async () => {
      for (let i = 0; i < n; i++) await adapter.send(back, adapter.value(await adapter.receive(there)) ?? NaN);
    })();
    let sum = 0;
    for (let i = 0; i < n; i++) {
      await adapter.send(there, i);
      sum += adapter.value(await adapter.receive(back)) ?? NaN;
    }
    await echoing;
    return sum;
  },
};

const tryPingPong: Row<"tries"> = {
  id: "try-ping-pong",
  title: "ping-pong by `trySend` to a receiver that waits, there and back",
  unit: "ns",
  n: 500_000,
  go: null,
  needs: "tries",
  expected: sumBelow,
  async run(adapter, n) {
    const there = adapter.make(1);
    const back = adapter.make(1);
    const echoing = (async () => {
      for (let i = 0; i < n; i++) adapter.trySend(back, adapter.value(await adapter.receive(there)) ?? NaN);
    })();
    let sum = 0;
    for (let i = 0; i < n; i++) {
      adapter.trySend(there, i);
      sum += adapter.value(await adapter.receive(back)) ?? NaN;
    }
    await echoing;
    return sum;
  },
};

const buffered: Row<"channels"> = {
  id: "buffered",
  title: "buffered (100), 1 to 1, every operation awaited",
  unit: "ns",
  n: 2_000_000,
  goal: { words: "<= 1.1 x the first library", factor: 1.1, than: "peers" },
  needs: "channels",
  expected: sumBelow,
  run: oneToOne(CAPACITY),
};

const bufferedHot: Row<"tries"> = {
  id: "buffered-hot",
  title: "buffered (100), 1 to 1, tried before it is awaited",
  unit: "ns",
  n: 5_000_000,
  goal: { words: "<= 0.8 x Go", factor: 0.8, than: "go" },
  needs: "tries",
  expected: sumBelow,
  async run(adapter, n) {
    const ch = adapter.make(CAPACITY);
    const sending = (async () => {
      for (let i = 0; i < n; i++) if (!adapter.trySend(ch, i)) await adapter.send(ch, i);
    })();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += adapter.tryReceive(ch) ?? adapter.value(await adapter.receive(ch)) ?? NaN;
    await sending;
    return sum;
  },
};

const bufferedFourToFour: Row<"channels"> = {
  id: "buffered-4-4",
  title: "buffered (100), 4 to 4",
  unit: "ns",
  n: 2_000_000,
  goal: { words: "first of all libraries", factor: 1, than: "peers" },
  needs: "channels",
  expected: sumBelow,
  async run(adapter, n) {
    const ch = adapter.make(CAPACITY);
    let sum = 0;
    const goroutines: Promise<void>[] = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      goroutines.push(
        (async () => {
          for (let i = pair; i < n; i += PAIRS) await adapter.send(ch, i);
        })(),
        (async () => {
          let sumOfPair = 0;
          for (let i = pair; i < n; i += PAIRS) sumOfPair += adapter.value(await adapter.receive(ch)) ?? NaN;
          sum += sumOfPair;
        })(),
      );
    }
    await Promise.all(goroutines);
    return sum;
  },
};

const range: Row<"ranges"> = {
  id: "range",
  title: "`for await` over a buffered channel (100) until it is closed",
  unit: "ns",
  n: 2_000_000,
  goal: { words: "<= 1.1 x the baseline", factor: 1.1, than: "baseline" },
  needs: "ranges",
  expected: sumBelow,
  async run(adapter, n) {
    const ch = adapter.make(CAPACITY);
    const sending = (async () => {
      for (let i = 0; i < n; i++) await adapter.send(ch, i);
      await adapter.close(ch);
    })();
    let sum = 0;
    for await (const value of adapter.range(ch)) sum += value;
    await sending;
    return sum;
  },
};

export const channels: readonly Row[] = [
  unbuffered,
  pingPong,
  tryPingPong,
  buffered,
  bufferedHot,
  bufferedFourToFour,
  range,
];
