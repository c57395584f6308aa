// What a test has left behind: goroutines, operations that wait, timers, and listeners on what is not the library's.

import { checkFunction } from "../util/validate.ts";
import {
  trackCurrentGoroutine,
  startRegistry,
  runInGoroutine,
  currentGoroutine,
} from "../runtime/goroutine-tracking.ts";
import { startListenerTracking } from "../runtime/listener-tracking.ts";
import type { GoroutineRegistry } from "../runtime/goroutine-registry.ts";
import { callerFrames } from "../util/stack.ts";
import { realClock } from "../runtime/timer.ts";
import { fairly, nextMacrotask } from "../runtime/scheduler.ts";
import { addHooks } from "../runtime/hooks.ts";

/** What a test framework offers; jest, vitest and mocha have both as globals. */
export interface TestHooks {
  readonly beforeEach: (f: () => void) => unknown;
  readonly afterEach: (f: () => Promise<void>) => unknown;
}

/** The tests that run at the same time: usually one, and more where a framework runs them concurrently. */
interface Running {
  count: number;
  watch: LeakDetector | null;
}

/** One for each call of {@link expectNoLeaks}. */
const suites = new Set<Running>();

/**
 * Makes each test of a file or, called in a setup file, of a whole suite fail if it leaves goroutines, operations that wait,
 * timers, or listeners on signals and emitters behind. The error names each with what it waits for and, with GORO_DEBUG=1, where it was started.
 *
 * Which of several tests that run at the same time has started a goroutine is not known. Such tests are checked together: the one
 * that ends last fails for all of them. The concurrent tests of jest, which run outside of its hooks, use a {@link LeakDetector} or a
 * bubble of their own instead.
 *
 * @throws {TypeError} if there are no such hooks.
 *
 * Mirrors go.uber.org/goleak, for the time of one test.
 */
export function expectNoLeaks(hooks: TestHooks = globalThis as unknown as TestHooks): void {
  if (typeof hooks.beforeEach !== "function" || typeof hooks.afterEach !== "function") {
    throw new TypeError("expectNoLeaks: hooks must have beforeEach and afterEach, and there are no such globals");
  }
  const running: Running = { count: 0, watch: null };
  suites.add(running);
  hooks.beforeEach(() => {
    if (running.count++ === 0) running.watch = new LeakDetector();
  });
  hooks.afterEach(async () => {
    if (--running.count > 0) return;
    const { watch } = running;
    running.watch = null;
    await watch?.check();
  });
}

/** Ends the watch on the test that runs now, and on those that run at the same time: they may leave anything behind. */
export function ignoreLeaks(): void {
  for (const running of suites) {
    running.watch?.stop();
    running.watch = null;
  }
}

/** Watches for leaks from the moment when it is made. */
export class LeakDetector {
  readonly #roster: GoroutineRegistry;
  readonly #stopRoster: () => void;
  readonly #timersBefore = timers();
  readonly #listeners: () => string[];
  readonly #stopListeners: () => void;

  constructor() {
    [this.#roster, this.#stopRoster] = startRegistry();
    [this.#listeners, this.#stopListeners] = startListenerTracking();
  }

  /** Watches no more. */
  stop(): void {
    this.#stopRoster();
    this.#stopListeners();
  }

  /**
   * Watches no more, and rejects if something that has begun since is left. Goroutines that are about to end get some turns of the
   * event loop to do so.
   */
  check(): Promise<void> {
    return fairly(this.#check());
  }

  async #check(): Promise<void> {
    const registry = this.#roster;
    let kept = this.#leakedHandles;
    for (let turns = 0; turns < 20 && (!registry.isEmpty || kept.length > 0); turns++) {
      await nextMacrotask();
      kept = this.#leakedHandles;
    }
    this.stop();
    const left = [registry.report(), ...kept].filter((part) => part !== "");
    if (left.length > 0) throw new Error(`left behind:\n\n${left.join("\n")}`);
  }

  /** What the host keeps for the library, and did not before: a line each. */
  get #leakedHandles(): string[] {
    return [
      ...multisetDifference(timers(), this.#timersBefore).map((purpose) => `timer [${purpose}]\n`),
      ...this.#listeners().map((event) => `listener [${event}]\n`),
    ];
  }
}

// Those that somebody waits for are told with whoever waits.
function timers(): string[] {
  return realClock.labels.filter((purpose) => purpose !== "time.sleep" && purpose !== "time.Timer");
}

function multisetDifference(all: readonly string[], some: readonly string[]): string[] {
  const rest = [...some];
  return all.filter((each) => {
    const at = rest.indexOf(each);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** An operation that can never be over: nobody is left who could reach what it waits for. */
export interface Leak {
  /** Go's name of the operation, such as "chan receive". */
  readonly operation: string;
  /** The goroutine, and its function's name; `undefined` and "" if the host does not tell. */
  readonly goroutine: number | undefined;
  readonly name: string;
  /** Where it waits, one frame a line. */
  readonly at: readonly string[];
}

/**
 * Calls `report` for each operation that waits for ever because nobody else can reach its channel any more; what it answers
 * ends that. It hears of them from the garbage collector: late, not at all if the process ends before, and not with
 * GORO_DEBUG=1, which keeps a list of all that wait. So this is a best effort, for finding leaks in a service that runs. It
 * captures a stack for each operation that waits.
 *
 * Mirrors the goroutine leak profile of runtime/pprof.
 */
export function reportLeaks(report: (leak: Leak) => void): () => void {
  checkFunction("reportLeaks", report, "report");
  const registry = new FinalizationRegistry(report);
  const askNoMore = trackCurrentGoroutine();
  const deafen = addHooks({
    run: runInGoroutine,
    block(waiter, operation) {
      const goroutine = currentGoroutine();
      const leak: Leak = { operation, goroutine: goroutine?.id, name: goroutine?.name ?? "", at: callerFrames() };
      registry.register(waiter, leak, waiter);
    },
    unblock(waiter) {
      registry.unregister(waiter);
    },
  });
  return () => {
    deafen();
    askNoMore();
  };
}
