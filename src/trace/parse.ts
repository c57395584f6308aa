// Parses and validates a trace from a file: the result is a consistent trace, or an error that names the place of the first mistake.

import { safeToString } from "../util/inspect.ts";
import { eventFields, type FieldKind, type Fields, recordFields, type Trace, traceFields, version } from "./format.ts";
import { truncate } from "./formatting.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses the text of a `.json` file as a trace.
 *
 * The result has the types that it claims to have. Events refer only to goroutines, channels and pools in the lists, and are in the order
 * of their times. A trace of version 1 is converted to the current version.
 *
 * @param text - the JSON text
 * @throws {SyntaxError} if the text is not JSON
 * @throws {TypeError} if it is not a trace, or a trace of a later version; the message names the place, such as `events[3].channel`
 *
 * @example
 * const trace = parseTrace(JSON.stringify(record().stop()));
 * console.log(trace.events.length); // 0
 */
export function parseTrace(text: string): Trace {
  if (typeof text !== "string") throw invalid("the text", "must be a string", text);
  const value = upgrade(parseJson(text));
  new Validator().fields(traceFields, value, "");
  const trace = value as unknown as Trace;
  checkOrder(trace);
  return trace;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (err) {
    // A message of the host may quote the text.
    const reason = err instanceof Error ? err.message : safeToString(err);
    throw new SyntaxError(`parseTrace: the text is not JSON: ${truncate(reason, 200)}`, { cause: err });
  }
}

/**
 * Checks that this is a trace at all: in a file of another kind, all other mistakes would follow from that. Converts version 1, in which the
 * status of a canceled job is "cancelled".
 */
function upgrade(value: unknown): JsonObject {
  const format = isObject(value) ? value["format"] : value;
  if (!isObject(value) || format !== "goro-trace") {
    throw new TypeError(`parseTrace: this is not a trace: its format must be "goro-trace", got ${describe(format)}`);
  }
  const { version: actual, events } = value;
  if (typeof actual === "number" && actual > version) {
    const limit = `only versions up to ${version} can be read`;
    throw new TypeError(`parseTrace: the trace is of version ${actual}, and ${limit}`);
  }
  if (actual !== 1 || !Array.isArray(events)) return value;
  const convert = (event: unknown): unknown =>
    isObject(event) && event["status"] === "cancelled" ? { ...event, status: "canceled" } : event;
  return { ...value, version, events: events.map(convert) };
}

function checkOrder({ events, end }: Trace): void {
  let last = 0;
  for (const [i, { at }] of events.entries()) {
    if (at < last)
      throw invalid(`events[${i}].at`, `must not be less than ${last}, the time of the previous event`, at);
    last = at;
  }
  if (end < last) throw invalid("end", `must not be less than ${last}, the time of the last event`, end);
}

/** Checks values by the tables of the format. */
class Validator {
  /** The ids in each list of the trace. The lists precede the events in the table, so that the ids are known when events refer to them. */
  readonly #ids = new Map<string, ReadonlySet<unknown>>();

  fields(fields: Fields, value: JsonObject, place: string): void {
    const placeOf = (name: string): string => (place === "" ? name : `${place}.${name}`);
    for (const [name, kind] of Object.entries(fields)) {
      if (Object.hasOwn(value, name)) this.#value(kind, value[name], placeOf(name));
      else if (!kind.isOptional) throw new TypeError(`parseTrace: ${placeOf(name)} is missing`);
    }
    // Names such as "__proto__" are not fields either.
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
    if (unknown !== undefined)
      throw new TypeError(`parseTrace: ${placeOf(truncate(unknown, 40))} is not a field of the format`);
  }

  #value(kind: FieldKind, value: unknown, place: string): void {
    const { arrayOf, list } = kind;
    if (arrayOf !== undefined) this.#array(arrayOf, value, place);
    else if (!isScalar(kind, value)) throw invalid(place, `must be ${describeKind(kind)}`, value);
    // 0 is the runtime; null is unknown.
    else if (list !== undefined && value !== null && value !== 0 && this.#ids.get(list)?.has(value) !== true) {
      throw invalid(place, `must be the id of a ${list.slice(0, -1)} in the list ${list}`, value);
    }
  }

  #array(kind: NonNullable<FieldKind["arrayOf"]>, value: unknown, place: string): void {
    if (!Array.isArray(value)) throw invalid(place, "must be an array", value);
    const ids = value.map((item: unknown) => (isObject(item) ? item["id"] : undefined));
    // Before the fields: the parent of a goroutine can come after it.
    if (kind !== "event" && kind !== "case") this.#ids.set(place, new Set(ids));
    const seen = new Set<unknown>();
    for (const [i, item] of value.entries()) {
      const itemPlace = `${place}[${i}]`;
      if (!isObject(item)) throw invalid(itemPlace, "must be an object", item);
      const fields = kind === "event" ? eventFields.get(item["type"]) : recordFields.get(kind);
      if (fields === undefined) throw invalid(`${itemPlace}.type`, "must be a type of event", item["type"]);
      this.fields(fields, item, itemPlace);
      if (ids[i] !== undefined && seen.has(ids[i])) {
        throw invalid(`${itemPlace}.id`, "must be unique in its list", ids[i]);
      }
      seen.add(ids[i]);
    }
  }
}

function isScalar(kind: FieldKind, value: unknown): boolean {
  if (value === null) return kind.nullable === true;
  if (kind.const !== undefined) return value === kind.const;
  if (kind.enum !== undefined) return kind.enum.some((text) => text === value);
  if (kind.type === "string") return typeof value === "string";
  // JSON has no NaN, but 1e999 is parsed as Infinity.
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  return (kind.type === "number" || Number.isInteger(value)) && value >= (kind.minimum ?? -Infinity);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(place: string, rule: string, value: unknown): TypeError {
  return new TypeError(`parseTrace: ${place} ${rule}, got ${describe(value)}`);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (isObject(value)) return "an object";
  return typeof value === "string" ? JSON.stringify(truncate(value, 40)) : truncate(safeToString(value), 40);
}

function describeKind(kind: FieldKind): string {
  if (kind.const !== undefined) return JSON.stringify(kind.const);
  if (kind.enum !== undefined) return `one of ${kind.enum.map((text) => JSON.stringify(text)).join(", ")}`;
  if (kind.type === "string") return "a string";
  const minimum = kind.minimum === undefined ? "" : `, ${kind.minimum} or more`;
  return `a ${kind.type === "integer" ? "whole number" : "number"}${minimum}${kind.nullable ? " or null" : ""}`;
}
