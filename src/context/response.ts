// The context of a request that a server handles, which its response ends.

import { trackListener } from "../runtime/listener-tracking.ts";
import { Check, describe } from "../util/validate.ts";
import { CancelContext } from "./cancel.ts";
import type { Context } from "./context.ts";
import { Canceled, canceled } from "./errors.ts";
import { backgroundContext } from "./value-context.ts";

/** The response of a server, such as `ServerResponse` of node:http and `Http2ServerResponse` of node:http2. */
export interface ResponseLike {
  /** Whether `end()` has been called. A response of HTTP/2 emits "finish" also when the client has gone; this is false then. */
  readonly writableEnded: boolean;

  /** Whether all data has been passed on. */
  readonly writableFinished: boolean;

  /** Whether the response of HTTP/1 has been closed. */
  readonly destroyed?: boolean;

  /** The stream of HTTP/2. */
  readonly stream?: {
    /** Whether the stream has been closed. */
    readonly destroyed: boolean;
  };

  /** Adds a listener for the event "close". */
  on(event: "close", listener: () => void): unknown;

  /** Removes a listener. */
  off(event: "close", listener: () => void): unknown;
}

/**
 * The cause of a context of {@link fromResponse} whose response was closed before it was finished, as when the client has gone. Its name
 * is "AbortError", as of each `Canceled`; test for it with `instanceof`.
 */
export class ResponseClosed extends Canceled {
  constructor(message: string = "the response was closed before it was finished", options?: ErrorOptions) {
    super(message, options);
  }
}

class ResponseContext extends CancelContext {
  #removeListener: (() => void) | null = null;

  /** Cancels the context when `response` is closed. */
  follow(response: ResponseLike): void {
    const close = (): void => {
      const isFinished = response.writableEnded && response.writableFinished;
      this.cancel(canceled, isFinished ? canceled : new ResponseClosed());
    };
    if (response.destroyed === true || response.stream?.destroyed === true) {
      close();
    } else {
      response.on("close", close);
      this.#removeListener = trackListener("close", () => response.off("close", close));
    }
  }

  protected override describeSelf(): string {
    return ".FromResponse";
  }

  override canceled(): void {
    this.#removeListener?.();
  }
}

/**
 * Returns the context of the request that `response` answers. It is canceled when the response is closed: when the client goes before
 * the response is finished, with a {@link ResponseClosed} as its cause; or when the response is complete, as in Go when the handler returns,
 * with a `Canceled`. It is also canceled with `ctx`. Then it has no listener on the response.
 *
 * Work that continues after the response takes {@link withoutCancel} of it.
 *
 * @param options - `ctx` is the parent, the background context by default
 * @throws {TypeError} if `response` is not a response of a server, or for wrong options.
 *
 * @see [http.Request.Context](https://pkg.go.dev/net/http#Request.Context)
 *
 * @example
 * import { createServer } from "node:http";
 * import { context, time } from "goro";
 *
 * const server = createServer(async (_request, response) => {
 *   const ctx = context.fromResponse(response);
 *   // Ends when the client has gone.
 *   const page = await fetch("http://127.0.0.1:9/", { signal: ctx.signal }).catch(() => time.sleep(1));
 *   response.end(String(page));
 * });
 * server.close();
 */
export function fromResponse(
  response: ResponseLike,
  options?: {
    /**
     * The parent of the context.
     *
     * @defaultValue the background context
     */
    readonly ctx?: Context | undefined;
  },
): Context {
  const check = new Check("context.fromResponse");
  if (!isResponse(response)) throw check.error(`response must be a response of a server, got ${describe(response)}`);
  check.options(options, ["ctx"], { signal: "ctx: context.fromSignal(signal)" });
  check.isContext("ctx", options?.ctx);
  const context = new ResponseContext(options?.ctx ?? backgroundContext);
  context.propagateCancel();
  if (context.err() === undefined) context.follow(response);
  return context;
}

function isResponse(value: unknown): boolean {
  const { on, off, writableEnded, writableFinished } = Object(value) as Partial<ResponseLike>;
  return (
    typeof on === "function" &&
    typeof off === "function" &&
    typeof writableEnded === "boolean" &&
    typeof writableFinished === "boolean"
  );
}
