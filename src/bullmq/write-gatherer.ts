// Gathers the requests of a turn of the event loop into few writes to a socket: a write of its own takes up to a third of the CPU of a job.
//
// Invariant, whenever no method is on the stack: a stream is corked if and only if a tick is due that uncorks it.

/** The part of a socket that is used. */
export interface GatheringStream {
  cork(): void;
  uncork(): void;
}

/** The greatest number of requests in flight for which nothing is gathered. */
const fewRequests = 16;

/** Gathers the requests of one connection. */
export class WriteGatherer {
  /** The stream that is corked, and how many requests have been gathered since it was last uncorked. */
  #stream: GatheringStream | null = null;
  #count = 0;

  /**
   * Called before each of `inFlight` requests to `stream` that wait for their responses. The requests of a turn of the event loop, microtasks
   * included, are gathered. A write has a quarter of the requests, because this process and the server would wait for each other if one write
   * had all of them.
   */
  add(stream: GatheringStream, inFlight: number): void {
    if (stream !== this.#stream) {
      if (inFlight > fewRequests) this.#start(stream);
      return;
    }
    if (++this.#count < inFlight / 4) return;
    this.#count = 0;
    // BullMQ writes a request one microtask after its call. The tick that uncorks the stream may come before that microtask.
    queueMicrotask(() => {
      if (stream !== this.#stream) return;
      stream.uncork();
      stream.cork();
    });
  }

  #start(stream: GatheringStream): void {
    this.#stream = stream;
    this.#count = 1;
    stream.cork();
    process.nextTick(() => {
      if (stream === this.#stream) this.#stream = null;
      stream.uncork();
    });
  }
}
