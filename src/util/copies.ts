// The copies of the library in one process. Each has channels, contexts, timers and a scheduler of its own, and knows nothing of those of
// another copy: a program with two does not do what it says. They cannot always be avoided, so each copy announces itself, and the
// objects of another are recognized and named in errors.

import { tryOr } from "./inspect.ts";
import { ownFile } from "./stack.ts";

/** A loaded copy. Copies of other versions read it too: properties may be added, and none changed. */
export interface Copy {
  readonly version: string;
  /** The file that it was loaded from: its own, or the bundle that it is in. */
  readonly location: string;
  /** Called with each copy that is loaded later. */
  noticed?: (other: Copy) => void;
}

/** The same as in package.json. */
export const version = "0.6.0";

const copiesKey = Symbol.for("goro.copies");
const brandKey = Symbol.for("goro.brand");

const host = globalThis as { [copiesKey]?: Copy[] };
const copies = (host[copiesKey] ??= []);
const thisCopy: Copy = { version, location: ownFile };
for (const other of copies) other.noticed?.(thisCopy);
copies.push(thisCopy);

interface Brand {
  /** With its article, such as "a Channel". */
  readonly kind: string;
  readonly copy: Copy;
}

/** Marks the objects of a class, by their prototype, as the library's: as `kind`, which is a noun with its article. */
export function brand(prototype: object, kind: string): void {
  Object.defineProperty(prototype, brandKey, { value: { kind, copy: thisCopy } satisfies Brand });
}

/** What `value` is, in words, if it is the library's, of this copy or another; undefined, if it is not. */
export function kindOf(value: unknown): string | undefined {
  const found = brandOf(value);
  if (found === undefined || found.copy === thisCopy) return found?.kind;
  return `${found.kind} of another copy of goro (${named(found.copy)}; this is ${named(thisCopy)}); see docs/copies.md`;
}

/** Whether `value` belongs to another copy. */
export function isOfAnotherCopy(value: unknown): boolean {
  const found = brandOf(value);
  return found !== undefined && found.copy !== thisCopy;
}

function brandOf(value: unknown): Brand | undefined {
  return tryOr(
    () => {
      const found = (value as { [brandKey]?: Brand } | undefined)?.[brandKey];
      return typeof found?.kind === "string" && typeof found.copy.version === "string" ? found : undefined;
    },
    () => undefined,
  );
}

/** A paragraph for a report that other copies may be the reason of; "", if there are none. */
export function otherCopies(): string {
  const others = copies.filter((copy) => copy !== thisCopy);
  if (others.length === 0) return "";
  const list = copies.map((copy) => `\t${named(copy)}${copy === thisCopy ? ", which reports this" : ""}\n`);
  return `\n${copies.length} copies of goro are loaded, and none knows of the goroutines of another; see docs/copies.md:\n${list.join("")}`;
}

/** Calls `listener` with each other copy that is loaded, before or later, as an error message names it. */
export function onOtherCopy(listener: (name: string) => void): void {
  thisCopy.noticed = (other) => listener(named(other));
  for (const copy of copies) if (copy !== thisCopy) thisCopy.noticed(copy);
}

function named({ version, location }: Copy): string {
  return `${version} at ${location === "" ? "an unknown place" : location}`;
}
