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
    const told = new Set<Wait>();
    const parts: string[] = [];
    const goroutines = [...this.#births.keys()].sort((a, b) => a.id - b.id);
    if (goroutines[0]?.id !== 1) goroutines.unshift(topLevel);
    for (const goroutine of goroutines) {
      const waits = [...this.#waits.values()].filter((wait) => wait.goroutine?.id === goroutine.id);
      for (const wait of waits) {
        told.add(wait);
        parts.push(`${head(goroutine, wait.operation)}${indented(wait.at)}${this.origin(goroutine)}`);
      }
      if (waits.length === 0 && goroutine !== topLevel) {
        parts.push(`${head(goroutine, "await")}\ta promise that is not goro's\n${this.origin(goroutine)}`);
      }
    }
    for (const wait of this.#waits.values()) {
      if (!told.has(wait)) parts.push(`goroutine ? [${wait.operation}]:\n${indented(wait.at)}`);
    }
    return parts.join("\n");
  }
}

function head(goroutine: Traced, operation: string): string {
  return `goroutine ${goroutine.id} [${operation}]:${named(goroutine)}\n`;
}

function named(goroutine: Traced): string {
  return goroutine.name === "" ? "" : ` ${goroutine.name}`;
}

/** The register, or undefined without GORO_DEBUG=1. */
export const register: Register | undefined = environment("GORO_DEBUG") === "1" ? new Register() : undefined;

if (register) listen(register);
