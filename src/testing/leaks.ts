// What a test has left behind: goroutines, operations that wait, timers, and listeners on what is not the library's.

import { askWhoRuns, keepRoster, runAs, whoRuns } from "../goroutine/debug.ts";
import { noteListeners } from "../goroutine/ears.ts";
import { asText } from "../goroutine/foreign.ts";
import type { Roster } from "../goroutine/roster.ts";
import { callers } from "../goroutine/stack.ts";
import { realClock } from "../internal/alarm.ts";
import { turn } from "../internal/gate.ts";
import { listen } from "../internal/trace.ts";

/** What a test framework offers; jest, vitest and mocha have both as globals. */
export interface TestHooks {
  readonly beforeEach: (f: () => void) => unknown;
  readonly afterEach: (f: () => Promise<void>) => unknown;
}

let watch: LeakWatch | null = null;

/**
 * Makes each test of a file or, called in a setup file, of a whole suite fail if it leaves goroutines, operations that wait,
 * timers, or listeners on signals and emitters behind. The error names each with what it waits for and, with GORO_DEBUG=1, where it was started.
 *
 * Errors: throws `TypeError` if there are no such hooks.
 *
 * Mirrors go.uber.org/goleak, for the time of one test.
 */
export function expectNoLeaks(hooks: TestHooks = globalThis as unknown as TestHooks): void {
  if (typeof hooks.beforeEach !== "function" || typeof hooks.afterEach !== "function") {
    throw new TypeError("expectNoLeaks: hooks must have beforeEach and afterEach, and there are no such globals");
  }
  hooks.beforeEach(() => {
    watch?.stop();
    watch = new LeakWatch();
  });
  hooks.afterEach(async () => {
    const ended = watch;
    watch = null;
    await ended?.check();
  });
}

/** Lets the test that runs now leave behind what it likes: nothing of it is watched any more. */
export function allowLeaks(): void {
  watch?.stop();
  watch = null;
}

/** Watches for leaks from the moment when it is made. */
export class LeakWatch {
  readonly #roster: Roster;
  readonly #stopRoster: () => void;
  readonly #before = timers();
  readonly #listeners: () => string[];
  readonly #stopListeners: () => void;

  constructor() {
    [this.#roster, this.#stopRoster] = keepRoster();
    [this.#listeners, this.#stopListeners] = noteListeners();
  }

  /** Watches no more. */
  stop(): void {
    this.#stopRoster();
    this.#stopListeners();
  }

  /**
   * Watches no more, and rejects if something of what has begun meanwhile is left. It gives goroutines that are about to end
   * some turns of the event loop to do so.
   */
  async check(): Promise<void> {
    const roster = this.#roster;
    let kept = this.#kept;
    for (let turns = 0; turns < 20 && (!roster.isEmpty || kept.length > 0); turns++) {
      await turn();
      kept = this.#kept;
    }
    this.stop();
    const left = [roster.report(), ...kept].filter((part) => part !== "");
    if (left.length > 0) throw new Error(`left behind:\n\n${left.join("\n")}`);
  }

  /** What the host keeps for the library, and did not before: a line each. */
  get #kept(): string[] {
    return [
      ...without(timers(), this.#before).map((purpose) => `timer [${purpose}]\n`),
      ...this.#listeners().map((event) => `listener [${event}]\n`),
    ];
  }
}

// Those that somebody waits for are told with whoever waits.
function timers(): string[] {
  return realClock.purposes.filter((purpose) => purpose !== "time.sleep" && purpose !== "time.Timer");
}

function without(all: readonly string[], some: readonly string[]): string[] {
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
  if (typeof report !== "function")
    throw new TypeError(`reportLeaks: report must be a function, got ${asText(report)}`);
  const registry = new FinalizationRegistry(report);
  const askNoMore = askWhoRuns();
  const deafen = listen({
    run: runAs,
    block(party, operation) {
      const goroutine = whoRuns();
      const leak: Leak = { operation, goroutine: goroutine?.id, name: goroutine?.name ?? "", at: callers() };
      registry.register(party, leak, party);
    },
    unblock(party) {
      registry.unregister(party);
    },
  });
  return () => {
    deafen();
    askNoMore();
  };
}
