// A history as a separate program that prints its events, for the analysis of a failure.

import type { EntryPointName } from "./entry-points.ts";
import type { History, JobSpec, MapSpec, PoolSpec, Step } from "./history.ts";

/** A TypeScript program that runs the history and prints its events with their virtual time. */
export function programOf(history: History, entryPoint: EntryPointName): string {
  const isPool = entryPoint === "WorkerPool";
  const lines: string[] = [];
  let id = 0;
  for (const step of history.steps) {
    if (step.after > 0) lines.push(`await time.sleep(${step.after});`);
    const [text, jobs] = requestOf(step, isPool, id);
    id += jobs;
    lines.push(text);
  }
  const { pauses, takes, capacity } = history.reader;
  const reading = `go(async () => {
  const pauses = ${JSON.stringify(pauses)};
  for (let n = 0; n !== ${takes}; n++) {
    await time.sleep(pauses[n % pauses.length]!);
    const { value, ok } = await results.receive();
    if (!ok) break;
    log("result of job", value.job.id, value.status, value.value ?? value.error?.message);
  }
});`;
  const opening = isPool
    ? `const pool = new WorkerPool(work, ${optionsOf(history.pool, true)});\nconst { results } = pool;`
    : `const jobs = new Channel<Job>(${history.pool.queue});
const results = new Channel<JobOutcome<Job, string>>(${capacity});
go(async () => {
  const report = await runPool(ctx, jobs, results, work, ${optionsOf(history.pool, false)}).catch((error: Error) => error);
  log("the run has ended:", report);
});`;
  const closing = isPool
    ? `const [last] = context.withTimeoutCause(context.background(), 100, new Error("the end"));
log("the last stop:", await pool.stop(last));`
    : `safely(() => jobs.close());\nawait time.sleep(100);\ncancelPool(new Error("the end"));`;
  return `import { Channel, context, type Context, go, type JobOutcome, receive, runPool, select, time, WorkerPool } from "goro";
import { bubble, now } from "goro/testing";

interface Job { id: number; ms: number; fails: number; manner: string; priority: number; stops?: string }
const calls = new Map<number, number>();
const hang = new Channel<never>();
let start = 0;
const log = (...words: unknown[]) => console.log(now() - start, ...words);
const safely = (f: () => unknown) => { try { return f(); } catch (error) { return log(String(error)); } };

function work(ctx: Context, job: Job): string | Promise<string> {
  log("call of job", job.id);
  const call = (calls.get(job.id) ?? 0) + 1;
  calls.set(job.id, call);
  const end = () => {
    log("job", job.id, "returns");
    if (call <= job.fails) throw new Error(\`job \${job.id} fails\`);
    return \`job \${job.id}, call \${call}\`;
  };
  if (job.stops !== undefined && call === 1) stop(job.stops === "await" ? ctx : undefined);
  if (job.ms === 0) return end();
  return (async () => {
    if (job.manner === "hangs") await hang.receive();
    const due = receive(time.after(job.ms));
    const s = await select({ due, done: receive(job.manner === "ignores" ? null : ctx.done()) });
    if (s.case === "done" && job.manner === "listens") throw context.cause(ctx);
    if (s.case === "done") await time.sleep(3);
    return end();
  })();
}

let stop: (ctx?: Context) => void;

await bubble(async () => {
  start = now();
  let [ctx, cancelPool] = context.withCancelCause(context.background());
  const callers = [0, 1].map(() => context.withCancelCause(context.background()));
  const tasks: { cancel(cause?: Error): void }[] = [];
${indent(opening)}
  stop = (own) => ${isPool ? `void pool.stop(own).then((report) => log("stopped inside", report))` : `safely(() => jobs.close())`};
${indent(reading)}
${indent(lines.join("\n"))}
  await time.sleep(100);
${indent(closing)}
  await time.sleep(1000);
}, { seed: ${history.seed} });
process.exit();
`;
}

function requestOf(step: Step, isPool: boolean, id: number): [text: string, jobs: number] {
  switch (step.kind) {
    case "send":
    case "submit": {
      const ctx = step.ctx === null ? "" : `, callers[${step.ctx}]![0]`;
      const job = jobOf(step.job, id);
      if (!isPool) return [withLogging(`send ${id}`, `await jobs.send(${job})`), 1];
      const call = `await pool.${step.kind}(${job}${ctx})`;
      return [withLogging(`${step.kind} ${id}`, step.kind === "send" ? call : `tasks.push(${call})`), 1];
    }
    case "trySend":
    case "trySubmit": {
      const call = isPool ? `pool.${step.kind}` : "jobs.trySend";
      return [`safely(() => log("${step.kind} ${id}", ${call}(${jobOf(step.job, id)})));`, 1];
    }
    case "map":
      return mapOf(step.map, step.ctx, isPool, id);
    case "cancelTask":
      return [`tasks[${step.task} % (tasks.length || 1)]?.cancel(new Error("task"));`, 0];
    case "cancelContext":
      return [
        `callers[${step.ctx}]![1](new Error("context ${step.ctx}"));\ncallers[${step.ctx}] = context.withCancelCause(context.background());`,
        0,
      ];
    case "cancelPool":
      return [`cancelPool(new Error("pool"));`, 0];
    case "resize":
      return [isPool ? `pool.resize(${step.workers});` : "", 0];
    case "stop": {
      if (!isPool)
        return [
          `safely(() => jobs.close());${step.timeout < 0 ? "" : ` time.afterFunc(${step.timeout}, () => cancelPool(new Error("timeout")));`}`,
          0,
        ];
      const ctx =
        step.timeout < 0
          ? ""
          : `context.withTimeoutCause(context.background(), ${step.timeout}, new Error("timeout"))[0]`;
      return [withLogging("stop", `log("stopped:", await pool.stop(${ctx}))`), 0];
    }
    case "probe":
      return [isPool ? `log(pool.stats());` : "", 0];
    case "closeResults":
      return [isPool ? "" : `results.close();`, 0];
  }
}

function mapOf(map: MapSpec, ctx: number | null, isPool: boolean, id: number): [text: string, jobs: number] {
  const jobs = map.jobs.map((job, index) => jobOf(job, id + index));
  if (!isPool) return [withLogging("sends", jobs.map((job) => `await jobs.send(${job})`).join(";\n")), jobs.length];
  const options = [
    map.window > 0 ? `window: ${map.window}` : "",
    ctx === null ? "" : `ctx: callers[${ctx}]![0]`,
  ].filter(Boolean);
  const isSlow = map.source.startsWith("async") || map.source === "channel";
  const pause = isSlow && map.sourcePause > 0 ? `await time.sleep(${map.sourcePause}); ` : "";
  const yields = jobs.map(
    (job, index) => `${index === map.throwsAt ? `throw new Error("source");\n` : ""}${pause}yield ${job};`,
  );
  const source =
    map.source === "array"
      ? `[${jobs.join(", ")}]`
      : `(${isSlow ? "async " : ""}function* () {\n  try {\n${indent(yields.join("\n"), 4)}\n  } finally {\n    ${map.cleanupThrows ? `throw new Error("cleanup");` : ""}\n  }\n})()`;
  const leave = map.breakAfter > 0 ? ` if (++count === ${map.breakAfter}) break;` : "";
  const wait = map.readPause > 0 ? ` await time.sleep(${map.readPause});` : "";
  const kind = map.source === "channel" ? " // the source was a channel" : "";
  return [
    withLogging(
      "map",
      `let count = 0;${kind}\nfor await (const value of pool.map(${source}, { ${options.join(", ")} })) { log("mapped", value);${leave}${wait} }\nlog("map done", count)`,
    ),
    jobs.length,
  ];
}

function withLogging(name: string, body: string): string {
  return `go(async () => {\n  try {\n${indent(body, 4)};\n    log(${JSON.stringify(`${name}: settled`)});\n  } catch (error) {\n    log(${JSON.stringify(`${name}:`)}, String(error));\n  }\n});`;
}

function jobOf(spec: JobSpec, id: number): string {
  return JSON.stringify({ id, ...spec });
}

function optionsOf(spec: PoolSpec, isPool: boolean): string {
  const options = [
    `workers: ${spec.workers}`,
    isPool ? `queueSize: ${spec.queue}, ctx, priority: (job) => job.priority` : "",
    spec.stopsOnError ? `stopOnError: true` : "",
    spec.retries > 0
      ? `retry: { retries: ${spec.retries}, delay: ${spec.retryDelay}, jitter: ${spec.jitter}${whenOf(spec)} }`
      : "",
    spec.timeout > 0 ? `timeout: ${spec.timeout}` : "",
    `gracePeriod: ${spec.grace}`,
    spec.rate > 0 ? `rate: ${spec.rate}` : "",
    spec.hooksThrow ? `onEvent: () => { throw new Error("a hook throws, which ends the bubble"); }` : "",
  ];
  return `{ ${options.filter((each) => each !== "").join(", ")} }`;
}

function whenOf({ when }: PoolSpec): string {
  if (when === "always") return "";
  return when === "never" ? ", when: () => false" : `, when: () => { throw new Error("when"); }`;
}

function indent(text: string, by: number = 2): string {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => " ".repeat(by) + line)
    .join("\n");
}
