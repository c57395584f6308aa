// Why a program is in a deadlock, in words: what each goroutine waits for, and why that does not happen.

import type { GoroutineRef, Trace } from "../../src/trace/format.ts";
import type { Labels } from "../../src/trace/text/labels.ts";
import { isGuess, type WaitTarget, waitForGraph } from "../../src/trace/wait-for-graph.ts";

/** With more blocked goroutines than this, the others are counted. */
const maxBlocked = 8;

/** A goroutine that waits forever. */
export interface BlockedParty {
  readonly goroutine: GoroutineRef;
  readonly name: string;
  /** What it does: "waits to send to letters". */
  readonly wait: string;
  /** The line of the program at which it waits. */
  readonly line: number | undefined;
  /** Why the wait does not end: "no goroutine is left that receives from letters". */
  readonly reasons: readonly string[];
}

/** The blocked goroutines at the end of a program. */
export interface Deadlock {
  /** Goroutines of which each waits for the next, and the last for the first; empty without a cycle. */
  readonly cycle: readonly string[];
  /** The goroutines that wait, those of the cycle first. */
  readonly blocked: readonly BlockedParty[];
  /** How many more goroutines wait. */
  readonly omitted: number;
}

/** Explains the end of `trace`; returns undefined if it is not a deadlock. */
export function explainDeadlock(trace: Trace, labels: Labels): Deadlock | undefined {
  if (trace.ending !== "blocked") return undefined;
  const { blocked, targets, cycle } = waitForGraph(trace);
  const inCycle = cycle.map(({ goroutine }) => goroutine);
  const rank = (id: GoroutineRef): number => (inCycle.includes(id) ? inCycle.indexOf(id) : inCycle.length);
  const parties = blocked
    .toSorted((a, b) => rank(a.goroutine) - rank(b.goroutine))
    .flatMap(({ goroutine, blockEvent, ...party }): BlockedParty[] => {
      const event = trace.events[blockEvent];
      if (event?.type !== "block") return [];
      const reasons = party.targets.flatMap((i) => describeTarget(targets[i] as WaitTarget, goroutine, labels));
      const name = labels.goroutine(goroutine);
      return [{ goroutine, name, wait: labels.waiting(event), line: event.line, reasons }];
    });
  return {
    cycle: inCycle.map((id) => labels.goroutine(id)),
    blocked: parties.slice(0, maxBlocked),
    omitted: Math.max(0, parties.length - maxBlocked),
  };
}

function describeTarget(target: WaitTarget, waiting: GoroutineRef, labels: Labels): string[] {
  const { channel, needs, wakers, isRecorded } = target;
  const others = wakers.filter(({ goroutine }) => goroutine !== waiting);
  const names = labels.goroutines(others.map(({ goroutine }) => goroutine));
  const verb = others.length === 1 ? "waits" : "wait";
  if (channel === null || needs === null) {
    if (others.length > 0) return [`${names} ${others.length === 1 ? "has" : "have"} not ended`];
    return isRecorded ? ["nothing can end this wait"] : [];
  }
  const action = needs === "receive" ? "receive from" : "send to";
  const name = labels.channel(channel);
  if (wakers.length === 0) return [`no goroutine is left that could ${action} ${name}`];
  if (others.length === 0) return [`only ${labels.goroutine(waiting)} itself could ${action} ${name}`];
  const likely = others.every(({ evidence }) => isGuess(evidence)) ? "probably " : "";
  return [`${likely}only ${names} could ${action} ${name}, but ${names} ${verb}, too`];
}
