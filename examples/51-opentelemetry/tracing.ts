// The spans of OpenTelemetry for the jobs of all pools: without a wrapper around any function.

import { AsyncLocalStorage } from "node:async_hooks";
import diagnostics from "node:diagnostics_channel";
import { type Context, type ContextManager, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";

/** The message of the events of a job. */
interface JobMessage {
  readonly name: string;
  readonly job: unknown;
  readonly worker: number;
  readonly attempt: number;
  readonly error?: unknown;
}

const storage = new AsyncLocalStorage<Context>();

/** OpenTelemetry's own manager, with a storage that a diagnostics channel can set. */
const contexts: ContextManager = {
  active: () => storage.getStore() ?? ROOT_CONTEXT,
  with: (ctx, f, thisArg, ...args) => storage.run(ctx, () => f.apply(thisArg as never, args)),
  bind: (_ctx, target) => target,
  enable: () => contexts,
  disable: () => contexts,
};

const exporter = new InMemorySpanExporter();

/** Starts OpenTelemetry, and makes a span for each attempt of a job. */
export function startTracing(): void {
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register({ contextManager: contexts });
  const tracer = trace.getTracer("goro");
  const spans = new WeakMap<object, Span>();
  const jobs = diagnostics.tracingChannel<Context, JobMessage>("goro.pool.job");

  // The job runs in the async context of the call that submitted it, so that its span is a child of the span of that call.
  jobs.start.bindStore(storage, (message) => {
    const { name, worker, attempt } = message;
    const span = tracer.startSpan(name, { attributes: { "job.worker": worker, "job.attempt": attempt } });
    spans.set(message, span);
    return trace.setSpan(contexts.active(), span);
  });
  jobs.subscribe({
    start: () => undefined,
    end: () => undefined,
    asyncStart: () => undefined,
    error: (message) => {
      const error = message.error as Error;
      spans.get(message)?.recordException(error);
      spans.get(message)?.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    },
    asyncEnd: (message) => spans.get(message)?.end(),
  });
}

/** Returns the finished spans as a tree, in the order of their names. */
export function spanTree(parent?: string, indent: string = ""): string {
  return exporter
    .getFinishedSpans()
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
    .map((span) => {
      const failure = span.status.code === SpanStatusCode.ERROR ? `: ${span.status.message}` : "";
      return `${indent}${span.name}${failure}\n${spanTree(span.spanContext().spanId, `${indent}  `)}`;
    })
    .toSorted()
    .join("");
}
