// The format of a trace as a JSON Schema, generated from the tables of format.ts.

import { eventFields, type FieldKind, type Fields, recordFields, traceFields } from "./format.ts";

/** A JSON Schema; its keywords are not typed. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
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

function objectSchema(fields: Fields): JsonSchema {
  const kinds = Object.entries(fields);
  return {
    type: "object",
    properties: Object.fromEntries(kinds.map(([name, kind]) => [name, fieldSchema(kind)])),
    required: kinds.filter(([, kind]) => !kind.isOptional).map(([name]) => name),
    additionalProperties: false,
  };
}

function fieldSchema({ type, minimum, nullable, arrayOf, ...values }: FieldKind): JsonSchema {
  if (arrayOf === "event") return { type: "array", items: { oneOf: [...eventFields.values()].map(objectSchema) } };
  if (arrayOf !== undefined) return { type: "array", items: objectSchema(recordFields.get(arrayOf) as Fields) };
  if (values.enum !== undefined) return { enum: values.enum };
  if (values.const !== undefined) return { const: values.const };
  const scalar = { type: type ?? "number", ...(minimum === undefined ? {} : { minimum }) };
  return nullable ? { anyOf: [scalar, { type: "null" }] } : scalar;
}
