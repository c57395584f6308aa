// What a listener of the trace hook hears, and in which order.

import { Channel, go, receive, select, time, WaitGroup } from "goro";
import { allowLeaks } from "goro/testing";
import { afterEach, describe, expect, test } from "@jest/globals";
import { listen, trace, type Traced } from "../../src/internal/trace.ts";
import { capacities, quiet } from "../support/promises.ts";

let stop = (): void => undefined;

afterEach(() => {
  stop();
});

/** Writes down all events. Operations are numbered as they park: `#1 chan send`, `#1 over`. */
function record(): string[] {
  const events: string[] = [];
  const parties = new Map<object, number>();
  const tell = (event: string) => (goroutine: Traced) => {
    events.push(`${event} ${goroutine.name}`);
  };
  stop = listen({
    go: tell("go"),
    run(goroutine, start) {
      tell("run")(goroutine);
      start();
    },
    end: tell("end"),
    block(party, operation) {
      parties.set(party, parties.size + 1);
      events.push(`#${parties.size} ${operation}`);
    },
    unblock(party) {
      events.push(`#${parties.get(party) ?? "unknown"} over`);
    },
  });
  return events;
}

describe("a program is heard step by step", () => {
  test("a goroutine is heard when it is started, when it parks and is woken, and when it ends", async () => {
    const events = record();
    const ch = new Channel<number>();
    async function taker(): Promise<void> {
      await ch.receive();
    }
    async function giver(): Promise<void> {
      await ch.send(1);
    }
    go(taker);
    go(giver);
    await quiet();
    // Who of two that could go on comes first is nobody's promise.
    expect(events.splice(-2).sort()).toEqual(["end giver", "end taker"]);
    expect(events).toEqual(["go taker", "run taker", "go giver", "run giver", "#1 chan receive", "#1 over"]);
  });

  test("goroutines are numbered in the order of their `go`, and a function without a name has none", async () => {
    const ids: number[] = [];
    const names: string[] = [];
    stop = listen({
      go({ id, name }) {
        ids.push(id);
        names.push(name);
      },
      run: (_, start) => start(),
      end: () => undefined,
      block: () => undefined,
      unblock: () => undefined,
    });
    go(function first() {});
    go(() => undefined);
    await quiet();
    const [first] = ids as [number];
    expect(first).toBeGreaterThan(1);
    expect(ids).toEqual([first, first + 1]);
    expect(names).toEqual(["first", ""]);
  });

  test.each(capacities)("an operation that need not wait is not heard, at capacity %i", async (capacity) => {
    const ch = new Channel<number>(capacity);
    const events = record();
    for (let i = 0; i < capacity; i++) await ch.send(i);
    for (let i = 0; i < capacity; i++) await ch.receive();
    expect(events).toEqual([]);
    const sent = Array.from({ length: capacity + 1 }, (_, i) => ch.send(i));
    expect(events).toEqual(["#1 chan send"]);
    await ch.receive();
    await Promise.all(sent);
    expect(events).toEqual(["#1 chan send", "#1 over"]);
  });

  test("each kind of waiting is heard once by its name in Go, and once more when it is over", async () => {
    allowLeaks();
    const ch = new Channel<number>();
    const other = new Channel<number>();
    const wg = new WaitGroup();
    const events = record();
    const chosen = select({ a: receive(ch), b: receive(other), c: receive(ch) });
    const step = ch[Symbol.asyncIterator]().next();
    wg.add(1);
    const waits = [chosen, step, wg.wait(), wg.wait(), time.sleep(1)];
    void select({});
    ch.close();
    wg.done();
    await Promise.all(waits);
    expect(events).toEqual([
      "#1 select",
      "#2 chan receive",
      "#3 sync.WaitGroup.Wait",
      "#4 sync.WaitGroup.Wait",
      "#5 sleep",
      "#6 select (no cases)",
      "#1 over",
      "#2 over",
      "#3 over",
      "#4 over",
      "#5 over",
    ]);
  });
});

test("a listener that was removed hears nothing more, and what it has heard of goes on", async () => {
  allowLeaks();
  const events = record();
  const ch = new Channel<number>();
  async function taker(): Promise<number | undefined> {
    return (results[0] = (await ch.receive()).value);
  }
  const results: unknown[] = [];
  go(taker);
  await quiet();
  stop();
  await ch.send(7);
  go(async () => ch.receive());
  await quiet();
  expect(trace).toBeNull();
  expect(results).toEqual([7]);
  expect(events).toEqual(["go taker", "run taker", "#1 chan receive"]);
});
