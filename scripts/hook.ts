// What the trace hook costs: the same work with the library as it is and with the hook cut out, in one process and in turn; and with
// somebody who listens. How much of a difference is chance, is told by a second copy of the library with the hook cut out.
// `npm run hook -- 60` takes 60 rounds.

import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";
import { bundled, timed } from "./guard/measure.ts";
import { type Guarded, guarded, type Library } from "./guard/work.ts";
import { table } from "./table.ts";

const rounds = Number(process.argv[2] ?? 30);

type Recorder = { readonly record: () => Disposable };

/** Nobody ever listens: so the compiler leaves out all that is done for listeners. */
const cutOut: Plugin = {
  name: "cut-out",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text.replaceAll("hooks !== null", "false").replaceAll("hooks === null", "true");
      return { contents, loader: "ts" };
    });
  },
};

const library = 'export * from "./index.ts";';
const bare = await bundled<Library>(library, [cutOut]);
const again = await bundled<Library>(library, [cutOut]);
const hooked = await bundled<Library>(library);
const listening = await bundled<Library & Recorder>(`${library} export { record } from "./trace/recorder.ts";`);

type Way = (work: Guarded) => Promise<number>;

const by =
  (lib: Library): Way =>
  ({ goro, n }) =>
    timed(() => goro(lib, n), (n * (n - 1)) / 2);

async function recorded(work: Guarded): Promise<number> {
  using _ = listening.record();
  return await by(listening)(work);
}

/** How many times as long as the first of `ways` each takes: the least of all rounds, for what is more is the machine's doing. */
async function compare(work: Guarded, ways: readonly Way[]): Promise<number[]> {
  const least = ways.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    const order = ways.map((_, i) => (i + round) % ways.length);
    // Each has each of the others before it equally often: whoever comes next has the garbage of the last.
    if (Math.floor(round / ways.length) % 2 === 1) order.reverse();
    for (const i of order) {
      const ms = await (ways[i] as Way)(work);
      if (round > 1) least[i] = Math.min(least[i] as number, ms);
    }
  }
  return least.map((ms) => ms / (least[0] as number));
}

/** The geometric mean. */
function mean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

// To record makes the host follow every promise: so it comes last.
const quiet: number[][] = [];
for (const work of guarded) quiet.push(await compare(work, [by(bare), by(again), by(hooked)]));
const heard: number[][] = [];
for (const work of guarded) heard.push(await compare(work, [by(hooked), recorded]));

const columns = [quiet.map(([, chance]) => chance), quiet.map(([, , hook]) => hook), heard.map(([, record]) => record)];
const [chances, hooks, records] = columns as [number[], number[], number[]];
const rows = [["work", "hook cut out, again", "nobody listens", "somebody records"]];
for (const [i, { name }] of guarded.entries()) {
  rows.push([name, chances[i]?.toFixed(3) ?? "", hooks[i]?.toFixed(3) ?? "", records[i]?.toFixed(1) ?? ""]);
}
rows.push(["geometric mean", mean(chances).toFixed(3), mean(hooks).toFixed(3), mean(records).toFixed(1)]);
console.log("Times as long as with the hook cut out:\n");
console.log(table(rows));
