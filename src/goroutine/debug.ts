// What GORO_DEBUG=1 turns on: a register of every goroutine and of every operation that waits, with the places in the
// program. It is a listener of the trace hook, so that without it nothing is captured and nothing is paid.

import { listen, type Trace, type Traced } from "../internal/trace.ts";
import { builtin, environment } from "./host.ts";
import { indented } from "./panic.ts";
import { callers } from "./stack.ts";

interface Birth {
  readonly creator: Traced;
  readonly at: readonly string[];
}

interface Wait {
  readonly operation: string;
  readonly goroutine: Traced | undefined;
  readonly at: readonly string[];
}

interface Store<T> {
  run(value: T, f: () => void): void;
  getStore(): T | undefined;
}

const topLevel: Traced = { id: 1, name: "" };

class Register implements Trace {
  readonly #births = new Map<Traced, Birth>();
  readonly #waits = new Map<object, Wait>();

  // Which goroutine runs is known by the host alone; where it does not tell, a wait has no goroutine.
  readonly #current: Store<Traced> | undefined;

  constructor() {
    const hooks = builtin<{ AsyncLocalStorage: new () => Store<Traced> }>("async_hooks");
    this.#current = hooks && new hooks.AsyncLocalStorage();
  }

  go(goroutine: Traced): void {
    this.#births.set(goroutine, { creator: this.#current?.getStore() ?? topLevel, at: callers() });
  }

  run(goroutine: Traced, start: () => void): void {
    if (this.#current) this.#current.run(goroutine, start);
    else start();
  }

  end(goroutine: Traced): void {
    this.#births.delete(goroutine);
  }

  block(party: object, operation: string): void {
    const goroutine = this.#current && (this.#current.getStore() ?? topLevel);
    this.#waits.set(party, { operation, goroutine, at: callers() });
  }

  unblock(party: object): void {
    this.#waits.delete(party);
  }

  /** Where `goroutine` was started. */
  origin(goroutine: Traced): string {
    const birth = this.#births.get(goroutine);
    if (birth === undefined || goroutine.id === 1) return "";
    return `created by goroutine ${birth.creator.id}${named(birth.creator)}\n${indented(birth.at)}`;
  }

  /** Everybody who lives, the main goroutine first, each with what it waits for and where. */
  report(): string {
    const waits = new Map<number, Wait[]>();
    for (const wait of this.#waits.values()) {
      const id = wait.goroutine?.id ?? unknown;
      waits.set(id, [...(waits.get(id) ?? []), wait]);
    }
    const goroutines = [...this.#births.keys()].sort((a, b) => a.id - b.id);
    if (goroutines[0]?.id !== 1 && waits.has(1)) goroutines.unshift(topLevel);
    const parts = goroutines.flatMap((goroutine) => {
      const own = waits.get(goroutine.id) ?? [{ operation: "await", at: ["a promise that is not goro's"] }];
      return own.map(({ operation, at }) => {
        return `goroutine ${goroutine.id} [${operation}]:${named(goroutine)}\n${indented(at)}${this.origin(goroutine)}`;
      });
    });
    for (const { operation, at } of waits.get(unknown) ?? []) {
      parts.push(`goroutine ? [${operation}]:\n${indented(at)}`);
    }
    return parts.join("\n");
  }
}

/** Stands for the goroutine of a wait where the host does not tell which one runs. */
const unknown = 0;

function named(goroutine: Traced): string {
  return goroutine.name === "" ? "" : ` ${goroutine.name}`;
}

/** The register, or undefined without GORO_DEBUG=1. */
export const register: Register | undefined = environment("GORO_DEBUG") === "1" ? new Register() : undefined;

if (register) listen(register);
