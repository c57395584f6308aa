// Values of the program as short text for a trace.

import { safeToString, tryOr } from "../util/inspect.ts";
import { builtinModule } from "../runtime/process.ts";
import { truncate } from "./formatting.ts";

const types = builtinModule<{ types?: { isProxy(value: unknown): boolean } }>("util")?.types;

/** The length of any typed array, read by the intrinsic getter, which the program cannot have replaced. */
const typedArrayLength = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "length")
  ?.get as (this: ArrayBufferView) => number;

/** The number of fields of an object that are read: more than a preview has room for. */
const maxFields = 64;

const maxLength = 26;

/**
 * A value of the program as a short text. No code of the value runs: getters are not invoked, and a proxy is not inspected where the host
 * can recognize one. Never throws.
 */
export function previewValue(value: unknown): string {
  return tryOr(
    () => preview(value),
    () => "{…}",
  );
}

function preview(value: unknown): string {
  // undefined is sent as a bare signal, like Go's struct{}{}.
  if (value === undefined) return "";
  if (typeof value === "string") return truncate(JSON.stringify(truncate(value, 24)), maxLength);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return truncate(safeToString(value), 24);
  if (types?.isProxy(value)) return "a Proxy";
  if (Array.isArray(value)) return `[${value.length}]`;
  // A DataView has no length, and the getter throws.
  if (ArrayBuffer.isView(value)) return `[${typedArrayLength.call(value)}]`;
  return truncate(previewError(value) ?? previewFields(value), maxLength);
}

/** `name: message` of an error. The stack of an error is an enumerable field in some engines, and differs in all of them. */
function previewError(value: object): string | undefined {
  const chain = prototypeChain(value);
  if (!chain.includes(Error.prototype)) return undefined;
  const [name, message] = ["name", "message"].map((property) =>
    chain.map((object) => dataOf(object, property)).find((text) => typeof text === "string"),
  );
  return message === "" ? name : `${name}: ${message}`;
}

/** `value` and its prototypes, up to the first proxy. */
function prototypeChain(value: object): object[] {
  const chain: object[] = [];
  for (let object: object | null = value; object !== null && !types?.isProxy(object);) {
    chain.push(object);
    object = Object.getPrototypeOf(object) as object | null;
  }
  return chain;
}

function previewFields(value: object): string {
  const fields = Object.keys(value)
    .slice(0, maxFields)
    .map((name) => [name, dataOf(value, name)] as const)
    .filter(([, field]) => ["number", "string", "boolean"].includes(typeof field))
    .map(([name, field]) => `${name}: ${truncate(String(field), 10)}`);
  return fields.length === 0 ? "{…}" : `{${fields.join(", ")}}`;
}

/** The value of an own data property; undefined for a getter. */
function dataOf(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value as unknown;
}
