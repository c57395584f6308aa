// What cancels a wait: a context of the library, a context of the user's, and a signal, each with the number of the waits that it can cancel.

import { type Context, context } from "goro";
import { waitsOn } from "../../src/runtime/cancellation.ts";
import { children, listeners, Wrapper } from "./contexts.ts";

/** A cancellation that has not occurred. */
export interface Canceler {
  readonly options: { readonly ctx?: Context; readonly signal?: AbortSignal };

  /** Returns the reason with which a canceled wait rejects. */
  readonly reason: () => unknown;

  /** Returns the number of listeners of waits. */
  readonly listeners: () => number;
  cancel(): void;
}

const why = new Error("why");

/** Functions that make a canceler of each kind. */
export const cancelers: Readonly<Record<string, () => Canceler>> = {
  "a context": () => {
    const [ctx, cancel] = context.withCancelCause(context.background());
    return {
      options: { ctx },
      reason: () => ctx.err(),
      listeners: () => listeners(ctx) + children(ctx),
      cancel: () => cancel(why),
    };
  },
  "a user-defined context": () => {
    const [ctx, cancel] = context.withCancel(context.background());
    return {
      options: { ctx: new Wrapper(ctx) },
      reason: () => ctx.err(),
      listeners: () => listeners(ctx) + children(ctx),
      cancel,
    };
  },
  "a signal": () => {
    const controller = new AbortController();
    const { signal } = controller;
    return {
      options: { signal },
      reason: () => why,
      listeners: () => waitsOn(signal),
      cancel: () => controller.abort(why),
    };
  },
};
