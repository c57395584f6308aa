// How a border ends. A border can end in several ways, and any two of them may meet; the first one decides, synchronously.

import { type Channel, channelStateOf, type SendChannel } from "../channel/channel.ts";
import type { ChannelState } from "../channel/channel-state.ts";
import { toError } from "../util/inspect.ts";
import { raise } from "../runtime/goroutine.ts";

/** The end of one border. Every way to end asks it first. */
export class Ending {
  #isOver = false;
  readonly #releases: (() => unknown)[] = [];

  /** Whether the end has been decided. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls `release` when the end is decided; immediately, if it has been. What it throws is a panic. */
  onEnd(release: () => unknown): void {
    if (this.#isOver) attempt(release);
    else this.#releases.push(release);
  }

  /** Decides the end and releases what was held for the border. Returns false, and does nothing, if the end was decided before. */
  decide(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    for (const release of this.#releases.splice(0)) attempt(release);
    return true;
  }
}

/** Closes `channel`, unless other code has closed it, which any holder of the channel may do at any time. */
export function closeIfOpen<T>(channel: Channel<T> | SendChannel<T>): void {
  if (!(channelStateOf(channel) as ChannelState<T>).closed) channel.close();
}

/** Calls the user's `onError` with `failure` as an error. Without `onError`, the failure is a panic; so is what `onError` throws. */
export function report(failure: unknown, onError: ((error: Error) => void) | undefined): void {
  const error = toError(failure);
  if (onError === undefined) raise(error);
  else attempt(() => onError(error));
}

// The caller may be a listener on a context or on an emitter, which must not throw.
function attempt(f: () => unknown): void {
  try {
    f();
  } catch (error) {
    raise(error);
  }
}
