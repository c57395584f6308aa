// The tracking that GORO_DEBUG=1 and leak checks turn on: the current goroutine, and registries of goroutines and waiting operations with
// their call sites. Tracking uses hooks, so that without it nothing is captured. It comes with `main`, and is not part of a bundle without.

import { callSite, captureCallSites } from "./goroutine.ts";
import { addHooks, type Hooks, type GoroutineInfo } from "./hooks.ts";
import { currentRealm } from "./realm.ts";
import { builtinModule, disableStorage, getEnv } from "./process.ts";
import { GoroutineRegistry } from "./goroutine-registry.ts";
import { callerFrames } from "../util/stack.ts";

/** A value that follows a call through its continuations: Node's class. */
export interface AsyncLocalStorage<T> {
  run(value: T, f: () => void): void;
  exit(f: () => void): void;
  getStore(): T | undefined;
  /** Removes the store everywhere; `await` returns to its normal cost until `run` is called again. */
  disable(): void;
}

/** Creates an `AsyncLocalStorage`; undefined on a host without them. */
export function createAsyncLocalStorage<T>(): AsyncLocalStorage<T> | undefined {
  const hooks = builtinModule<{ AsyncLocalStorage: new () => AsyncLocalStorage<T> }>("async_hooks");
  return hooks && new hooks.AsyncLocalStorage();
}

/** Whether call sites are captured. */
export const debugEnabled: boolean = getEnv("GORO_DEBUG") === "1";

let goroutines: AsyncLocalStorage<GoroutineInfo> | undefined;
const trackingUsers = new Set<object>();

/** Enables {@link currentGoroutine}, and returns a function that disables it. Tracking slows down every `await`. */
export function trackCurrentGoroutine(): () => void {
  goroutines ??= createAsyncLocalStorage<GoroutineInfo>();
  const user = {};
  trackingUsers.add(user);
  return () => {
    if (trackingUsers.delete(user) && trackingUsers.size === 0 && goroutines !== undefined) disableStorage(goroutines);
  };
}

/** Calls `start`, which starts `goroutine`, so that {@link currentGoroutine} returns it there. */
export function runInGoroutine(goroutine: GoroutineInfo, start: () => void): void {
  if (goroutines) goroutines.run(goroutine, start);
  else start();
}

/** Returns the current goroutine; undefined if it was not started by {@link runInGoroutine}, or on a host without tracking. */
export function currentGoroutine(): GoroutineInfo | undefined {
  return goroutines?.getStore();
}

/** Reports whether {@link currentGoroutine} works for all goroutines that are started from now on. */
export function isTrackingCurrent(): boolean {
  return goroutines !== undefined;
}

const topLevel: GoroutineInfo = { id: 1, name: "", origin: [], isCounted: false };

/** Starts a registry of the goroutines outside of realms, or of all; returns it with a function that stops its updates. */
export function startRegistry(realms: "real" | "all" = "real"): [registry: GoroutineRegistry, stop: () => void] {
  const registry = new GoroutineRegistry();

  // On a host without tracking, the goroutine of a wait is not known.
  const stopTracking = trackCurrentGoroutine();
  const running = (): GoroutineInfo | undefined => goroutines && (currentGoroutine() ?? topLevel);

  const isInOtherRealm = (): boolean => realms === "real" && currentRealm() !== undefined;

  const listener: Partial<Hooks> = {
    go(goroutine) {
      if (isInOtherRealm()) return;
      registry.add(goroutine, goroutine.id === 1 ? undefined : (running() ?? topLevel));
    },
    run: runInGoroutine,
    end(goroutine) {
      registry.remove(goroutine);
    },
    block(waiter, reason, _isDurable, target) {
      if (isInOtherRealm()) return;
      registry.block(waiter, reason, running(), callSite(), true, target);
    },
    unblock(waiter) {
      registry.unblock(waiter);
    },
  };
  const removeHooks = addHooks(listener);
  const stop = (): void => {
    removeHooks();
    stopTracking();
  };
  return [registry, stop];
}

/** The registry of the program; undefined unless it was started before the first goroutine, as with GORO_DEBUG=1. */
export let globalRegistry: GoroutineRegistry | undefined;

/** Captures call sites, and starts the registry of the program, as GORO_DEBUG=1 does. */
export function startTracking(): void {
  captureCallSites(callerFrames);
  globalRegistry ??= startRegistry()[0];
}

if (debugEnabled) startTracking();

const activeRegistries = new Set<GoroutineRegistry>();

/**
 * Starts a registry for {@link bestRegistry}, and returns a function that stops it.
 *
 * @param isComplete - whether it is called before the first goroutine is started
 */
export function startActiveRegistry(isComplete: boolean): () => void {
  const [registry, stop] = startRegistry("all");
  activeRegistries.add(registry);
  if (isComplete) globalRegistry ??= registry;
  return () => {
    stop();
    activeRegistries.delete(registry);
    if (globalRegistry === registry) globalRegistry = undefined;
  };
}

/** Returns the most complete active registry; undefined if there is none. */
export function bestRegistry(): GoroutineRegistry | undefined {
  const [first] = activeRegistries;
  return globalRegistry ?? first;
}
