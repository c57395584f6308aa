// The schema and the parser: both accept recordings and samples of every event, and both refuse the same mistakes.

import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { parseTrace, type Trace, type TraceEvent, traceSchema } from "goro/trace";
import { recordings, traceOf } from "../support/traces.ts";

const cases = [
  { name: "in", operation: "receive", channel: 1 },
  { name: "off", operation: "send", channel: null },
] as const;

/** One event of each type; a missing one is a compile error. */
const samples: { readonly [K in TraceEvent["type"]]: Extract<TraceEvent, { type: K }> } = {
  go: { at: 0, goroutine: 1, type: "go", child: 2 },
  panic: { at: 0, goroutine: 1, type: "panic", error: "Error: oh" },
  end: { at: 0, goroutine: 1, type: "end" },
  block: { at: 0, goroutine: 1, type: "block", wait: 1, operation: "select", channel: 1, cases },
  unblock: { at: 0, goroutine: 1, type: "unblock", wait: 1, by: null },
  send: { at: 0, goroutine: 1, line: 3, type: "send", channel: 1, value: 1, length: 0, to: 2, text: "one" },
  receive: { at: 0, goroutine: 2, type: "receive", channel: 1, value: 1, length: 0, from: 1 },
  close: { at: 0, goroutine: 1, type: "close", channel: 1 },
  select: { at: 0, goroutine: 1, type: "select", cases, chosen: "in" },
  timer: { at: 0, goroutine: 0, type: "timer", purpose: "time.sleep" },
  cancel: { at: 0, goroutine: null, type: "cancel", context: "ctx", cause: "Canceled" },
  log: { at: 0, goroutine: 1, type: "log", text: "hello" },
  accept: { at: 0, goroutine: 1, type: "accept", pool: 1, job: 1 },
  start: { at: 0, goroutine: 1, type: "start", pool: 1, job: 1, worker: 1 },
  finish: { at: 0, goroutine: 1, type: "finish", pool: 1, job: 1, worker: null, status: "canceled" },
};

const everything = traceOf(Object.values(samples));

let validate: ValidateFunction;
let recorded: [string, Trace][];

beforeAll(async () => {
  // Strict by default: a schema with unknown or contradictory keywords does not compile.
  validate = new Ajv2020({ allErrors: false }).compile(traceSchema);
  recorded = await recordings();
});

function isValid(trace: unknown): boolean {
  return validate(trace);
}

/** The error that parsing `value` throws. */
function fault(value: unknown): unknown {
  try {
    parseTrace(typeof value === "string" ? value : JSON.stringify(value));
  } catch (error) {
    return error;
  }
  return undefined;
}

type Fields = Record<string, unknown>;

/** A copy of the trace after `change`, which gets it as writable data. */
function changed(trace: Trace, change: (copy: Fields & { events: Fields[]; goroutines: Fields[] }) => void): unknown {
  const copy = JSON.parse(JSON.stringify(trace)) as Fields & { events: Fields[]; goroutines: Fields[] };
  change(copy);
  return copy;
}

describe("schema and parser accept", () => {
  test("every recording, and the parser returns it unchanged", () => {
    expect(recorded.length).toBeGreaterThan(3);
    for (const [name, trace] of recorded) {
      expect([name, isValid(trace), validate.errors]).toEqual([name, true, null]);
      expect(parseTrace(JSON.stringify(trace))).toEqual(trace);
    }
  });

  test("every type of event, with and without its optional fields", () => {
    expect(isValid(everything)).toBe(true);
    expect(parseTrace(JSON.stringify(everything))).toEqual(everything);
    const bare = Object.values(samples).map((event) =>
      Object.fromEntries(
        Object.entries(event).filter(
          ([name]) => !["to", "from", "text", "line"].includes(name) || event.type === "log",
        ),
      ),
    );
    const fewer = { ...everything, events: bare };
    expect([isValid(fewer), fault(fewer)]).toEqual([true, undefined]);
  });

  test("exactly the types of events that TraceEvent has", () => {
    const { properties } = traceSchema as {
      properties: { events: { items: { oneOf: { properties: { type: { const: string } } }[] } } };
    };
    const types = properties.events.items.oneOf.map((rule) => rule.properties.type.const);
    expect(types.sort()).toEqual(Object.keys(samples).sort());
    const seen = new Set(recorded.flatMap(([, { events }]) => events.map(({ type }) => type)));
    // No recording here panics: that would end this program.
    expect(Object.keys(samples).filter((type) => !seen.has(type as TraceEvent["type"]))).toEqual(["panic"]);
  });

  test("a schema that is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(traceSchema))).toEqual(traceSchema);
  });
});

describe("schema and parser both refuse", () => {
  const wrongs: readonly unknown[] = [undefined, null, true, -1, 0.5, "no", {}, [null]];

  test("an event without a required field", () => {
    let count = 0;
    for (const [i, event] of everything.events.entries()) {
      for (const field of Object.keys(event)) {
        const rest = Object.fromEntries(Object.entries(event).filter(([name]) => name !== field));
        const trace = changed(everything, ({ events }) => events.splice(i, 1, rest));
        const optional = ["to", "from", "line"].includes(field) || (event.type === "send" && field === "text");
        const mayLack = optional || (event.type === "block" && ["channel", "cases"].includes(field));
        expect([event.type, field, isValid(trace)]).toEqual([event.type, field, mayLack]);
        expect([event.type, field, fault(trace) instanceof TypeError]).toEqual([event.type, field, !mayLack]);
        count++;
      }
    }
    expect(count).toBeGreaterThan(60);
  });

  test("the same wrong values, in every field of every event and of the trace itself", () => {
    let refused = 0;
    const compare = (trace: unknown, ...where: unknown[]): void => {
      const bySchema = !isValid(trace);
      const error = fault(trace);
      // Only the parser checks references, the order of times, and old versions.
      const isHidden =
        error instanceof Error && /in the list|must not be less|be unique|of version/.test(error.message);
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

  test("an unknown type of event", () => {
    const trace = changed(everything, ({ events }) => void ((events[3] as Fields)["type"] = "explode"));
    expect(isValid(trace)).toBe(false);
    expect(fault(trace)).toMatchObject({
      message: 'parseTrace: events[3].type must be a type of event, got "explode"',
    });
  });

  test("a number that overflows to Infinity", () => {
    const text = JSON.stringify(everything).replace('"dropped":0', '"dropped":1e999');
    expect(isValid(JSON.parse(text))).toBe(false);
    expect(fault(text)).toMatchObject({
      message: "parseTrace: dropped must be a whole number, 0 or more, got Infinity",
    });
  });
});

describe("the error of the parser names the mistake and its place:", () => {
  test.each([
    ["text that is not JSON", "{", SyntaxError, /^parseTrace: the text is not JSON: /],
    ["an empty text", "", SyntaxError, /^parseTrace: the text is not JSON: /],
    ["a trace of another kind", '{"traceEvents":[]}', TypeError, /its format must be "goro-trace", got undefined$/],
    ["an array", "[]", TypeError, /this is not a trace.*got an array$/],
    ["null", "null", TypeError, /this is not a trace.*got null$/],
  ] as const)("%s", (_, text, kind, message) => {
    const error = fault(text);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
  });

  test("a value that is not a string", () => {
    expect(() => parseTrace({} as string)).toThrow(
      new TypeError("parseTrace: the text must be a string, got an object"),
    );
  });

  test("a later version, whatever other mistakes there are", () => {
    const trace = { ...everything, version: 3, events: "of another kind" };
    expect(fault(trace)).toEqual(
      new TypeError("parseTrace: the trace is of version 3, and only versions up to 2 can be read"),
    );
  });

  test("a wrong or missing field of an event", () => {
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
    ["goroutine", "go", { goroutine: 9 }, "events[0].goroutine must be the id of a goroutine in the list goroutines"],
    ["child", "go", { child: 9 }, "events[0].child must be the id of a goroutine in the list goroutines"],
    ["by", "unblock", { by: 9 }, "events[0].by must be the id of a goroutine in the list goroutines"],
    ["to", "send", { to: 9 }, "events[0].to must be the id of a goroutine in the list goroutines"],
    ["from", "receive", { from: 9 }, "events[0].from must be the id of a goroutine in the list goroutines"],
    ["channel", "close", { channel: 9 }, "events[0].channel must be the id of a channel in the list channels"],
    [
      "case",
      "select",
      { cases: [{ ...cases[0], channel: 9 }] },
      "events[0].cases[0].channel must be the id of a channel in the list channels",
    ],
    ["pool", "accept", { pool: 9 }, "events[0].pool must be the id of a pool in the list pools"],
  ] as const)("a %s that is not in the list", (_, type, change, message) => {
    const trace = { ...everything, events: [{ ...samples[type], ...change }] };
    expect(fault(trace)).toEqual(new TypeError(`parseTrace: ${message}, got 9`));
  });

  test("an unknown parent of a goroutine, and two goroutines with the same id", () => {
    const main = { id: 1, name: "main", parent: null };
    expect(fault({ ...everything, goroutines: [main, { id: 2, name: "", parent: 7 }] })).toMatchObject({
      message: "parseTrace: goroutines[1].parent must be the id of a goroutine in the list goroutines, got 7",
    });
    expect(fault({ ...everything, goroutines: [main, main] })).toMatchObject({
      message: "parseTrace: goroutines[1].id must be unique in its list, got 1",
    });
  });

  test("times that decrease", () => {
    const trace = traceOf(
      [
        { ...samples.log, at: 2 },
        { ...samples.log, at: 1.5 },
      ],
      { end: 3 },
    );
    expect(fault(trace)).toEqual(
      new TypeError("parseTrace: events[1].at must not be less than 2, the time of the previous event, got 1.5"),
    );
    expect(fault({ ...trace, events: trace.events.slice(0, 1), end: 1 })).toEqual(
      new TypeError("parseTrace: end must not be less than 2, the time of the last event, got 1"),
    );
  });

  test("a long and hostile value, in one short line", () => {
    const trace = changed(everything, (copy) => void (copy["ending"] = "\u001b[2J\n\u202e".repeat(1e5)));
    const { message } = fault(trace) as Error;
    expect(message.length).toBeLessThan(200);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("recordings of version 0.5.0", () => {
  test("are parsed, and converted to the current version", async () => {
    const text = await readFile(new URL("recordings-0.5.0.json", import.meta.url), "utf8");
    const recordings = JSON.parse(text) as [string, Fields & { events: Fields[] }][];
    expect(recordings.map(([name]) => name)).toContain("canceled jobs");
    for (const [, old] of recordings) {
      expect(old["version"]).toBe(1);
      const events = old.events.map((event) =>
        event["status"] === "cancelled" ? { ...event, status: "canceled" } : event,
      );
      const trace = parseTrace(JSON.stringify(old));
      expect(trace).toEqual({ ...old, version: 2, events });
      expect(isValid(trace)).toBe(true);
    }
  });

  test("are refused with the place of a mistake, as others are", () => {
    expect(fault({ ...everything, version: 1, ending: "over" })).toMatchObject({
      message: expect.stringMatching(/^parseTrace: ending must be one of "running"/),
    });
  });
});
