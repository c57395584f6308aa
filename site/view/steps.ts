// The steps of a finished run: a sentence for each, the values that move in it, and the state after it. Everything is computed once, so a
// step back costs as much as a step forward.
//
// Invariant: each event belongs to one step, and the steps are in the order of their events. Step 0 is before the first event.

import type { GoroutineRef, Trace } from "../../src/trace/format.ts";
import { Labels } from "../../src/trace/text/labels.ts";
import { buildRows, describeRow, type Row } from "../../src/trace/text/rows.ts";
import type { Output, RunResult } from "../run/messages.ts";
import { type Deadlock, explainDeadlock } from "./deadlock.ts";
import { findOutputEvents } from "./output-events.ts";
import { type Move, type RunState, StateReader } from "./states.ts";

/** One step. */
export interface Step {
  /** What happens. */
  readonly sentence: string;
  /** When it happens, in milliseconds of virtual time. */
  readonly at: number;
  /** The goroutines that act; 0 is the runtime. */
  readonly actors: readonly GoroutineRef[];
  /** The goroutines on which they act. */
  readonly targets: readonly GoroutineRef[];
  /** The line of the program. */
  readonly line: number | undefined;
  /** The indexes of the first and the last event of the action. */
  readonly first: number;
  readonly last: number;
  /** The values that move. */
  readonly moves: readonly Move[];
}

/** The steps of a run. */
export interface RunSteps {
  readonly steps: readonly Step[];
  /** The states: `states[k]` is the one after step k. */
  readonly states: readonly RunState[];
  /** How many pieces of the output have been printed after step k. */
  readonly printed: readonly number[];
  /** Why the run ended in a deadlock, if it did. */
  readonly deadlock: Deadlock | undefined;
  readonly labels: Labels | undefined;
}

const nothing: RunState = { goroutines: [], channels: [] };

/** Returns the steps of a run. A run without a trace has none, and all its output in state 0. */
export function stepsOf({ trace, output }: Pick<RunResult, "trace" | "output">): RunSteps {
  if (trace === null) {
    return { steps: [], states: [nothing], printed: [output.length], deadlock: undefined, labels: undefined };
  }
  const labels = new Labels(trace);
  const visible = new Set<GoroutineRef>([null, ...trace.goroutines.map(({ id }) => id)]);
  const rows = buildRows(trace, labels, visible, { isDetailed: true });
  const reader = new StateReader(trace, labels);
  const states = [reader.state];
  const ends = endsOf(rows, trace);
  let next = 0;
  const steps = rows.map((row, k): Step => {
    const moves: Move[] = [];
    for (; next < (ends[k] as number); next++) {
      const move = reader.read(next);
      if (move !== undefined) moves.push(move);
    }
    states.push(reader.state);
    const { first, last, actors, targets } = row;
    const at = trace.events[first]?.at ?? 0;
    return { sentence: describeRow(row, labels), at, actors, targets, line: lineOf(row, trace), first, last, moves };
  });
  return {
    steps,
    states,
    printed: printedAfter(output, trace, ends),
    deadlock: explainDeadlock(trace, labels),
    labels,
  };
}

/** The lines of the program at which goroutines wait, in ascending order. */
export function waitingLines({ goroutines }: RunState): number[] {
  return [...new Set(goroutines.flatMap(({ line }) => line ?? []))].sort((a, b) => a - b);
}

/** Returns the index after the last event of each row. An event without a row, such as the end of a wait, belongs to the row before it. */
function endsOf(rows: readonly Row[], { events }: Trace): number[] {
  return rows.map((_, k) => rows[k + 1]?.first ?? events.length);
}

function lineOf({ event, first, last }: Row, { events }: Trace): number | undefined {
  return event.line ?? events.slice(first, last + 1).find(({ line }) => line !== undefined)?.line;
}

function printedAfter(output: readonly Output[], trace: Trace, ends: readonly number[]): number[] {
  const events = findOutputEvents(output, trace);
  if (ends.length === 0) return [output.length];
  let count = 0;
  const counts = ends.map((end) => {
    while (count < events.length && (events[count] as number) < end) count++;
    return count;
  });
  // What is printed after the last event appears with it.
  return [0, ...counts.slice(0, -1), output.length];
}
