// Notices that nothing arrives from Redis although responses are due.
//
// ioredis has the option `socketTimeout` for that. It sets a timer at each arrival of data, which is a twentieth of the CPU of a job.

import { RuntimeTimer } from "../runtime/timer.ts";

/** The part of a socket that the watch uses. */
export interface WatchedStream {
  readonly bytesRead: number;
  destroy(error: Error): unknown;
}

/** The part of a client that the watch uses. */
export interface WatchedClient {
  readonly stream?: WatchedStream | null;
}

/** How many times in the timeout the watch looks. One look is not enough: the event loop may have been blocked until then. */
const looks = 2;

/** Breaks the connection of a client whose server does not respond. The client then restores it, and sends its requests again. */
export class ResponseWatch {
  readonly #client: WatchedClient;
  readonly #timeout: number;
  readonly #isWaiting: () => boolean;
  readonly #timer = new RuntimeTimer("goro/bullmq", () => this.#look());
  #stream: WatchedStream | null | undefined;
  #bytes = 0;
  #silentLooks = 0;

  /**
   * Starts to watch `client`, in place of its option `socketTimeout`.
   *
   * @param timeout how long the server may be silent, in milliseconds
   * @param isWaiting whether a response is due
   */
  constructor(client: WatchedClient, timeout: number, isWaiting: () => boolean) {
    this.#client = client;
    this.#timeout = timeout;
    this.#isWaiting = isWaiting;
    // The method of ioredis that sets the timer. A timer that is set already is cleared by the next arrival.
    Object.assign(client, { setSocketTimeout: noop });
    this.#timer.start(timeout / looks);
  }

  stop(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const { stream } = this.#client;
    const bytes = stream?.bytesRead ?? 0;
    const isSilent = this.#isWaiting() && stream === this.#stream && bytes === this.#bytes;
    this.#silentLooks = isSilent ? this.#silentLooks + 1 : 0;
    this.#stream = stream;
    this.#bytes = bytes;
    if (this.#silentLooks >= looks) stream?.destroy(new Error(`Redis has not responded for ${this.#timeout} ms`));
    this.#timer.start(this.#timeout / looks);
  }
}

function noop(): void {
  // No timer.
}
