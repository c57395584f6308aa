// What GORO_DEBUG=1 turns on: a roster of every goroutine and of every operation that waits, with the places in the
// program. It is a listener of the trace hook, so that without it nothing is captured and nothing is paid.

import { addHooks, type Hooks, type GoroutineInfo } from "./hooks.ts";
import { currentRealm } from "./realm.ts";
import { builtinModule, getEnv } from "./process.ts";
import { GoroutineRegistry } from "./goroutine-registry.ts";
import { callerFrames } from "../util/stack.ts";

/** A value for all that is done in a call, and all that follows from it. */
export interface AsyncLocalStorage<T> {
  run(value: T, f: () => void): void;
  exit(f: () => void): void;
  getStore(): T | undefined;
  /** Forgets all, and costs nothing until it is used again. */
  disable(): void;
}

/** Makes such a store, where the host has them. */
export function createAsyncLocalStorage<T>(): AsyncLocalStorage<T> | undefined {
  const hooks = builtinModule<{ AsyncLocalStorage: new () => AsyncLocalStorage<T> }>("async_hooks");
  return hooks && new hooks.AsyncLocalStorage();
}

/** Whether places in the program are to be captured. */
export const debugEnabled: boolean = getEnv("GORO_DEBUG") === "1";

const noCallSite: readonly string[] = [];

/** The place that called the library, if places are captured. */
export function callSite(): readonly string[] {
  return debugEnabled ? callerFrames() : noCallSite;
}

let goroutines: AsyncLocalStorage<GoroutineInfo> | undefined;
const trackingUsers = new Set<object>();

/** Must be called by whoever is going to ask who runs; answers how to say that nobody will. To know it makes every `await` dearer. */
export function trackCurrentGoroutine(): () => void {
  goroutines ??= createAsyncLocalStorage<GoroutineInfo>();
  const asker = {};
  trackingUsers.add(asker);
  return () => {
    if (trackingUsers.delete(asker) && trackingUsers.size === 0) goroutines?.disable();
  };
}

/** Runs what begins a goroutine so that {@link currentGoroutine} knows it. */
export function runInGoroutine(goroutine: GoroutineInfo, start: () => void): void {
  if (goroutines) goroutines.run(goroutine, start);
  else start();
}

/** The goroutine that runs; undefined, if it is none that began by {@link runInGoroutine}, or if the host does not tell. */
export function currentGoroutine(): GoroutineInfo | undefined {
  return goroutines?.getStore();
}

/** Whether {@link currentGoroutine} can be known here, of all goroutines that begin from now on. */
export function isTrackingCurrent(): boolean {
  return goroutines !== undefined;
}

const topLevel: GoroutineInfo = { id: 1, name: "", origin: [], isCounted: false };

/** Keeps a roster of all that happens in the real world, or in all worlds, from now on; answers the roster, and how to stop that. */
export function startRegistry(realms: "real" | "all" = "real"): [roster: GoroutineRegistry, stop: () => void] {
  const roster = new GoroutineRegistry();

  // Which goroutine runs is known by the host alone; where it does not tell, a wait has no goroutine.
  const stopTracking = trackCurrentGoroutine();
  const running = (): GoroutineInfo | undefined => goroutines && (currentGoroutine() ?? topLevel);

  const isInOtherRealm = (): boolean => realms === "real" && currentRealm() !== undefined;

  const listener: Partial<Hooks> = {
    go(goroutine) {
      if (isInOtherRealm()) return;
      roster.add(goroutine, goroutine.id === 1 ? undefined : (running() ?? topLevel));
    },
    run: runInGoroutine,
    end(goroutine) {
      roster.remove(goroutine);
    },
    block(waiter, operation, _isDurable, target) {
      if (isInOtherRealm()) return;
      roster.block(waiter, operation, running(), callSite(), true, target);
    },
    unblock(waiter) {
      roster.unblock(waiter);
    },
  };
  const removeHooks = addHooks(listener);
  const stop = (): void => {
    removeHooks();
    stopTracking();
  };
  return [roster, stop];
}

/** The roster of the whole program, or undefined if nobody has asked for it before the program began: see GORO_DEBUG=1. */
export let globalRegistry: GoroutineRegistry | undefined = debugEnabled ? startRegistry()[0] : undefined;

const activeRegistries = new Set<GoroutineRegistry>();

/** Keeps a roster for {@link bestRegistry} from now on; answers how to stop that. `isWhole`: there is no goroutine yet. */
export function watchGoroutines(isWhole: boolean): () => void {
  const [roster, stop] = startRegistry("all");
  activeRegistries.add(roster);
  if (isWhole) globalRegistry ??= roster;
  return () => {
    stop();
    activeRegistries.delete(roster);
    if (globalRegistry === roster) globalRegistry = undefined;
  };
}

/** The roster that knows most of those that are kept; undefined, if none is. */
export function bestRegistry(): GoroutineRegistry | undefined {
  const [first] = activeRegistries;
  return globalRegistry ?? first;
}

/** A goroutine, as far as it is counted. */
export interface CountedGoroutine {
  isCounted: boolean;
}

let liveCount = 0;

/** Counts a goroutine other than the main one, which has been started. */
export function goroutineStarted(goroutine: CountedGoroutine): void {
  goroutine.isCounted = true;
  liveCount++;
}

/** Decrements the count when a counted goroutine has exited; the main goroutine is not counted. */
export function goroutineExited(goroutine: CountedGoroutine): void {
  if (!goroutine.isCounted) return;
  goroutine.isCounted = false;
  liveCount--;
}

/**
 * Returns the number of goroutines that exist, including the main one.
 *
 * @see [runtime.NumGoroutine](https://pkg.go.dev/runtime#NumGoroutine)
 */
export function numGoroutine(): number {
  return liveCount + 1;
}
