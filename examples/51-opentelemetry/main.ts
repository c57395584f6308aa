// Tracing across a pool: two requests share a pool of two workers, and the spans of each job are in the trace of the request that sent it.
// The pool publishes its jobs on Node's diagnostics channels; tracing.ts makes a span of each.
//
//   npm ci --prefix examples/51-opentelemetry    once: OpenTelemetry's own SDK
//   npx tsx examples/51-opentelemetry/main.ts

import { main, time, WaitGroup, WorkerPool } from "goro";

const missing = "The packages of this example are not installed: run npm ci --prefix examples/51-opentelemetry";

main(async () => {
  const { startTracing, spanTree } = await import("./tracing.ts").catch(explain);
  const { trace } = await import("@opentelemetry/api");
  startTracing();
  const tracer = trace.getTracer("example");

  const resize = async (_ctx: unknown, photo: string): Promise<string> => {
    return tracer.startActiveSpan(`encode ${photo}`, async (span) => {
      await time.sleep(5);
      span.end();
      if (photo === "b2") {
        throw new Error("not a photo");
      }
      return `${photo}.webp`;
    });
  };
  await using pool = new WorkerPool(resize, { workers: 2 });

  const handle = (request: string, photos: readonly string[]): Promise<void> =>
    tracer.startActiveSpan(`request ${request}`, async (span) => {
      await Promise.allSettled(photos.map((photo) => pool.run(photo)));
      span.end();
    });

  const wg = new WaitGroup();
  wg.go(() => handle("a", ["a1", "a2", "a3"]));
  wg.go(() => handle("b", ["b1", "b2"]));
  await wg.wait();
  console.log(spanTree().trimEnd());
});

function explain(err: unknown): never {
  if ((err as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") {
    throw err;
  }
  console.error(missing);
  process.exit(1);
}
