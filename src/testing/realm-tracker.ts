// Who is inside which bubble. The host knows it: whatever follows from a call inside a bubble is inside too.

import { type AsyncStore, makeAsyncStore } from "../runtime/goroutine-tracking.ts";
import { openWorlds } from "../runtime/scheduler.ts";
import { listen, type Traced } from "../runtime/hooks.ts";
import type { World } from "../runtime/realm.ts";

/** A world that wants to know of its goroutines. */
export interface Inhabited extends World {
  born(goroutine: Traced, creator: Traced | undefined): void;
  ended(goroutine: Traced): void;
  blocked(party: object, operation: string, isDurable: boolean, goroutine: Traced | undefined): void;
  unblocked(party: object): void;
}

/** Where code runs. The goroutine is undefined for what the world itself does. */
export interface Place<W extends Inhabited> {
  readonly world: W;
  readonly goroutine: Traced | undefined;
}

/** The places of one kind of worlds. */
export class Places<W extends Inhabited> {
  #store: AsyncStore<Place<W>> | undefined;
  #everywhere: Place<W> | undefined;
  #open = 0;
  #stopListening = (): void => undefined;

  // In which world somebody waits is asked by whoever wakes them, from anywhere.
  readonly #waiting = new WeakMap<object, W>();
  readonly #living = new WeakMap<Traced, W>();

  /** Where the code runs that asks; undefined in the real world. */
  get here(): Place<W> | undefined {
    return this.#store?.getStore() ?? this.#everywhere;
  }

  /** Runs `f` in `world`, which must have been opened. */
  inside(world: W, goroutine: Traced | undefined, f: () => void): void {
    this.#store?.run({ world, goroutine }, f);
  }

  /** Runs `f` in the real world. */
  outside(f: () => void): void {
    this.#store?.exit(f);
  }

  /** Must be called before a world is used; answers how to say that it is not used any more. */
  open(): () => void {
    this.#store ??= makeAsyncStore<Place<W>>();
    if (this.#store === undefined)
      throw new TypeError("bubble: the host cannot tell who is inside: no AsyncLocalStorage");
    if (++this.#open === 1) {
      this.#stopListening = this.#listen();
      openWorlds(() => this.here?.world);
    }
    return () => {
      if (--this.#open > 0) return;
      this.#stopListening();
      openWorlds(null);
    };
  }

  /** Makes all that is in no other world be in `world`, for good. */
  openEverywhere(world: W): void {
    this.#everywhere = { world, goroutine: undefined };
    this.open();
  }

  #listen(): () => void {
    return listen({
      go: (goroutine) => {
        const { here } = this;
        if (here === undefined) return;
        this.#living.set(goroutine, here.world);
        here.world.born(goroutine, here.goroutine);
      },
      run: (goroutine, start) => {
        const { here } = this;
        if (here === undefined) start();
        else this.inside(here.world, goroutine, start);
      },
      end: (goroutine) => {
        this.#living.get(goroutine)?.ended(goroutine);
      },
      block: (party, operation, isDurable) => {
        const { here } = this;
        if (here === undefined) return;
        this.#waiting.set(party, here.world);
        here.world.blocked(party, operation, isDurable, here.goroutine);
      },
      unblock: (party) => {
        this.#waiting.get(party)?.unblocked(party);
      },
    });
  }
}
