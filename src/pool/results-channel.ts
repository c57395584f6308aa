// The channel of a WorkerPool for the outcomes of the jobs that were submitted by `send`.

import { Channel, channelStateOf, type ReceiveChannel } from "../channel/channel.ts";
import type { ChannelState } from "../channel/channel-state.ts";
import { addDeadlockHint } from "../runtime/deadlock-info.ts";
import type { JobOutcome, OutcomeListener, PoolJob } from "./job.ts";

/** The number of such channels for which a receiver waits. */
let awaitedChannels = 0;

/** The part of the life of a pool that its results use. */
interface ResultsLifecycle {
  /** Called before a receive. */
  checkContext(): void;

  /** Called when a receiver begins to wait. */
  attach(): void;

  /** Called when no receiver waits any more. */
  check(): void;
}

export class ResultsChannel<Job, Result> implements OutcomeListener<Job, Result> {
  static {
    addDeadlockHint(() =>
      awaitedChannels === 0
        ? ""
        : "A goroutine waits for the results of a WorkerPool, which are closed after a call of stop: call pool.stop() before the loop, " +
          "or run the loop in a goroutine.",
    );
  }

  // Unbounded, so that no order of sending, stopping and reading blocks.
  readonly #channel = new Channel<JobOutcome<Job, Result>>(2 ** 32 - 1, { name: "results" });
  readonly #state = channelStateOf(this.#channel) as ChannelState<JobOutcome<Job, Result>>;
  #isCounted = false;

  constructor(pool: { readonly lifecycle: ResultsLifecycle }) {
    this.#state.source = {
      showsBuffer: true,
      poll: () => pool.lifecycle.checkContext(),
      arm: () => {
        this.#updateCount();
        pool.lifecycle.attach();
      },
      disarm: () => {
        this.#updateCount();
        pool.lifecycle.check();
      },
    };
  }

  get channel(): ReceiveChannel<JobOutcome<Job, Result>> {
    return this.#channel;
  }

  /** Whether a receiver waits. */
  get isAwaited(): boolean {
    return this.#state.receivers.first !== null;
  }

  onOutcome({ outcome }: PoolJob<Job, Result>): void {
    this.#channel.trySend(outcome as JobOutcome<Job, Result>);
    if (this.#isCounted) this.#updateCount();
  }

  close(): void {
    this.#state.source = null;
    this.#channel.close();
    this.#updateCount();
  }

  #updateCount(): void {
    const { isAwaited } = this;
    if (isAwaited !== this.#isCounted) awaitedChannels += isAwaited ? 1 : -1;
    this.#isCounted = isAwaited;
  }
}
