// Go's tests of causes, and of custom contexts: from context_test.go and x_test.go of package context.

import { expect, test } from "@jest/globals";
import { Channel, context, go, gosched, numGoroutine, type ReceiveChannel, time } from "goro";
import { inBubble, isOver, Wrapper } from "../support/contexts.ts";

type Context = context.Context;

const { afterFunc, background, withCancel, withCancelCause, withTimeout, withTimeoutCause, withoutCancel } = context;
const veryLongDuration = 1000 * time.hour;

/** The `customContext` of x_test.go: it has its own done channel, and is canceled with its parent or by `cancel`. */
class CustomContext extends Wrapper {
  readonly #done = new Channel<never>();
  #err: Error | undefined;

  constructor(parent: Context) {
    super(parent);
    afterFunc(parent, () => this.#end(parent.err()));
  }

  override done(): ReceiveChannel<never> {
    return this.#done;
  }

  override err(): Error | undefined {
    return this.#err;
  }

  cancel(): void {
    this.#end(new context.Canceled());
  }

  #end(err: Error | undefined): void {
    if (this.#err !== undefined) return;
    this.#err = err;
    this.#done.close();
  }
}

const forever = 1e6 * time.second;
const causes = {
  parentCause: new Error("parentCause"),
  childCause: new Error("childCause"),
  tooSlow: new Error("tooSlow"),
  finishedEarly: new Error("finishedEarly"),
};
const { parentCause, childCause, tooSlow, finishedEarly } = causes;

/** A context with a cause, a child with a cause, and the functions that cancel them. */
function family(): [child: Context, cancelParent: context.CancelCauseFunc, cancelChild: context.CancelCauseFunc] {
  const [parent, cancelParent] = withCancelCause(background());
  const [child, cancelChild] = withCancelCause(parent);
  return [child, cancelParent, cancelChild];
}

type Err = "undefined" | "Canceled" | "DeadlineExceeded";
type Cause = "undefined" | "err" | keyof typeof causes;

// R99, R104, R116, R117, R118, R119, R120, R126
test.each<[string, Err, Cause, () => Context]>([
  ["Background", "undefined", "undefined", background],
  ["TODO", "undefined", "undefined", context.todo],
  [
    "WithCancel",
    "Canceled",
    "err",
    () => {
      const [ctx, cancel] = withCancel(background());
      cancel();
      return ctx;
    },
  ],
  [
    "WithCancelCause",
    "Canceled",
    "parentCause",
    () => {
      const [ctx, cancel] = withCancelCause(background());
      cancel(parentCause);
      return ctx;
    },
  ],
  [
    "WithCancelCause nil",
    "Canceled",
    "err",
    () => {
      const [ctx, cancel] = withCancelCause(background());
      cancel(null);
      return ctx;
    },
  ],
  [
    "WithCancelCause: parent cause before child",
    "Canceled",
    "parentCause",
    () => {
      const [ctx, cancelParent, cancelChild] = family();
      cancelParent(parentCause);
      cancelChild(childCause);
      return ctx;
    },
  ],
  [
    "WithCancelCause: parent cause after child",
    "Canceled",
    "childCause",
    () => {
      const [ctx, cancelParent, cancelChild] = family();
      cancelChild(childCause);
      cancelParent(parentCause);
      return ctx;
    },
  ],
  [
    "WithCancelCause: parent cause before nil",
    "Canceled",
    "parentCause",
    () => {
      const [parent, cancelParent] = withCancelCause(background());
      const [ctx, cancelChild] = withCancel(parent);
      cancelParent(parentCause);
      cancelChild();
      return ctx;
    },
  ],
  [
    "WithCancelCause: parent cause after nil",
    "Canceled",
    "err",
    () => {
      const [parent, cancelParent] = withCancelCause(background());
      const [ctx, cancelChild] = withCancel(parent);
      cancelChild();
      cancelParent(parentCause);
      return ctx;
    },
  ],
  [
    "WithCancelCause: child cause after nil",
    "Canceled",
    "err",
    () => {
      const [parent, cancelParent] = withCancel(background());
      const [ctx, cancelChild] = withCancelCause(parent);
      cancelParent();
      cancelChild(childCause);
      return ctx;
    },
  ],
  [
    "WithCancelCause: child cause before nil",
    "Canceled",
    "childCause",
    () => {
      const [parent, cancelParent] = withCancel(background());
      const [ctx, cancelChild] = withCancelCause(parent);
      cancelChild(childCause);
      cancelParent();
      return ctx;
    },
  ],
  [
    "WithTimeout",
    "DeadlineExceeded",
    "err",
    () => {
      const [ctx, cancel] = withTimeout(background(), 0);
      cancel();
      return ctx;
    },
  ],
  [
    "WithTimeout canceled",
    "Canceled",
    "err",
    () => {
      const [ctx, cancel] = withTimeout(background(), forever);
      cancel();
      return ctx;
    },
  ],
  [
    "WithTimeoutCause",
    "DeadlineExceeded",
    "tooSlow",
    () => {
      const [ctx, cancel] = withTimeoutCause(background(), 0, tooSlow);
      cancel();
      return ctx;
    },
  ],
  [
    "WithTimeoutCause canceled",
    "Canceled",
    "err",
    () => {
      const [ctx, cancel] = withTimeoutCause(background(), forever, tooSlow);
      cancel();
      return ctx;
    },
  ],
  [
    "WithTimeoutCause stacked",
    "DeadlineExceeded",
    "tooSlow",
    () => {
      const [parent, cancel] = withCancelCause(background());
      const [ctx] = withTimeoutCause(parent, 0, tooSlow);
      cancel(finishedEarly);
      return ctx;
    },
  ],
  [
    "WithTimeoutCause stacked canceled",
    "Canceled",
    "finishedEarly",
    () => {
      const [parent, cancel] = withCancelCause(background());
      const [ctx] = withTimeoutCause(parent, forever, tooSlow);
      cancel(finishedEarly);
      return ctx;
    },
  ],
  ["WithoutCancel", "undefined", "undefined", () => withoutCancel(background())],
  [
    "WithoutCancel canceled",
    "undefined",
    "undefined",
    () => {
      const [parent, cancel] = withCancelCause(background());
      const ctx = withoutCancel(parent);
      cancel(finishedEarly);
      return ctx;
    },
  ],
  [
    "WithoutCancel timeout",
    "undefined",
    "undefined",
    () => {
      const [parent, cancel] = withTimeoutCause(background(), 0, tooSlow);
      const ctx = withoutCancel(parent);
      cancel();
      return ctx;
    },
  ],
  [
    "parent of custom context not canceled",
    "Canceled",
    "err",
    () => {
      const [parent] = withCancelCause(background());
      const ctx = new CustomContext(parent);
      ctx.cancel();
      return ctx;
    },
  ],
  [
    "parent of custom context is canceled before",
    "Canceled",
    "parentCause",
    () => {
      const [parent, cancel] = withCancelCause(background());
      const ctx = new CustomContext(parent);
      cancel(parentCause);
      ctx.cancel();
      return ctx;
    },
  ],
  // Go's comment says that this "isn't really right": it cannot be determined which of the two was canceled first.
  [
    "parent of custom context is canceled after",
    "Canceled",
    "parentCause",
    () => {
      const [parent, cancel] = withCancelCause(background());
      const ctx = new CustomContext(parent);
      ctx.cancel();
      cancel(parentCause);
      return ctx;
    },
  ],
])("TestCause: of '%s' the err is %s and the cause %s", (_, err, cause, make) =>
  inBubble(() => {
    const ctx = make();
    if (err === "undefined") expect(ctx.err()).toBeUndefined();
    else expect(ctx.err()).toBeInstanceOf(context[err]);
    expect(context.cause(ctx)).toBe(cause === "undefined" || cause === "err" ? ctx.err() : causes[cause]);
  }),
);

// R118
test.each([1, 2, 3, 4, 5])("TestCauseRace: a poll of the cause returns null, then the cause (seed %d)", (seed) =>
  inBubble(
    async () => {
      const cause = new Error("TestCauseRace");
      const [ctx, cancel] = withCancelCause(background());
      go(() => cancel(cause));
      expect(context.cause(ctx)).toBeUndefined();
      while (context.cause(ctx) === undefined) await gosched();
      expect(context.cause(ctx)).toBe(cause);
      expect(isOver(ctx)).toBe(true);
    },
    { seed },
  ),
);

/** The `customDoneContext` of x_test.go: it delegates all methods except `done` to the inner context. */
class CustomDoneContext extends Wrapper {
  readonly channel: Channel<never> = new Channel<never>();

  override done(): ReceiveChannel<never> {
    return this.channel;
  }
}

// R124, R126
test("TestCustomContextPropagation: a child is canceled by its parent's own done channel, with the inner cause", () =>
  inBubble(async () => {
    const cause = new Error("TestCustomContextPropagation");
    const [ctx1, cancel1] = withCancelCause(background());
    const ctx2 = new CustomDoneContext(ctx1);
    const [ctx3] = withCancel(ctx2);
    cancel1(cause);
    expect(isOver(ctx3)).toBe(false);
    ctx2.channel.close();
    await ctx3.done().receive();
    expect(ctx3.err()).toBeInstanceOf(context.Canceled);
    expect(context.cause(ctx3)).toBe(cause);
  }));

/** The `customCauseContext` of x_test.go: it does not use the library's contexts, and may have a child to cancel. */
class CustomCauseContext extends CustomDoneContext {
  error: Error | undefined;
  cancelChild: () => void = () => undefined;

  constructor() {
    super(background());
  }

  override err(): Error | undefined {
    return this.error;
  }

  cancel(): void {
    this.error = new context.Canceled();
    this.channel.close();
    this.cancelChild();
  }
}

// R126
test("TestCustomContextCause: the cause of a custom context is its err", () =>
  inBubble(() => {
    const ccc = new CustomCauseContext();
    expect(context.cause(ccc)).toBeUndefined();
    ccc.cancel();
    expect(context.cause(ccc)).toBe(ccc.error);
  }));

// R102, R117, R126
test("TestCustomContextCause: a child canceled before keeps its own cause, not that of the custom parent", () =>
  inBubble(async () => {
    const known = numGoroutine();
    const ccc = new CustomCauseContext();
    const [ctx, cancel] = withCancelCause(ccc);
    const cause = new Error("TestCustomContextCause");
    cancel(cause);
    expect(ctx.err()).toBeInstanceOf(context.Canceled);
    expect([context.cause(ctx), ccc.err(), context.cause(ccc)]).toEqual([cause, undefined, undefined]);

    const err = ctx.err();
    ccc.cancel();
    while (numGoroutine() > known) await gosched();
    expect(ctx.err()).toBe(err);
    expect(context.cause(ctx)).toBe(cause);
    expect(context.cause(ccc)).toBe(ccc.error);
  }));

// R124, R126
test("TestCustomContextCause: a custom context may cancel its child while it is being canceled", () =>
  inBubble(() => {
    const ccc = new CustomCauseContext();
    const [ctx, cancelChild] = withCancel(ccc);
    ccc.cancelChild = cancelChild;
    ccc.cancel();
    expect(ctx.err()).toBeInstanceOf(context.Canceled);
    expect(context.cause(ctx)).toBe(ctx.err());
    expect(context.cause(ccc)).toBe(ccc.err());
  }));

/** The `myDoneCtx` of context_test.go: it returns a different channel on every call. */
class MyDoneContext extends Wrapper {
  override done(): ReceiveChannel<never> {
    return new Channel<never>();
  }
}

// R124, R127
test("TestCustomContextGoroutines: only a foreign done channel needs a goroutine that watches it", () =>
  inBubble(() => {
    // No goroutine exits during this test, so the number of live goroutines is the number ever started.
    let known = numGoroutine();
    function expectNew(n: number): void {
      expect(numGoroutine() - known).toBe(n);
      known += n;
    }

    const [, cancel0] = withCancel(new MyDoneContext(background()));
    cancel0();
    expectNew(1);
    const [, cancel0b] = withTimeout(new MyDoneContext(background()), veryLongDuration);
    cancel0b();
    expectNew(1);

    const [ctx1, cancel1] = withCancel(background());
    expectNew(0);
    const ctx2 = new Wrapper(ctx1);
    const [ctx3, cancel3] = withCancel(ctx2);
    expectNew(0);
    // ctx1 has a different done channel, and must not be used.
    const [, cancel3b] = withCancel(new MyDoneContext(ctx2));
    expectNew(1);
    const [ctx4, cancel4] = withTimeout(ctx3, veryLongDuration);
    expectNew(0);
    const [ctx5, cancel5] = withCancel(ctx4);
    expectNew(0);
    cancel5();
    expectNew(0);
    const [, cancel6] = withTimeout(ctx5, veryLongDuration);
    expectNew(0);

    cancel6();
    cancel1();
    const [, cancel7] = withCancel(ctx5);
    expectNew(0);
    for (const cancel of [cancel3, cancel3b, cancel4, cancel7]) cancel();
    expectNew(0);
  }));
