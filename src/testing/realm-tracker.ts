// Tracks which code runs in which bubble, by the host's async context: all continuations of a call inside a bubble are inside too.

import { type AsyncLocalStorage, createAsyncLocalStorage } from "../runtime/goroutine-tracking.ts";
import { enableRealms } from "../runtime/scheduler.ts";
import { addHooks, type GoroutineInfo } from "../runtime/hooks.ts";
import type { Realm } from "../runtime/realm.ts";

/** A realm that is notified of its goroutines and waits. */
export interface TrackedRealm extends Realm {
  goroutineStarted(goroutine: GoroutineInfo, creator: GoroutineInfo | undefined): void;
  goroutineExited(goroutine: GoroutineInfo): void;
  blocked(waiter: object, operation: string, isDurable: boolean, goroutine: GoroutineInfo | undefined): void;
  unblocked(waiter: object): void;
}

/** Where code runs. The goroutine is undefined for code of the realm itself. */
export interface Location<W extends TrackedRealm> {
  readonly realm: W;
  readonly goroutine: GoroutineInfo | undefined;
}

/** Tracks the realms of one class. */
export class RealmTracker<W extends TrackedRealm> {
  #store: AsyncLocalStorage<Location<W>> | undefined;
  #global: Location<W> | undefined;
  #enabledCount = 0;
  #removeHooks = (): void => undefined;

  // Code outside of a realm may wake a waiter of the realm.
  readonly #waiters = new WeakMap<object, W>();
  readonly #goroutines = new WeakMap<GoroutineInfo, W>();

  /** The location of the calling code; undefined outside of all realms. */
  get current(): Location<W> | undefined {
    return this.#store?.getStore() ?? this.#global;
  }

  /** Runs `f` in `realm`. Tracking must be enabled. */
  runIn(realm: W, goroutine: GoroutineInfo | undefined, f: () => void): void {
    this.#store?.run({ realm, goroutine }, f);
  }

  /** Runs `f` outside of all realms. */
  outside(f: () => void): void {
    this.#store?.exit(f);
  }

  /** Must be called before a realm is used. Returns a function to call when it is no longer used. */
  enable(): () => void {
    this.#store ??= createAsyncLocalStorage<Location<W>>();
    if (this.#store === undefined) throw new TypeError("bubble: the host has no AsyncLocalStorage, which bubbles need");
    if (++this.#enabledCount === 1) {
      this.#removeHooks = this.#addHooks();
      enableRealms(() => this.current?.realm);
    }
    return () => {
      if (--this.#enabledCount > 0) return;
      this.#removeHooks();
      enableRealms(null);
    };
  }

  /** Makes all code outside of other realms run in `realm`. This cannot be undone. */
  enableGlobally(realm: W): void {
    this.#global = { realm, goroutine: undefined };
    this.enable();
  }

  #addHooks(): () => void {
    return addHooks({
      go: (goroutine) => {
        const { current } = this;
        if (current === undefined) return;
        this.#goroutines.set(goroutine, current.realm);
        current.realm.goroutineStarted(goroutine, current.goroutine);
      },
      run: (goroutine, start) => {
        const { current } = this;
        if (current === undefined) start();
        else this.runIn(current.realm, goroutine, start);
      },
      end: (goroutine) => {
        this.#goroutines.get(goroutine)?.goroutineExited(goroutine);
      },
      block: (waiter, operation, isDurable) => {
        const { current } = this;
        if (current === undefined) return;
        this.#waiters.set(waiter, current.realm);
        current.realm.blocked(waiter, operation, isDurable, current.goroutine);
      },
      unblock: (waiter) => {
        this.#waiters.get(waiter)?.unblocked(waiter);
      },
    });
  }
}
