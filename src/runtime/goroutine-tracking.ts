// What GORO_DEBUG=1 turns on: a roster of every goroutine and of every operation that waits, with the places in the
// program. It is a listener of the trace hook, so that without it nothing is captured and nothing is paid.

import { listen, type Trace, type Traced } from "./hooks.ts";
import { currentWorld } from "./realm.ts";
import { builtin, environment } from "./process.ts";
import { Roster } from "./goroutine-registry.ts";
import { callers } from "../util/stack.ts";

/** A value for all that is done in a call, and all that follows from it. */
export interface AsyncStore<T> {
  run(value: T, f: () => void): void;
  exit(f: () => void): void;
  getStore(): T | undefined;
  /** Forgets all, and costs nothing until it is used again. */
  disable(): void;
}

/** Makes such a store, where the host has them. */
export function makeAsyncStore<T>(): AsyncStore<T> | undefined {
  const hooks = builtin<{ AsyncLocalStorage: new () => AsyncStore<T> }>("async_hooks");
  return hooks && new hooks.AsyncLocalStorage();
}

/** Whether places in the program are to be captured. */
export const inDebug: boolean = environment("GORO_DEBUG") === "1";

const nowhere: readonly string[] = [];

/** The place that called the library, if places are captured. */
export function place(): readonly string[] {
  return inDebug ? callers() : nowhere;
}

let goroutines: AsyncStore<Traced> | undefined;
const askers = new Set<object>();

/** Must be called by whoever is going to ask who runs; answers how to say that nobody will. To know it makes every `await` dearer. */
export function askWhoRuns(): () => void {
  goroutines ??= makeAsyncStore<Traced>();
  const asker = {};
  askers.add(asker);
  return () => {
    if (askers.delete(asker) && askers.size === 0) goroutines?.disable();
  };
}

/** Runs what begins a goroutine so that {@link whoRuns} knows it. */
export function runAs(goroutine: Traced, start: () => void): void {
  if (goroutines) goroutines.run(goroutine, start);
  else start();
}

/** The goroutine that runs; undefined, if it is none that began by {@link runAs}, or if the host does not tell. */
export function whoRuns(): Traced | undefined {
  return goroutines?.getStore();
}

/** Whether {@link whoRuns} can be known here, of all goroutines that begin from now on. */
export function tellsWhoRuns(): boolean {
  return goroutines !== undefined;
}

const topLevel: Traced = { id: 1, name: "", origin: [], isCounted: false };

/** Keeps a roster of all that happens in the real world, or in all worlds, from now on; answers the roster, and how to stop that. */
export function keepRoster(worlds: "real" | "all" = "real"): [roster: Roster, stop: () => void] {
  const roster = new Roster();

  // Which goroutine runs is known by the host alone; where it does not tell, a wait has no goroutine.
  const askNoMore = askWhoRuns();
  const running = (): Traced | undefined => goroutines && (whoRuns() ?? topLevel);

  const isElsewhere = (): boolean => worlds === "real" && currentWorld() !== undefined;

  const listener: Partial<Trace> = {
    go(goroutine) {
      if (isElsewhere()) return;
      roster.born(goroutine, goroutine.id === 1 ? undefined : (running() ?? topLevel));
    },
    run: runAs,
    end(goroutine) {
      roster.ended(goroutine);
    },
    block(party, operation, _isDurable, subject) {
      if (isElsewhere()) return;
      roster.waits(party, operation, running(), place(), true, subject);
    },
    unblock(party) {
      roster.over(party);
    },
  };
  const deafen = listen(listener);
  const stop = (): void => {
    deafen();
    askNoMore();
  };
  return [roster, stop];
}

/** The roster of the whole program, or undefined if nobody has asked for it before the program began: see GORO_DEBUG=1. */
export let register: Roster | undefined = inDebug ? keepRoster()[0] : undefined;

const watched = new Set<Roster>();

/** Keeps a roster for {@link rosterNow} from now on; answers how to stop that. `isWhole`: there is no goroutine yet. */
export function watchAll(isWhole: boolean): () => void {
  const [roster, stop] = keepRoster("all");
  watched.add(roster);
  if (isWhole) register ??= roster;
  return () => {
    stop();
    watched.delete(roster);
    if (register === roster) register = undefined;
  };
}

/** The roster that knows most of those that are kept; undefined, if none is. */
export function rosterNow(): Roster | undefined {
  const [first] = watched;
  return register ?? first;
}
