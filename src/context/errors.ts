// The errors of canceled contexts. Their names are those of the DOM, which existing code compares.

/**
 * `ctx.err()` of a context that was canceled; its name is "AbortError". Test for it with `instanceof`: the cause of a context that a
 * process signal has canceled is one too.
 *
 * @see [context.Canceled](https://pkg.go.dev/context#pkg-variables)
 */
export class Canceled extends Error {
  static {
    this.prototype.name = "AbortError";
  }

  constructor(message: string = "context canceled", options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * `ctx.err()` of a context whose deadline has passed; its name is "TimeoutError".
 *
 * @see [context.DeadlineExceeded](https://pkg.go.dev/context#pkg-variables)
 */
export class DeadlineExceeded extends Error {
  static {
    this.prototype.name = "TimeoutError";
  }

  constructor(message: string = "context deadline exceeded", options?: ErrorOptions) {
    super(message, options);
  }

  /** Returns true, as Go's `net.Error` does for timeouts. */
  timeout(): boolean {
    return true;
  }
}

// Shared objects, as in Go: creating an Error with its stack is the most expensive part of a cancellation.
export const canceled: Canceled = /* @__PURE__ */ withoutStack(/* @__PURE__ */ new Canceled());
export const deadlineExceeded: DeadlineExceeded = /* @__PURE__ */ withoutStack(/* @__PURE__ */ new DeadlineExceeded());

function withoutStack<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
