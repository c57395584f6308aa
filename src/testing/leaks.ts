// Leak checks: the goroutines, waiting operations, timers, and listeners on foreign objects that remain after a test.

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

/** The hooks of a test framework; in jest, vitest and mocha they are globals. */
export interface TestHooks {
  /** Calls `f` before each test. */
  readonly beforeEach: (f: () => void) => unknown;

  /** Calls `f` after each test, and waits for its promise. */
  readonly afterEach: (f: () => Promise<void>) => unknown;
}

/** The tests that run at the same time: usually one, and several if a framework runs them concurrently. */
interface RunningTests {
  count: number;
  detector: LeakDetector | null;
}

/** The running tests of each call of {@link expectNoLeaks}. */
const suites = new Set<RunningTests>();

/**
 * Makes each test of a file or, called in a setup file, of a suite fail if goroutines, waiting operations, timers, or listeners on signals
 * and emitters remain after it. The error lists each with its wait reason and, with GORO_DEBUG=1, where it was started.
 *
 * Tests that run at the same time are checked together, because it is not known which of them has started a goroutine: the last one that
 * finishes fails. Concurrent tests of jest run outside of its hooks; use a {@link LeakDetector} or a bubble for each instead.
 *
 * @param hooks - the hooks of the test framework
 * @defaultValue the globals `beforeEach` and `afterEach`
 * @throws {TypeError} if there are no such hooks.
 *
 * @see [goleak](https://pkg.go.dev/go.uber.org/goleak), which checks a goroutine leak in the same manner
 */
export function expectNoLeaks(hooks: TestHooks = globalThis as unknown as TestHooks): void {
  if (typeof hooks.beforeEach !== "function" || typeof hooks.afterEach !== "function") {
    throw new TypeError("expectNoLeaks: hooks must have beforeEach and afterEach, and there are no such globals");
  }
  const running: RunningTests = { count: 0, detector: null };
  suites.add(running);
  hooks.beforeEach(() => {
    if (running.count++ === 0) running.detector = new LeakDetector();
  });
  hooks.afterEach(async () => {
    if (--running.count > 0) return;
    const { detector } = running;
    running.detector = null;
    await detector?.check();
  });
}

/** Turns off the leak check of {@link expectNoLeaks} for the tests that run now. */
export function ignoreLeaks(): void {
  for (const running of suites) {
    running.detector?.stop();
    running.detector = null;
  }
}

/** Detects leaks of the code that runs between its construction and `check`. */
export class LeakDetector {
  readonly #registry: GoroutineRegistry;
  readonly #stopRegistry: () => void;
  readonly #timersBefore = timers();
  readonly #listeners: () => string[];
  readonly #stopListeners: () => void;

  constructor() {
    [this.#registry, this.#stopRegistry] = startRegistry();
    [this.#listeners, this.#stopListeners] = startListenerTracking();
  }

  /** Stops the detection, without a check. */
  stop(): void {
    this.#stopRegistry();
    this.#stopListeners();
  }

  /**
   * Stops the detection, and waits up to 20 turns of the event loop until what was started since has finished.
   *
   * @throws {Error} (rejects) if something remains, with a list.
   */
  check(): Promise<void> {
    return fairly(this.#check());
  }

  async #check(): Promise<void> {
    const registry = this.#registry;
    let leaked = this.#leakedHandles;
    for (let turns = 0; turns < 20 && (!registry.isEmpty || leaked.length > 0); turns++) {
      await nextMacrotask();
      leaked = this.#leakedHandles;
    }
    this.stop();
    const parts = [registry.report(), ...leaked].filter((part) => part !== "");
    if (parts.length > 0) throw new Error(`left behind:\n\n${parts.join("\n")}`);
  }

  /** The new timers and listeners, one line each. */
  get #leakedHandles(): string[] {
    return [
      ...multisetDifference(timers(), this.#timersBefore).map((label) => `timer [${label}]\n`),
      ...this.#listeners().map((event) => `listener [${event}]\n`),
    ];
  }
}

// Timers with a waiter are reported with it.
function timers(): string[] {
  return realClock.labels.filter((label) => label !== "time.sleep" && label !== "time.Timer");
}

function multisetDifference(items: readonly string[], subtracted: readonly string[]): string[] {
  const remaining = [...subtracted];
  return items.filter((item) => {
    const index = remaining.indexOf(item);
    if (index >= 0) remaining.splice(index, 1);
    return index < 0;
  });
}

/** An operation that waits forever: the object for which it waits is unreachable. */
export interface Leak {
  /** Go's name of the wait reason, such as "chan receive". */
  readonly operation: string;
  /** The id of the goroutine; `undefined` on a host without tracking. */
  readonly goroutine: number | undefined;

  /** The name of the goroutine's function; "" if it is not known. */
  readonly name: string;
  /** The stack of the waiting call, one frame a line. */
  readonly at: readonly string[];
}

/**
 * Calls `report` for each operation that waits forever because its channel is unreachable. It relies on the garbage collector: a report may
 * be late, or missing if the process exits first. With GORO_DEBUG=1 there are no reports, because the registry refers to all waiters.
 * Use it to find leaks in a running service. It captures a stack for each operation that waits.
 *
 * @returns a function that stops the reports
 * @throws {TypeError} if `report` is not a function.
 *
 * @see the goroutine leak profile of [runtime/pprof](https://pkg.go.dev/runtime/pprof)
 */
export function reportLeaks(report: (leak: Leak) => void): () => void {
  checkFunction("reportLeaks", report, "report");
  const registry = new FinalizationRegistry(report);
  const stopTracking = trackCurrentGoroutine();
  const removeHooks = addHooks({
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
    removeHooks();
    stopTracking();
  };
}
