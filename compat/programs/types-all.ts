// The types of every entry point resolve, `using` among them, independent of the `lib` of the program.

import { Channel, type Context, context, Mutex, receive, select, WorkerPool } from "goro";
import * as debug from "goro/debug";
import { type Pipeline, pipeline } from "goro/pipeline";
import { bubble } from "goro/testing";
import * as testing from "goro/testing/preload";
import { record, type Trace } from "goro/trace";
import * as trace from "goro/trace/preload";

export const preloads: readonly object[] = [debug, testing, trace];

export async function locked(mutex: Mutex, ctx: Context): Promise<number> {
  using _ = await mutex.lock({ ctx });
  const [timeout, cancel] = context.withTimeout(ctx, 10);
  const ch = new Channel<number>(1);
  const s = await select({ value: receive(ch), done: receive(timeout.done()) });
  cancel();
  return s.case === "value" && s.ok ? s.value : 0;
}

export async function recorded(): Promise<Trace> {
  using recording = record();
  await using pool = new WorkerPool(async (_ctx, n: number) => `${n}`, { workers: 2 });
  const words: string[] = [];
  for await (const word of pool.map([1, 2])) words.push(word);
  return recording.stop();
}

export const doubled: Pipeline<number> = pipeline([1, 2]).map((_ctx, n) => n * 2);
export const hour: Promise<string> = bubble(() => "later");
