// What the trace hook costs: the same work with the library as it is, with the hook cut out, and with somebody who listens, in one
// process and in turn. `npm run hook -- 40` takes 40 rounds.

import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";
import { bundled, timed } from "./guard/measure.ts";
import { type Guarded, guarded, type Library } from "./guard/work.ts";
import { table } from "./table.ts";

const rounds = Number(process.argv[2] ?? 15);

type Recorder = { readonly record: () => { stop(): unknown } };

/** Nobody ever listens: so the compiler leaves out all that is done for listeners. */
const cutOut: Plugin = {
  name: "cut-out",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text.replaceAll("trace !== null", "false").replaceAll("trace === null", "true");
      return { contents, loader: "ts" };
    });
  },
};

const library = 'export * from "./index.ts";';
const without = await bundled<Library>(library, [cutOut]);
const withHook = await bundled<Library>(library);
const listening = await bundled<Library & Recorder>(`${library} export { record } from "./trace/recorder.ts";`);

/** The least time of each way, for what is more is the machine's doing. */
async function compare({ goro, n }: Guarded): Promise<{ hook: number; listener: number }> {
  const expected = (n * (n - 1)) / 2;
  const ways = [
    (): Promise<number> => timed(() => goro(without, n), expected),
    (): Promise<number> => timed(() => goro(withHook, n), expected),
    async (): Promise<number> => {
      const recording = listening.record();
      const ms = await timed(() => goro(listening, n), expected);
      recording.stop();
      return ms;
    },
  ];
  const least = ways.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    // In turn, and each time from another end: the first of a round has the garbage of the last.
    for (let i = 0; i < ways.length; i++) {
      const way = (i + round) % ways.length;
      const ms = await (ways[way] as () => Promise<number>)();
      if (round > 1) least[way] = Math.min(least[way] as number, ms);
    }
  }
  const [bare, hooked, heard] = least as [number, number, number];
  return { hook: hooked / bare, listener: heard / bare };
}

const rows = [["work", "nobody listens", "somebody records"]];
const logs = { hook: 0, listener: 0 };
for (const work of guarded) {
  const { hook, listener } = await compare(work);
  rows.push([work.name, hook.toFixed(3), listener.toFixed(1)]);
  logs.hook += Math.log(hook) / guarded.length;
  logs.listener += Math.log(listener) / guarded.length;
}
rows.push(["on average (geometric mean)", Math.exp(logs.hook).toFixed(3), Math.exp(logs.listener).toFixed(1)]);
console.log("Times as long as with the hook cut out:\n");
console.log(table(rows));
