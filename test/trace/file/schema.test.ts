// The schema, held against format.ts, against recordings, and against the reader that goes by it.

import { beforeAll, describe, expect, test } from "@jest/globals";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Trace, TraceEvent } from "goro/trace";
import { parseTrace } from "../../../src/trace/file/parse.ts";
import { schema } from "../../../src/trace/file/schema.ts";
import { recordings, traceOf } from "../../support/traces.ts";

const cases = [
  { name: "in", operation: "receive", channel: 1 },
  { name: "off", operation: "send", channel: null },
] as const;

/** One of each type; the compiler sees to it that none is missing. */
const samples: { readonly [K in TraceEvent["type"]]: Extract<TraceEvent, { type: K }> } = {
  go: { at: 0, goroutine: 1, type: "go", child: 2 },
  panic: { at: 0, goroutine: 1, type: "panic", error: "Error: oh" },
  end: { at: 0, goroutine: 1, type: "end" },
  block: { at: 0, goroutine: 1, type: "block", wait: 1, operation: "select", channel: 1, cases },
  unblock: { at: 0, goroutine: 1, type: "unblock", wait: 1, by: null },
  send: { at: 0, goroutine: 1, type: "send", channel: 1, value: 1, length: 0, to: 2, text: "one" },
  receive: { at: 0, goroutine: 2, type: "receive", channel: 1, value: 1, length: 0, from: 1 },
  close: { at: 0, goroutine: 1, type: "close", channel: 1 },
  select: { at: 0, goroutine: 1, type: "select", cases, chosen: "in" },
  timer: { at: 0, goroutine: 0, type: "timer", purpose: "time.sleep" },
  cancel: { at: 0, goroutine: null, type: "cancel", context: "ctx", cause: "Canceled" },
  log: { at: 0, goroutine: 1, type: "log", text: "hello" },
  accept: { at: 0, goroutine: 1, type: "accept", pool: 1, job: 1 },
  start: { at: 0, goroutine: 1, type: "start", pool: 1, job: 1, worker: 1 },
  finish: { at: 0, goroutine: 1, type: "finish", pool: 1, job: 1, worker: null, status: "cancelled" },
};

const everything = traceOf(Object.values(samples));

let validate: ValidateFunction;
let recorded: [string, Trace][];

beforeAll(async () => {
  // It is strict by default: it refuses a schema with words that it does not know, or that contradict each other.
  validate = new Ajv2020({ allErrors: false }).compile(schema);
  recorded = await recordings();
});

function isValid(trace: unknown): boolean {
  return validate(trace);
}

/** What reading `value` throws. */
function fault(value: unknown): unknown {
  try {
    parseTrace(typeof value === "string" ? value : JSON.stringify(value));
  } catch (error) {
    return error;
  }
  return undefined;
}

type Fields = Record<string, unknown>;

/** A copy of the trace, changed: `change` gets it as data that anybody may write to. */
function changed(trace: Trace, change: (copy: Fields & { events: Fields[]; goroutines: Fields[] }) => void): unknown {
  const copy = JSON.parse(JSON.stringify(trace)) as Fields & { events: Fields[]; goroutines: Fields[] };
  change(copy);
  return copy;
}

describe("what is a trace", () => {
  test("is every recording, and comes back from a file as it was", () => {
    expect(recorded.length).toBeGreaterThan(3);
    for (const [name, trace] of recorded) {
      expect([name, isValid(trace), validate.errors]).toEqual([name, true, null]);
      expect(parseTrace(JSON.stringify(trace))).toEqual(trace);
    }
  });

  test("is one with every type of event, with all its fields and without those that may be missing", () => {
    expect(isValid(everything)).toBe(true);
    expect(parseTrace(JSON.stringify(everything))).toEqual(everything);
    const bare = Object.values(samples).map((event) =>
      Object.fromEntries(
        Object.entries(event).filter(([name]) => !["to", "from", "text"].includes(name) || event.type === "log"),
      ),
    );
    const fewer = { ...everything, events: bare };
    expect([isValid(fewer), fault(fewer)]).toEqual([true, undefined]);
  });

  test("is told by the schema with the same types of events as by format.ts", () => {
    const rules = schema.properties?.["events"]?.items?.oneOf ?? [];
    expect(rules.map(({ properties }) => properties?.["type"]?.const).sort()).toEqual(Object.keys(samples).sort());
    const seen = new Set(recorded.flatMap(([, { events }]) => events.map(({ type }) => type)));
    // No recording here panics: that would end this program.
    expect(Object.keys(samples).filter((type) => !seen.has(type as TraceEvent["type"]))).toEqual(["panic"]);
  });

  test("is plain data, and so is its schema", () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });
});

describe("schema and reader both refuse", () => {
  const wrongs: readonly unknown[] = [undefined, null, true, -1, 0.5, "no", {}, [null]];

  test("an event that lacks a field which it needs", () => {
    let count = 0;
    for (const [i, event] of everything.events.entries()) {
      for (const field of Object.keys(event)) {
        const rest = Object.fromEntries(Object.entries(event).filter(([name]) => name !== field));
        const trace = changed(everything, ({ events }) => events.splice(i, 1, rest));
        const optional = ["to", "from"].includes(field) || (event.type === "send" && field === "text");
        const mayLack = optional || (event.type === "block" && ["channel", "cases"].includes(field));
        expect([event.type, field, isValid(trace)]).toEqual([event.type, field, mayLack]);
        expect([event.type, field, fault(trace) instanceof TypeError]).toEqual([event.type, field, !mayLack]);
        count++;
      }
    }
    expect(count).toBeGreaterThan(60);
  });

  test("the same wrong values: of every field of every event, and of the trace itself", () => {
    let refused = 0;
    const compare = (trace: unknown, ...where: unknown[]): void => {
      const bySchema = !isValid(trace);
      const error = fault(trace);
      // Only the reader knows whether numbers are of anybody, and times in order.
      const isHidden =
        error instanceof Error && /in the list of them|must not be less|no other has|of version/.test(error.message);
      if (!isHidden) expect([...where, error !== undefined]).toEqual([...where, bySchema]);
      if (bySchema) expect([...where, error instanceof TypeError]).toEqual([...where, true]);
      if (bySchema) refused++;
    };
    for (const value of wrongs) {
      for (const field of Object.keys(everything))
        compare(
          changed(everything, (copy) => void (copy[field] = value)),
          field,
          value,
        );
      for (const [i, event] of everything.events.entries()) {
        for (const field of Object.keys(event)) {
          compare(
            changed(everything, ({ events }) => void ((events[i] as Fields)[field] = value)),
            event.type,
            field,
            value,
          );
        }
      }
    }
    expect(refused).toBeGreaterThan(400);
  });

  test.each(["extra", "__proto__", "constructor", "toString"])("a field named %s", (name) => {
    const define = (target: object): unknown => Object.defineProperty(target, name, { value: 1, enumerable: true });
    for (const trace of [
      changed(everything, (copy) => define(copy)),
      changed(everything, ({ events }) => define(events[0] as Fields)),
      changed(everything, ({ goroutines }) => define(goroutines[0] as Fields)),
    ]) {
      expect(isValid(trace)).toBe(false);
      expect(fault(trace)).toMatchObject({
        name: "TypeError",
        message: expect.stringContaining(`${name} is not a field`),
      });
    }
  });

  test("an event that nobody knows", () => {
    const trace = changed(everything, ({ events }) => void ((events[3] as Fields)["type"] = "explode"));
    expect(isValid(trace)).toBe(false);
    expect(fault(trace)).toMatchObject({
      message: 'parseTrace: events[3].type must be a type of event, got "explode"',
    });
  });

  test("a number that is too great to be one", () => {
    const text = JSON.stringify(everything).replace('"dropped":0', '"dropped":1e999');
    expect(isValid(JSON.parse(text))).toBe(false);
    expect(fault(text)).toMatchObject({
      message: "parseTrace: dropped must be a whole number, 0 or more, got Infinity",
    });
  });
});

describe("the reader says what is wrong, and where", () => {
  test.each([
    ["no JSON", "{", SyntaxError, /^parseTrace: the text is not JSON: /],
    ["nothing", "", SyntaxError, /^parseTrace: the text is not JSON: /],
    ["a trace of another kind", '{"traceEvents":[]}', TypeError, /its format must be "goro-trace", got undefined$/],
    ["an array", "[]", TypeError, /this is not a trace.*got an array$/],
    ["null", "null", TypeError, /this is not a trace.*got null$/],
  ] as const)("of %s", (_, text, kind, message) => {
    const error = fault(text);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
  });

  test("of what is no text", () => {
    expect(() => parseTrace({} as string)).toThrow(
      new TypeError("parseTrace: the text must be a string, got an object"),
    );
  });

  test("of a later version, whatever else is in there", () => {
    const trace = { ...everything, version: 2, events: "of another kind" };
    expect(fault(trace)).toEqual(
      new TypeError("parseTrace: the trace is of version 2, and only versions up to 1 can be read"),
    );
  });

  test("of the event and its field", () => {
    const trace = changed(everything, ({ events }) => void ((events[5] as Fields)["length"] = "many"));
    expect(fault(trace)).toEqual(
      new TypeError('parseTrace: events[5].length must be a whole number, 0 or more, got "many"'),
    );
    const other = changed(everything, ({ events }) => {
      delete (events[2] as Fields)["goroutine"];
    });
    expect(fault(other)).toEqual(new TypeError("parseTrace: events[2].goroutine is missing"));
  });

  test.each([
    ["goroutine", "go", { goroutine: 9 }, "events[0].goroutine must be the number of a goroutine"],
    ["child", "go", { child: 9 }, "events[0].child must be the number of a goroutine"],
    ["by", "unblock", { by: 9 }, "events[0].by must be the number of a goroutine"],
    ["to", "send", { to: 9 }, "events[0].to must be the number of a goroutine"],
    ["from", "receive", { from: 9 }, "events[0].from must be the number of a goroutine"],
    ["channel", "close", { channel: 9 }, "events[0].channel must be the number of a channel"],
    [
      "case",
      "select",
      { cases: [{ ...cases[0], channel: 9 }] },
      "events[0].cases[0].channel must be the number of a channel",
    ],
    ["pool", "accept", { pool: 9 }, "events[0].pool must be the number of a pool"],
  ] as const)("of a %s that is in no list", (_, type, change, message) => {
    const trace = { ...everything, events: [{ ...samples[type], ...change }] };
    expect(fault(trace)).toEqual(new TypeError(`parseTrace: ${message} in the list of them, got 9`));
  });

  test("of a goroutine whose parent nobody knows, and of two with one number", () => {
    const main = { id: 1, name: "main", parent: null };
    expect(fault({ ...everything, goroutines: [main, { id: 2, name: "", parent: 7 }] })).toMatchObject({
      message: "parseTrace: goroutines[1].parent must be the number of a goroutine in the list of them, got 7",
    });
    expect(fault({ ...everything, goroutines: [main, main] })).toMatchObject({
      message: "parseTrace: goroutines[1].id must be a number that no other has, got 1",
    });
  });

  test("of times that go backwards", () => {
    const trace = traceOf(
      [
        { ...samples.log, at: 2 },
        { ...samples.log, at: 1.5 },
      ],
      { end: 3 },
    );
    expect(fault(trace)).toEqual(
      new TypeError("parseTrace: events[1].at must not be less than 2, the time of the event before, got 1.5"),
    );
    expect(fault({ ...trace, events: trace.events.slice(0, 1), end: 1 })).toEqual(
      new TypeError("parseTrace: end must not be less than 2, the time of the last event, got 1"),
    );
  });

  test("in one short line, however long and hostile what is wrong", () => {
    const trace = changed(everything, (copy) => void (copy["ending"] = "\u001b[2J\n\u202e".repeat(1e5)));
    const { message } = fault(trace) as Error;
    expect(message.length).toBeLessThan(200);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
