// Who is inside which bubble. The host knows it: whatever follows from a call inside a bubble is inside too.

import { type AsyncLocalStorage, createAsyncLocalStorage } from "../runtime/goroutine-tracking.ts";
import { enableRealms } from "../runtime/scheduler.ts";
import { addHooks, type BlockReason, type GoroutineInfo } from "../runtime/hooks.ts";
import type { Realm } from "../runtime/realm.ts";

/** A world that wants to know of its goroutines. */
export interface TrackedRealm extends Realm {
  born(goroutine: GoroutineInfo, creator: GoroutineInfo | undefined): void;
  ended(goroutine: GoroutineInfo): void;
  blocked(waiter: object, reason: BlockReason, isDurable: boolean, goroutine: GoroutineInfo | undefined): void;
  unblocked(waiter: object): void;
}

/** Where code runs. The goroutine is undefined for what the world itself does. */
export interface Location<W extends TrackedRealm> {
  readonly realm: W;
  readonly goroutine: GoroutineInfo | undefined;
}

/** The places of one kind of worlds. */
export class RealmTracker<W extends TrackedRealm> {
  #store: AsyncLocalStorage<Location<W>> | undefined;
  #everywhere: Location<W> | undefined;
  #open = 0;
  #stopListening = (): void => undefined;

  // In which world somebody waits is asked by whoever wakes them, from anywhere.
  readonly #waiting = new WeakMap<object, W>();
  readonly #living = new WeakMap<GoroutineInfo, W>();

  /** Where the code runs that asks; undefined in the real world. */
  get current(): Location<W> | undefined {
    return this.#store?.getStore() ?? this.#everywhere;
  }

  /** Runs `f` in `world`, which must have been opened. */
  runIn(realm: W, goroutine: GoroutineInfo | undefined, f: () => void): void {
    this.#store?.run({ realm: realm, goroutine }, f);
  }

  /** Runs `f` in the real world. */
  outside(f: () => void): void {
    this.#store?.exit(f);
  }

  /** Must be called before a world is used; answers how to say that it is not used any more. */
  enable(): () => void {
    this.#store ??= createAsyncLocalStorage<Location<W>>();
    if (this.#store === undefined)
      throw new TypeError("bubble: the host cannot tell who is inside: no AsyncLocalStorage");
    if (++this.#open === 1) {
      this.#stopListening = this.#listen();
      enableRealms(() => this.current?.realm);
    }
    return () => {
      if (--this.#open > 0) return;
      this.#stopListening();
      enableRealms(null);
    };
  }

  /** Makes all that is in no other world be in `world`, for good. */
  enableGlobally(realm: W): void {
    this.#everywhere = { realm: realm, goroutine: undefined };
    this.enable();
  }

  #listen(): () => void {
    return addHooks({
      go: (goroutine) => {
        const { current: here } = this;
        if (here === undefined) return;
        this.#living.set(goroutine, here.realm);
        here.realm.born(goroutine, here.goroutine);
      },
      run: (goroutine, start) => {
        const { current: here } = this;
        if (here === undefined) start();
        else this.runIn(here.realm, goroutine, start);
      },
      end: (goroutine) => {
        this.#living.get(goroutine)?.ended(goroutine);
      },
      block: (waiter, reason, isDurable) => {
        const { current: here } = this;
        if (here === undefined) return;
        this.#waiting.set(waiter, here.realm);
        here.realm.blocked(waiter, reason, isDurable, here.goroutine);
      },
      unblock: (waiter) => {
        this.#waiting.get(waiter)?.unblocked(waiter);
      },
    });
  }
}
