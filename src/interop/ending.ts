// The end of a conversion between a channel and a foreign source or sink. It can end for several reasons, and several may occur at the
// same time; the first one is decided synchronously.

import { type Channel, channelStateOf, type SendChannel } from "../channel/channel.ts";
import type { ChannelState } from "../channel/channel-state.ts";
import { toError } from "../util/inspect.ts";
import { raise } from "../runtime/goroutine.ts";

/** The end of one conversion. Each code path that ends it calls {@link Ending.decide} first. */
export class Ending {
  #isOver = false;
  readonly #releases: (() => unknown)[] = [];

  /** Whether the end has been decided. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls `release` when the end is decided; immediately if it has been. An error that it throws is a panic. */
  onEnd(release: () => unknown): void {
    if (this.#isOver) attempt(release);
    else this.#releases.push(release);
  }

  /** Decides the end and calls the functions of {@link Ending.onEnd}. Returns false, and does nothing, if the end was decided before. */
  decide(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    for (const release of this.#releases.splice(0)) attempt(release);
    return true;
  }
}

/** Closes `channel`, unless other code has closed it. */
export function closeIfOpen<T>(channel: Channel<T> | SendChannel<T>): void {
  if (!(channelStateOf(channel) as ChannelState<T>).closed) channel.close();
}

/** Calls the user's `onError` with `failure` as an error. Without `onError`, the failure is a panic, and so is an error that `onError` throws. */
export function report(failure: unknown, onError: ((error: Error) => void) | undefined): void {
  const error = toError(failure);
  if (onError === undefined) raise(error);
  else attempt(() => onError(error));
}

// The caller may be a listener of a context or of an emitter, which must not throw.
function attempt(f: () => unknown): void {
  try {
    f();
  } catch (error) {
    raise(error);
  }
}
