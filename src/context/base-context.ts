// What the library's own contexts have in common: each is a link in a chain that ends in a root or in a context of the
// user's own. Whatever goes up the chain goes in a loop, because contexts can be nested deeper than the stack.

import type { ReceiveChannel } from "../channel/channel.ts";
import { brand } from "../util/copies.ts";
import { safeToString } from "../util/inspect.ts";
import type { Context } from "./context.ts";

/** What {@link BaseContext.lookup} answers for a key that must be looked up further above. */
export const NOT_FOUND: unique symbol = Symbol("elsewhere");

export abstract class BaseContext implements Context {
  static {
    brand(this.prototype, "a Context");
  }

  readonly parent: Context | null;

  constructor(parent: Context | null) {
    this.parent = parent;
  }

  abstract done(): ReceiveChannel<never>;
  abstract err(): Error | undefined;
  abstract deadline(): number | undefined;
  abstract get signal(): AbortSignal;

  /** The value that this one link has for `key`. */
  protected abstract lookup(key: unknown): unknown;

  /** What this one link adds to the name of the chain, such as ".WithCancel". */
  protected abstract describeSelf(): string;

  value(key: unknown): never {
    let context: Context | null = this.parent;
    let value = this.lookup(key);
    while (value === NOT_FOUND && isChained(context)) {
      value = context.lookup(key);
      context = context.parent;
    }
    return (value === NOT_FOUND ? (context as Context).value(key) : value) as never;
  }

  /** The name of the chain down to this link, when `above` is that of the chain above it. */
  protected describe(above: string): string {
    return above + this.describeSelf();
  }

  /** What `JSON.stringify` shows of a context, which has references in a circle. */
  toJSON(): string {
    return this.toString();
  }

  toString(): string {
    const links: BaseContext[] = [this];
    let context = this.parent;
    for (; isChained(context); context = context.parent) links.push(context);
    return links.reduceRight((above, link) => link.describe(above), context === null ? "" : safeToString(context));
  }
}

// In the body of the class, esbuild would rename the class for its sake.
function isChained(context: Context | null): context is BaseContext {
  return context instanceof BaseContext;
}
