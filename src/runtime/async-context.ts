// The host's async context: the stores of `AsyncLocalStorage`, which follow a call through its continuations, such as the id of a request.
//
// Most programs store nothing there. A context without a store is represented by null, and running code in it is a plain call.

import { hooks } from "./hooks.ts";
import { builtinModule, disableStorage } from "./process.ts";

/** A captured async context. */
export interface AsyncContext {
  /** Calls `f` with `args` in that context, and returns its result. */
  runInAsyncScope<A extends readonly unknown[], R>(f: (...args: A) => R, thisArgument?: unknown, ...args: A): R;
}

interface Storage {
  run(value: unknown, f: () => void): void;
  disable(): void;
}

interface Hooks {
  readonly AsyncResource: new (type: string) => AsyncContext;
  readonly AsyncLocalStorage: new () => Storage;
  readonly executionAsyncResource?: () => object;
}

const asyncHooks = /* @__PURE__ */ builtinModule<Hooks>("async_hooks");

/** Captures the async context of the caller; null if it has no store, or on a host without async contexts. */
export function captureAsyncContext(): AsyncContext | null {
  // With a hook installed, the library itself stores the current goroutine.
  return asyncHooks !== undefined && (hooks !== null || isStoreSet()) ? new asyncHooks.AsyncResource("goro") : null;
}

/** Reports whether the async context of the caller has a store. */
export function isStoreSet(): boolean {
  if (asyncHooks === undefined) return false;
  detect ??= findDetector(asyncHooks);
  return detect();
}

/** Calls `f` in `context`, or for null in the context without a store. */
export function runIn(context: AsyncContext | null, f: () => void): void {
  if (context !== null) context.runInAsyncScope(f);
  else if (asyncHooks === undefined || hooks !== null || !isStoreSet()) f();
  else emptyContext(asyncHooks).runInAsyncScope(f);
}

/** Like {@link isStoreSet}, but faster: for code that continues after an `await`. */
export function isStoreSetAfterAwait(): boolean {
  if (asyncHooks?.executionAsyncResource === undefined) return isStoreSet();
  // With Node's hooks on, the resource is the promise that continues; without them no store is set.
  return (usesFrames || asyncHooks.executionAsyncResource() instanceof Promise) && isStoreSet();
}

let detect: (() => boolean) | undefined;
let usesFrames = true;
let empty: AsyncContext | undefined;

// Up to version 22, Node keeps the stores of a context in properties of the executing resource. It does so by hooks, which it turns on
// with the first store, and which mark every promise from then on. Since version 24 there is a frame, a map to which each new resource
// refers. On other hosts, every context is assumed to have a store.
function findDetector({ AsyncLocalStorage, AsyncResource, executionAsyncResource }: Hooks): () => boolean {
  const probe = new AsyncResource("goro") as unknown as Resource;
  const symbols = Object.getOwnPropertySymbols(probe);
  const frame = symbols.find(({ description }) => description === "context_frame");
  const mark = symbols.find(({ description }) => description === "async_id_symbol");
  const detectors: (() => boolean)[] = [];
  if (mark !== undefined && executionAsyncResource !== undefined) {
    detectors.push(
      () => (Promise.resolve() as unknown as Resource)[mark] !== undefined && hasStore(executionAsyncResource()),
    );
  }
  if (frame !== undefined) {
    detectors.push(() => isHeld((new AsyncResource("goro") as unknown as Resource)[frame]));
  }
  const storage = new AsyncLocalStorage();
  const works = (detector: () => boolean): boolean => {
    let isDetected = false;
    storage.run({}, () => (isDetected = detector()));
    return isDetected;
  };
  const detector = detectors.find(works);
  usesFrames = detector !== detectors[0] || mark === undefined;
  disableStorage(storage);
  return detector ?? ((): boolean => true);
}

type Resource = Readonly<Record<symbol, unknown>>;

function hasStore(resource: object): boolean {
  return Object.getOwnPropertySymbols(resource).some(
    (symbol) => symbol.description === "kResourceStore" && (resource as Resource)[symbol] !== undefined,
  );
}

function isHeld(frame: unknown): boolean {
  return frame instanceof Map ? [...frame.values()].some((store) => store !== undefined) : frame !== undefined;
}

function emptyContext({ AsyncResource }: Hooks): AsyncContext {
  if (empty === undefined) {
    empty = new AsyncResource("goro");
    for (const symbol of Object.getOwnPropertySymbols(empty)) {
      if (/^(kResourceStore|context_frame)$/.test(symbol.description ?? "")) Reflect.set(empty, symbol, undefined);
    }
  }
  return empty;
}
