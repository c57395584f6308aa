// Measures the cost of the trace hook: the same work with the library as it is, with the hook removed, and with a recorder attached, in
// turn in one process. A second copy of the library without the hook shows the noise of the measurement.
// `npm run hook -- 60` measures 60 rounds.

import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";
import { bundled, timed } from "./guard/measure.ts";
import { type Guarded, guarded, type Library } from "./guard/work.ts";
import { textTable } from "./text-table.ts";

const rounds = Number(process.argv[2] ?? 30);

type Recorder = { readonly record: () => Disposable };

/** Replaces the checks for listeners by constants, so that esbuild removes the code behind them. */
const withoutHook: Plugin = {
  name: "without-hook",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text.replaceAll("hooks !== null", "false").replaceAll("hooks === null", "true");
      return { contents, loader: "ts" };
    });
  },
};

const library = 'export * from "./index.ts";';
const unhooked = await bundled<Library>(library, [withoutHook]);
const unhookedCopy = await bundled<Library>(library, [withoutHook]);
const hooked = await bundled<Library>(library);
const listening = await bundled<Library & Recorder>(`${library} export { record } from "./trace/recorder.ts";`);

/** Runs the work, and returns the milliseconds that it took. */
type Measurement = (work: Guarded) => Promise<number>;

const measureWith =
  (library: Library): Measurement =>
  ({ goro, n }) =>
    timed(() => goro(library, n), (n * (n - 1)) / 2);

async function measureRecording(work: Guarded): Promise<number> {
  using _ = listening.record();
  return await measureWith(listening)(work);
}

/** Returns the time of each measurement as a multiple of the first; of all rounds the fastest counts, which has the least noise. */
async function compare(work: Guarded, measurements: readonly Measurement[]): Promise<number[]> {
  const fastest = measurements.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    const order = measurements.map((_, i) => (i + round) % measurements.length);
    // The order alternates, because each measurement also collects garbage of the one before it.
    if (Math.floor(round / measurements.length) % 2 === 1) order.reverse();
    for (const i of order) {
      const ms = await (measurements[i] as Measurement)(work);
      if (round > 1) fastest[i] = Math.min(fastest[i] as number, ms);
    }
  }
  return fastest.map((ms) => ms / (fastest[0] as number));
}

/** Returns the geometric mean. */
function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

// Recording runs last, because it makes the host track every promise.
const silent: number[][] = [];
for (const work of guarded) silent.push(await compare(work, [unhooked, unhookedCopy, hooked].map(measureWith)));
const recorded: number[][] = [];
for (const work of guarded) recorded.push(await compare(work, [measureWith(hooked), measureRecording]));

const columns = [silent.map(([, copy]) => copy), silent.map(([, , hook]) => hook), recorded.map(([, ratio]) => ratio)];
const [noise, hooks, records] = columns as [number[], number[], number[]];
const rows = [["work", "without hook, again", "no listener", "recording"]];
for (const [i, { name }] of guarded.entries()) {
  rows.push([name, noise[i]?.toFixed(3) ?? "", hooks[i]?.toFixed(3) ?? "", records[i]?.toFixed(1) ?? ""]);
}
rows.push([
  "geometric mean",
  geometricMean(noise).toFixed(3),
  geometricMean(hooks).toFixed(3),
  geometricMean(records).toFixed(1),
]);
console.log("Time as a multiple of the time without the hook:\n");
console.log(textTable(rows));
