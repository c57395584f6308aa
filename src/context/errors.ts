// Why a context has ended.

/**
 * `ctx.err()` of a context that was canceled. Ask with `instanceof`: what a process signal leaves as the cause is one too.
 *
 * Mirrors `context.Canceled`.
 */
export class Canceled extends Error {
  static {
    this.prototype.name = "Canceled";
  }

  constructor(message: string = "context canceled", options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * `ctx.err()` of a context whose deadline has passed.
 *
 * Mirrors `context.DeadlineExceeded`.
 */
export class DeadlineExceeded extends Error {
  static {
    this.prototype.name = "DeadlineExceeded";
  }

  constructor(message: string = "context deadline exceeded", options?: ErrorOptions) {
    super(message, options);
  }

  /** True, for those who ask an error whether it is one of time. */
  timeout(): boolean {
    return true;
  }
}

// One object each, as in Go: they say what happened and not where, and making an error is the dearest part of a cancel.
export const canceled: Canceled = withoutStack(new Canceled());
export const deadlineExceeded: DeadlineExceeded = withoutStack(new DeadlineExceeded());

function withoutStack<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
