// The format of a trace as a JSON Schema, generated from the tables of format.ts.

import { eventFields, type FieldKind, type Fields, recordFields, traceFields } from "./format.ts";

/** As much of JSON Schema as {@link traceSchema} uses. */
export interface JsonSchema {
  /** The URL of the dialect. */
  readonly $schema?: string;
  /** A short title. */
  readonly title?: string;
  /** A sentence about what is described. */
  readonly description?: string;
  /** The type of the value. */
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "null";
  /** The only value that is valid. */
  readonly const?: string | number;
  /** The values that are valid. */
  readonly enum?: readonly string[];
  /** The least number that is valid. */
  readonly minimum?: number;
  /** The schema of each item of an array. */
  readonly items?: JsonSchema;
  /** The schemas of the fields of an object. */
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** The fields that an object must have. */
  readonly required?: readonly string[];
  /** Always false: objects have no other fields. */
  readonly additionalProperties?: false;
  /** A number or null. */
  readonly anyOf?: readonly JsonSchema[];
  /** Objects that are discriminated by their `type`. */
  readonly oneOf?: readonly JsonSchema[];
}

/**
 * The JSON Schema, draft 2020-12, of a trace in a `.json` file. It is strict: fields that are not part of the format are invalid.
 *
 * A schema cannot express that events refer only to goroutines, channels and pools in the lists, and that times never decrease.
 * {@link parseTrace} checks that, too.
 *
 * @example
 * // With a validator, such as Ajv: new Ajv2020().compile(traceSchema)
 * console.log(JSON.stringify(traceSchema));
 */
export const traceSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "goro trace",
  description: "A recorded run of a program that uses goro.",
  ...objectSchema(traceFields),
};

function objectSchema(fields: Fields, type: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  const kinds = Object.entries(fields);
  return {
    type: "object",
    properties: { ...type, ...Object.fromEntries(kinds.map(([name, kind]) => [name, fieldSchema(kind)])) },
    required: [...Object.keys(type), ...kinds.filter(([, kind]) => !kind.isOptional).map(([name]) => name)],
    additionalProperties: false,
  };
}

function fieldSchema({ type, minimum, nullable, arrayOf, ...values }: FieldKind): JsonSchema {
  if (arrayOf !== undefined)
    return { type: "array", items: arrayOf === "event" ? eventSchema() : objectSchema(recordFields[arrayOf]) };
  if (values.enum !== undefined) return { enum: values.enum };
  if (values.const !== undefined) return { const: values.const };
  const scalar = { type: type ?? "number", ...(minimum === undefined ? {} : { minimum }) };
  return nullable ? { anyOf: [scalar, { type: "null" }] } : scalar;
}

function eventSchema(): JsonSchema {
  return { oneOf: [...eventFields].map(([type, fields]) => objectSchema(fields, { type: { const: type } })) };
}
