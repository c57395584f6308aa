// The base class of the library's contexts. Each is a link in a chain that ends in a root or in a context of the user's. Lookups are
// loops and not recursive, because contexts can be nested deeper than the stack.

import type { ReceiveChannel } from "../channel/channel.ts";
import { PanicError } from "../runtime/panic.ts";
import { brand } from "../util/copies.ts";
import { printAsString, safeToString } from "../util/inspect.ts";
import { Check } from "../util/validate.ts";
import type { Context } from "./context.ts";

/** The result of {@link BaseContext.lookup} for a key that must be looked up in the parent. */
export const NOT_FOUND: unique symbol = Symbol("not found");

/** A context of the library. */
export abstract class BaseContext implements Context {
  static {
    brand(this.prototype, "a Context");
    printAsString(this.prototype, (ctx) => {
      const err = ctx.err();
      return err === undefined ? String(ctx) : `${String(ctx)} (${err.message})`;
    });
  }

  readonly parent: Context | null;

  constructor(parent: Context | null) {
    this.parent = parent;
  }

  abstract done(): ReceiveChannel<never>;
  abstract err(): Error | undefined;
  abstract deadline(): number | undefined;
  abstract get signal(): AbortSignal;

  /** Returns the context above or at this link whose cancellation is that of this context. */
  cancelSource(): Context {
    return this;
  }

  /** Returns the value of this link for `key`. */
  protected abstract lookup(key: unknown): unknown;

  /** Returns what this link adds to the name of the chain, such as ".WithCancel". */
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

  /** Returns the name of the chain down to this link, where `parent` is the name of the chain above. */
  protected describe(parent: string): string {
    return parent + this.describeSelf();
  }

  // A context has circular references.
  toJSON(): string {
    return this.toString();
  }

  toString(): string {
    const links: BaseContext[] = [this];
    let context = this.parent;
    for (; isChained(context); context = context.parent) links.push(context);
    return links.reduceRight((name, link) => link.describe(name), context === null ? "" : safeToString(context));
  }
}

// Outside of the class: esbuild renames a class that refers to itself by name in its body.
function isChained(context: Context | null): context is BaseContext {
  return context instanceof BaseContext;
}

/** Returns the argument `parent`, or `name`, of `caller` in package context; throws if it is not a context. */
export function checkParent(caller: string, parent: Context, name: string = "parent"): Context {
  if (parent === null || parent === undefined) throw new PanicError("cannot create context from nil parent");
  // The check of a context of the library is one comparison.
  if (!(parent instanceof BaseContext)) new Check(`context.${caller}`).isContext(name, parent);
  return parent;
}
