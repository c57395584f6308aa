// The host's async context: what `AsyncLocalStorage` carries from a call to all that follows from it, such as the id of a request.
//
// Most programs store nothing there, and then it costs them next to nothing: a context without a store is null, and code that began in
// it runs on in it.

import { trace } from "../internal/trace.ts";
import { builtin } from "./host.ts";

/** The async context of the moment in which it was captured. */
export interface AsyncContext {
  /** Calls `f` with `args` in that context, and returns what it returns. */
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

const hooks = builtin<Hooks>("async_hooks");

/** Captures the async context of the caller; null, if nothing is stored in it, or where the host has none. */
export function captureAsyncContext(): AsyncContext | null {
  // With a listener, the library itself stores the goroutine that runs.
  return hooks !== undefined && (trace !== null || isStoreSet()) ? new hooks.AsyncResource("goro") : null;
}

/** Whether anything is stored in the async context of the caller. */
export function isStoreSet(): boolean {
  if (hooks === undefined) return false;
  detect ??= findDetector(hooks);
  return detect();
}

/** Calls `f` in `context`, or for null in the context without a store. */
export function runIn(context: AsyncContext | null, f: () => void): void {
  if (context !== null) context.runInAsyncScope(f);
  else if (hooks === undefined || trace !== null || !isStoreSet()) f();
  else emptyContext(hooks).runInAsyncScope(f);
}

let detect: (() => boolean) | undefined;
let empty: AsyncContext | undefined;

// Node keeps the stores of a context in properties of the resource that executes or, from version 24 on, in a frame, a map to which
// a new resource refers. Where neither can be seen, every context is taken to have a store.
function findDetector({ AsyncLocalStorage, AsyncResource, executionAsyncResource }: Hooks): () => boolean {
  const ways = [
    (): boolean => executionAsyncResource !== undefined && hasStore(executionAsyncResource()),
    (): boolean => hasStore(new AsyncResource("goro")),
  ];
  const storage = new AsyncLocalStorage();
  const works = (way: () => boolean): boolean => {
    let isSeen = false;
    storage.run({}, () => (isSeen = way()));
    return isSeen;
  };
  const found = ways.find(works);
  storage.disable();
  return found ?? ((): boolean => true);
}

type Resource = Readonly<Record<symbol, unknown>>;

function hasStore(resource: object): boolean {
  for (const symbol of Object.getOwnPropertySymbols(resource)) {
    const { description } = symbol;
    if (description !== "kResourceStore" && description !== "context_frame") continue;
    const value = (resource as Resource)[symbol];
    if (value instanceof Map ? [...value.values()].some((store) => store !== undefined) : value !== undefined)
      return true;
  }
  return false;
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
