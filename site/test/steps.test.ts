// The steps of a run: by hand for a few programs, and by properties for all examples.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { type Example, examples } from "../../scripts/examples.ts";
import type { Trace } from "../../src/trace/format.ts";
import { palette } from "../../src/trace/layout/theme.ts";
import { buildTracks, type GoroutineTrack, type StateSpan } from "../../src/trace/tracks.ts";
import { path } from "../lessons/path.ts";
import type { Output } from "../run/messages.ts";
import { findOutputEvents } from "../view/output-events.ts";
import { type RunSteps, stepsOf, waitingLines } from "../view/steps.ts";
import { runOnNode } from "../parity/run-on-node.ts";

const all = await examples();
const lessons = new Set(path.map(({ example }) => example));

/** All examples with ALL_EXAMPLES=1; otherwise the lessons, and every fourth of the others. */
const isTested = ({ name }: Example, index: number): boolean =>
  process.env["ALL_EXAMPLES"] === "1" || lessons.has(name) || index % 4 === 0;

async function traceOf(name: string): Promise<Trace> {
  const example = all.find((other) => other.name === name);
  assert.ok(example, name);
  const { trace } = await runOnNode(example.port, 1);
  assert.ok(trace, `${name} has no trace`);
  return trace;
}

/** The output of a trace, as the worker would send it. */
function outputOf({ events }: Trace): Output[] {
  return events.flatMap((event) =>
    event.type === "log" ? [{ stream: "stdout", text: `${event.text}\n`, at: event.at } as const] : [],
  );
}

/** Returns the number of the step with a sentence. */
function stepWith({ steps }: RunSteps, sentence: string): number {
  const i = steps.findIndex((step) => step.sentence === sentence);
  assert.notEqual(i, -1, `${sentence} is not in ${steps.map((step) => step.sentence).join("; ")}`);
  return i + 1;
}

describe("the steps", () => {
  test("of a rendezvous show the sender that waits, and the value that passes when main receives", async () => {
    const trace = await traceOf("first/3-rendezvous");
    const run = stepsOf({ trace, output: outputOf(trace) });
    const wait = stepWith(run, "sender 2 waits to send to letters");
    const [letters] = run.states[wait]?.channels ?? [];
    assert.deepEqual(
      letters?.senders.map(({ name, text }) => [name, text]),
      [["sender 2", '"A"']],
    );
    assert.deepEqual(letters.receivers, []);
    assert.deepEqual(waitingLines(run.states[wait] ?? assert.fail()).length, 2);

    const send = stepWith(run, 'sender 2 sends "A" to main on letters');
    const { moves } = run.steps[send - 1] ?? assert.fail();
    assert.deepEqual(
      moves.map(({ kind, text, from, to }) => [kind, text, from, to]),
      [["direct", '"A"', "sender 2", "main"]],
    );
    assert.deepEqual(run.states[send]?.channels[0]?.senders, []);
    assert.equal(run.printed[send], 1);
    stepWith(run, "main waits to receive from letters");
  });

  test("of a buffer show its values, the oldest first", async () => {
    const trace = await traceOf("first/4-buffer");
    const run = stepsOf({ trace, output: [] });
    const full = run.states[stepWith(run, "cook 2 waits to send to tray")]?.channels[0];
    assert.deepEqual(
      full?.values.map(({ text }) => text),
      ["1", "2"],
    );
    assert.deepEqual(
      full.senders.map(({ name, text }) => [name, text]),
      [["cook 2", "3"]],
    );
    const taken = run.steps[stepWith(run, "main receives 1 from tray (1 left)") - 1];
    assert.deepEqual(
      taken?.moves.map(({ kind, text, to }) => [kind, text, to]),
      [["out", "1", "main"]],
    );
  });

  test("end with the reason of a deadlock", async () => {
    const trace = await traceOf("first/6-no-receiver");
    const { deadlock } = stepsOf({ trace, output: [] });
    assert.deepEqual(deadlock?.cycle, []);
    assert.deepEqual(
      deadlock.blocked.map(({ name, wait, reasons }) => [name, wait, reasons]),
      [["main", "waits to send to letters", ["no goroutine is left that could receive from letters"]]],
    );
  });

  test("do not exist without a trace, and all output is shown", () => {
    const output: Output[] = [{ stream: "stdout", text: "a\n", at: 0 }];
    const { steps, states, printed } = stepsOf({ trace: null, output });
    assert.deepEqual([steps.length, states.length, printed], [0, 1, [1]]);
  });
});

/** The span of a goroutine after the event `i`. */
function spanAfter({ spans }: GoroutineTrack, i: number): StateSpan | undefined {
  return spans.findLast(({ from, to }) => from <= i && i < to);
}

/** The ends of channels at which a goroutine waits, as texts. */
function endsOf(span: StateSpan | undefined): string[] {
  const { operation = "", channel, cases } = span?.wait ?? {};
  const sides = { send: "sends", receive: "receives" } as const;
  const ends =
    cases?.map((one) => ({ channel: one.channel, side: sides[one.operation] })) ??
    (/^chan (send|receive)/.test(operation)
      ? [{ channel, side: operation.startsWith("chan send") ? "sends" : "receives" }]
      : []);
  return ends.flatMap((end) => (typeof end.channel === "number" ? [`${end.side} ${end.channel}`] : []));
}

describe("the steps of examples", { concurrency: 2 }, () => {
  for (const { name, port } of all.filter(isTested)) {
    test(name, async () => {
      const { trace } = await runOnNode(port, 1);
      // A program that ends before main starts a goroutine has no trace.
      if (trace === null) return;
      const output = outputOf(trace);
      const { steps, states, printed } = stepsOf({ trace, output });
      const { goroutines, channels } = buildTracks(trace);
      assert.equal(states.length, steps.length + 1);
      assert.equal(printed.length, steps.length + 1);
      // The properties of a sample of the steps of a long run.
      const stride = Math.ceil(steps.length / 2000);
      let logged = 0;
      let next = 0;
      for (const [i, step] of steps.entries()) {
        const k = i + 1;
        const state = states[k] ?? assert.fail();
        const after: number = (steps[k]?.first ?? trace.events.length) - 1;
        assert.ok(step.sentence !== "" && step.last <= after);
        for (; next <= after; next++) if (trace.events[next]?.type === "log") logged++;
        assert.equal(printed[k], logged);
        if (k % stride !== 0 && k !== steps.length) continue;

        for (const { channel, levels, closeEvent } of channels) {
          const shown = state.channels.find(({ id }) => id === channel.id);
          assert.equal(shown?.values.length, levels.findLast(({ from }) => from <= after)?.length ?? 0);
          assert.equal(shown.isClosed, closeEvent <= after);
        }

        const parties = new Map<unknown, Set<string>>();
        const add = (goroutine: unknown, end: string): void => {
          parties.set(goroutine, (parties.get(goroutine) ?? new Set()).add(end));
        };
        for (const { id, senders, receivers } of state.channels) {
          for (const { goroutine } of senders) add(goroutine, `sends ${id}`);
          for (const { goroutine } of receivers) add(goroutine, `receives ${id}`);
        }
        for (const track of goroutines) {
          if (track.id === 0) continue;
          const span = spanAfter(track, after);
          const shown = state.goroutines.find(({ id }) => id === track.id);
          if (span !== undefined) assert.equal(shown?.status, span.state);
          if (track.hasEnded && track.endEvent <= after) assert.match(shown?.status ?? "", /^(returned|panicked)$/);
          // A goroutine with several waits at once has more ends than its span shows.
          for (const end of endsOf(span)) assert.ok(parties.get(track.id)?.has(end), `${track.id} ${end}`);
          if (span?.state === "running") assert.equal(parties.get(track.id), undefined);
        }

        const untouched = states[k - 1]?.channels.filter((before) => {
          return !trace.events.slice(step.first, after + 1).some((event) => concerns(event, before.id));
        });
        for (const before of untouched ?? []) assert.ok(state.channels.includes(before));
      }
    });
  }
});

function concerns(event: Trace["events"][number], channel: number): boolean {
  // The end of a wait names the wait, not the channel.
  if (event.type === "unblock") return true;
  if ("cases" in event && event.cases?.some((one) => one.channel === channel)) return true;
  return "channel" in event && event.channel === channel;
}

describe("the event that printed a piece of output", () => {
  const log = (at: number, text: string): Trace["events"][number] => ({ at, goroutine: 1, type: "log", text });
  const piece = (at: number, text: string, stream: Output["stream"] = "stdout"): Output => ({ at, text, stream });
  const other = (at: number): Trace["events"][number] => ({ at, goroutine: 1, type: "timer", purpose: "time.sleep" });

  test("is that with the same text at the same time", () => {
    const events = [log(0, "a"), other(5), log(5, "a")];
    assert.deepEqual(findOutputEvents([piece(0, "a\n"), piece(5, "a\n")], { events }), [0, 2]);
  });

  test("is the next one if the console formats the values differently", () => {
    const events = [log(0, "[object Object]"), log(0, "b")];
    assert.deepEqual(findOutputEvents([piece(0, "{ a: 1 }\n"), piece(0, "b\n")], { events }), [0, 1]);
  });

  test("is the first of its time for output that is not of the console", () => {
    const events = [log(0, "a"), other(5), log(5, "b")];
    assert.deepEqual(findOutputEvents([piece(0, "a\n"), piece(5, "."), piece(5, "b\n")], { events }), [0, 1, 2]);
  });

  test("is the last one for a report", () => {
    const events = [log(0, "a"), other(0), other(0)];
    assert.deepEqual(findOutputEvents([piece(0, "a\n"), piece(0, "panic: a\n", "stderr")], { events }), [0, 2]);
  });
});

test("the colors of view.css are those of the palette of goro/trace", async () => {
  const css = await readFile(new URL("../view/view.css", import.meta.url), "utf8");
  for (const [name, [light, dark]] of Object.entries(palette)) {
    assert.ok(css.includes(`--trace-${name}: light-dark(${light}, ${dark});`), name);
  }
});
