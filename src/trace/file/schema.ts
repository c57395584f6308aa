// The format of a trace for validators, as a JSON Schema. It says what format.ts says, and nothing about how events
// hang together.

import { version } from "../format.ts";

/** As much of JSON Schema as a trace needs. */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "null";
  readonly const?: string | number;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  /** One of two kinds, such as a number or null. */
  readonly anyOf?: readonly Schema[];
  /** Objects that are told apart by their `type`. */
  readonly oneOf?: readonly Schema[];
}

const text: Schema = { type: "string" };
const count: Schema = { type: "integer", minimum: 0 };
const ordinal: Schema = { type: "integer", minimum: 1 };
const instant: Schema = { type: "number", minimum: 0 };
const who: Schema = { anyOf: [count, { type: "null" }] };
const optionalOrdinal: Schema = { anyOf: [ordinal, { type: "null" }] };

function object(required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return {
    type: "object",
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

const oneCase = object({ name: text, operation: { enum: ["send", "receive"] }, channel: optionalOrdinal });

function event(
  type: string,
  required: Readonly<Record<string, Schema>> = {},
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return object({ at: instant, goroutine: who, type: { const: type }, ...required }, optional);
}

/**
 * The JSON Schema, of draft 2020-12, of a trace in a `.json` file. It is strict: what it does not know, it refuses.
 *
 * A schema cannot say that events name only goroutines, channels and pools of the lists, nor that their times never
 * decrease: {@link parseTrace} looks at that too.
 *
 * @example
 * // With a validator, such as Ajv: new Ajv2020().compile(schema)
 * console.log(JSON.stringify(schema));
 */
export const schema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "goro trace",
  description: "A recorded run of a program that uses goro.",
  ...object({
    format: { const: "goro-trace" },
    version: { const: version },
    clock: { enum: ["real", "virtual"] },
    epoch: { type: "number" },
    end: instant,
    ending: { enum: ["running", "returned", "panicked", "blocked"] },
    dropped: count,
    goroutines: list(object({ id: ordinal, name: text, parent: who })),
    channels: list(object({ id: ordinal, name: text, capacity: count })),
    pools: list(object({ id: ordinal, name: text })),
    events: list({
      oneOf: [
        event("go", { child: ordinal }),
        event("panic", { error: text }),
        event("end"),
        event("block", { wait: ordinal, operation: text }, { channel: ordinal, cases: list(oneCase) }),
        event("unblock", { wait: ordinal, by: who }),
        event("send", { channel: ordinal, value: ordinal, length: count }, { to: who, text }),
        event("receive", { channel: ordinal, value: ordinal, length: count }, { from: who }),
        event("close", { channel: ordinal }),
        event("select", { cases: list(oneCase), chosen: text }),
        event("timer", { purpose: text }),
        event("cancel", { context: text, cause: text }),
        event("log", { text }),
        event("accept", { pool: ordinal, job: ordinal }),
        event("start", { pool: ordinal, job: ordinal, worker: ordinal }),
        event("finish", {
          pool: ordinal,
          job: ordinal,
          worker: optionalOrdinal,
          status: { enum: ["done", "failed", "cancelled"] },
        }),
      ],
    }),
  }),
};
