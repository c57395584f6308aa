// A small `process` for a worker. The library looks up `globalThis.process` when it is loaded, and finds there what it uses of Node: the
// environment, the output, the events at the end, and builtin modules.

import { AsyncLocalStorage, AsyncResource } from "./context.ts";
import { formatValues } from "./format-values.ts";
import type { Output } from "./messages.ts";

type Listener = (...args: unknown[]) => void;

/** What the worker gives to the process. */
export interface ProcessHost {
  readonly processors: number;
  /** The text of the program, from which names of channels are read. */
  readonly source: string;
  /** Called with each write. */
  write(stream: Output["stream"], text: string): void;
  /** Called when the program exits, after the listeners of the event `exit`. */
  exit(code: number): void;
  /** Called with an error that a listener of the event `exit` has thrown. */
  uncaught(error: unknown): void;
}

/** A stream of the process. */
class Stream {
  readonly write: (text: unknown) => boolean;

  constructor(write: (text: string) => void) {
    this.write = (text) => {
      write(String(text));
      return true;
    };
  }
}

/** The process. */
export class WorkerProcess {
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[] = ["node", "main.ts"];
  readonly stdout: Stream;
  readonly stderr: Stream;
  exitCode: number | string | undefined;
  readonly #listeners = new Map<string, Listener[]>();
  #isExiting = false;

  /** Set before the program starts. */
  host!: ProcessHost;

  constructor(env: Readonly<Record<string, string>>) {
    this.env = env;
    this.stdout = new Stream((text) => this.host.write("stdout", text));
    this.stderr = new Stream((text) => this.host.write("stderr", text));
  }

  exit(code: number | string | undefined = this.exitCode): void {
    this.exitCode = code;
    // A listener may exit, too, with another code.
    if (this.#isExiting) return;
    this.#isExiting = true;
    try {
      this.emit("exit", this.#code);
    } catch (error) {
      this.host.uncaught(error);
    }
    this.host.exit(this.#code);
  }

  get #code(): number {
    return Number(this.exitCode ?? 0);
  }

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, [...this.listeners(event), listener]);
    return this;
  }

  off(event: string, listener: Listener): this {
    const listeners = this.listeners(event);
    const index = listeners.lastIndexOf(listener);
    if (index >= 0) this.#listeners.set(event, listeners.toSpliced(index, 1));
    return this;
  }

  emit(event: string, ...args: unknown[]): boolean {
    const listeners = this.listeners(event);
    for (const listener of listeners) listener.apply(this, args);
    return listeners.length > 0;
  }

  listeners(event: string): Listener[] {
    return this.#listeners.get(event) ?? [];
  }

  listenerCount(event: string): number {
    return this.listeners(event).length;
  }

  getBuiltinModule(name: string): unknown {
    switch (name.replace(/^node:/, "")) {
      case "async_hooks":
        return { AsyncLocalStorage, AsyncResource };
      case "fs":
        return { readFileSync: () => this.host.source };
      case "os":
        return {
          availableParallelism: () => this.host.processors,
          constants: { signals: { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } },
        };
      case "events":
        return { setMaxListeners: () => undefined };
      default:
        return undefined;
    }
  }

  /** Makes `console` write to the streams. */
  replaceConsole(): void {
    const print =
      ({ write }: Stream): Listener =>
      (...values) => {
        write(`${formatValues(values)}\n`);
      };
    Object.assign(console, {
      log: print(this.stdout),
      info: print(this.stdout),
      debug: print(this.stdout),
      warn: print(this.stderr),
      error: print(this.stderr),
    });
  }
}
