// The cost of waiting: starting goroutines and waiting for them, parked goroutines, and waking one of many.

import { setImmediate as turn } from "node:timers/promises";
import { sumBelow } from "./channels.ts";
import { type Row, SIZES } from "./row.ts";

const BATCH = 1_000;

const waitgroup: Row<"waitGroup"> = {
  id: "waitgroup",
  title: "WaitGroup: spawn, done, wait; 1,000 goroutines at a time",
  unit: "ns",
  n: 1_000_000,
  goal: { words: "<= 1.1 x the first library", factor: 1.1, than: "peers" },
  needs: "waitGroup",
  expected: (n) => n,
  async run(adapter, n) {
    let count = 0;
    for (let left = n; left > 0; left -= BATCH) {
      const wg = adapter.make();
      for (let i = 0; i < Math.min(left, BATCH); i++) {
        adapter.go(wg, async () => {
          count++;
        });
      }
      await adapter.wait(wg);
    }
    return count;
  },
};

const wake: Row<"channels"> = {
  id: "wake",
  title: "n receivers parked on one channel, woken by n sends",
  unit: "ns",
  n: 1_000_000,
  sizes: SIZES,
  goal: { words: "<= 1.2 x the baseline", factor: 1.2, than: "baseline" },
  needs: "channels",
  expected: sumBelow,
  async run(adapter, n, meter) {
    const ch = adapter.make(0);
    let sum = 0;
    const receivers: Promise<void>[] = [];
    const receiver = async (): Promise<void> => {
      const received = await adapter.receive(ch);
      sum += adapter.value(received) ?? NaN;
    };
    for (let i = 0; i < n; i++) receivers.push(receiver());
    await turn();

    meter.start();
    for (let i = 0; i < n; i++) await adapter.send(ch, i);
    await receivers.at(-1);
    meter.stop();
    await Promise.all(receivers);
    return sum;
  },
};

const parkedHeap: Row<"channels"> = {
  id: "parked-heap",
  title: "heap of one parked goroutine",
  unit: "bytes",
  n: 100_000,
  sizes: SIZES,
  goal: { words: "<= 700", value: 700 },
  needs: "channels",
  expected: (n) => n,
  async run(adapter, n, meter) {
    const ch = adapter.make(0);
    let count = 0;
    const receiver = async (): Promise<void> => {
      await adapter.receive(ch);
      count++;
    };
    meter.start();
    for (let i = 0; i < n; i++) void receiver();
    await turn();
    meter.stop();

    for (let i = 0; i < n; i++) await adapter.send(ch, i);
    await turn();
    return count;
  },
};

const selectsShared: Row<"select"> = {
  id: "selects-shared",
  title: "n selects of { own channel, shared done }, fired in turn",
  unit: "ns",
  n: 100_000,
  sizes: SIZES,
  goal: { words: "<= the baseline", factor: 1, than: "baseline" },
  needs: "select",
  expected: sumBelow,
  async run(adapter, n, meter) {
    const done = adapter.channels.make(0);
    const channels = Array.from({ length: n }, () => adapter.channels.make(0));
    let sum = 0;
    const goroutines = channels.map(async (ch) => {
      const selector = adapter.prepare([ch, done]);
      const selected = await adapter.select(selector);
      sum += adapter.value(selected, selector) ?? NaN;
    });
    await turn();

    meter.start();
    for (let i = 0; i < n; i++) await adapter.channels.send(channels[i], i);
    await goroutines.at(-1);
    meter.stop();
    await Promise.all(goroutines);
    return sum;
  },
};

const channelHeap: Row<"channels"> = {
  id: "channel-heap",
  title: "memory of an idle channel",
  unit: "bytes",
  n: 100_000,
  needs: "channels",
  expected: (n) => n,
  async run(adapter, n, meter) {
    // The list has its final size before the measurement, which therefore counts only channels.
    const kept = new Array<unknown>(n).fill(null);
    meter.start();
    for (let i = 0; i < n; i++) kept[i] = adapter.make(0);
    meter.stop();
    return kept.length;
  },
};

/** Returns a row that measures the whole program of `row`, including the start of its goroutines. */
function wholeProgram(row: Row, title: string): Row {
  const { unit, n, sizes = SIZES, expected } = row;
  return { id: `${row.id}-whole`, title, unit, n, sizes, go: null, needs: null, asProgram: row, expected };
}

export const waiting: readonly Row[] = [
  waitgroup,
  wake,
  wholeProgram(wake, "n receivers started, parked on one channel, woken"),
  parkedHeap,
  selectsShared,
  wholeProgram(selectsShared, "n selects of { own channel, shared done }, made and fired"),
  channelHeap,
];
