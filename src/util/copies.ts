// The copies of the library in one process. Each has its own channels, contexts, timers and scheduler, which do not work with those of
// another copy. Several copies cannot always be avoided, so each registers itself, and errors name objects of another copy.

import { tryOr } from "./inspect.ts";
import { ownFile } from "./stack.ts";

/** A loaded copy. Copies of other versions read it too: properties may be added, but not changed. */
export interface Copy {
  readonly version: string;
  /** The file from which it was loaded: its module, or the bundle that contains it. */
  readonly location: string;
  /** Called with each copy that is loaded later. */
  noticed?: (other: Copy) => void;
}

/** The version in package.json. */
export const version = "0.13.0";

const copiesKey = Symbol.for("goro.copies");
const brandKey = Symbol.for("goro.brand");

const host = globalThis as { [copiesKey]?: Copy[] };
const thisCopy: Copy = /* @__PURE__ */ register();

/** Returns the loaded copies, this one included. */
function loadedCopies(): Copy[] {
  return (host[copiesKey] ??= []);
}

function register(): Copy {
  const copy = { version, location: ownFile };
  for (const other of loadedCopies()) other.noticed?.(copy);
  loadedCopies().push(copy);
  return copy;
}

interface Brand {
  /** With its article, such as "a Channel". */
  readonly kind: string;
  readonly copy: Copy;
}

/** Marks the objects with this prototype as objects of the library. `kind` is a noun with its article. */
export function brand(prototype: object, kind: string): void {
  Object.defineProperty(prototype, brandKey, { value: { kind, copy: thisCopy } satisfies Brand });
}

/** Returns the kind of an object of the library, of this copy or another; undefined for other values. */
export function kindOf(value: unknown): string | undefined {
  const brand = brandOf(value);
  if (brand === undefined || brand.copy === thisCopy) return brand?.kind;
  return `${brand.kind} of another copy of goro (${nameOf(brand.copy)}; this is ${nameOf(thisCopy)}); see docs/copies.md`;
}

/** Reports whether `value` is an object of another copy. */
export function isOfAnotherCopy(value: unknown): boolean {
  const brand = brandOf(value);
  return brand !== undefined && brand.copy !== thisCopy;
}

function brandOf(value: unknown): Brand | undefined {
  return tryOr(
    () => {
      const brand = (value as { [brandKey]?: Brand } | undefined)?.[brandKey];
      return typeof brand?.kind === "string" && typeof brand.copy.version === "string" ? brand : undefined;
    },
    () => undefined,
  );
}

/** Returns a paragraph about other copies, for a report that they may be the reason of; "" if there are none. */
export function otherCopies(): string {
  const copies = loadedCopies();
  const others = copies.filter((copy) => copy !== thisCopy);
  if (others.length === 0) return "";
  const list = copies.map((copy) => `\t${nameOf(copy)}${copy === thisCopy ? ", which reports this" : ""}\n`);
  return `\n${copies.length} copies of goro are loaded, which do not share goroutines; see docs/copies.md:\n${list.join("")}`;
}

/** Calls `listener` with the name of each other copy, whether it is loaded already or later. */
export function onOtherCopy(listener: (name: string) => void): void {
  thisCopy.noticed = (other) => listener(nameOf(other));
  for (const copy of loadedCopies()) if (copy !== thisCopy) thisCopy.noticed(copy);
}

function nameOf({ version, location }: Copy): string {
  return `${version} at ${location === "" ? "an unknown place" : location}`;
}
