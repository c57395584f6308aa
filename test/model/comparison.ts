// One history of channels, run by the library and by the model side by side.

import { type Case, Model, sendOnClosed, type Waiting } from "./channels.ts";
import { contexts, type Form, type History, type Step, type StepCase } from "./operations.ts";
import type { WaiterRegister } from "./bookkeeping.ts";
import { SystemUnderTest, formatResult } from "./system-under-test.ts";

export class Comparison {
  readonly #history: History;
  readonly #model: Model;
  readonly #system: SystemUnderTest;
  readonly #register: WaiterRegister;
  readonly #results = new Map<number, string>();
  #operations = 0;

  /** `register` is used by this history only. */
  constructor(history: History, register: WaiterRegister) {
    const { capacities } = history;
    this.#history = history;
    this.#register = register;
    this.#system = new SystemUnderTest(capacities, contexts, register);
    const done = new Array<number>(contexts).fill(0);
    this.#model = new Model([...capacities, ...done], (...choice) => this.#follow(...choice));
  }

  /** The number of operations so far. */
  get operations(): number {
    return this.#operations;
  }

  /** Records a result of an operation of the library. */
  note(operation: number, result: unknown): void {
    const before = this.#results.get(operation);
    const word = formatResult(result);
    this.#results.set(operation, before === undefined ? word : `${before} and ${word}`);
  }

  /**
   * Runs all operations in the library, one at a time, and yields after each. When all results of the step have been noted, the
   * caller calls the yielded function, which runs the same step in the model and throws an `Error` if they differ.
   */
  *run(): Generator<() => void> {
    for (const step of this.#history.steps) yield* this.#step(step);
    for (const [channel] of this.#history.capacities.entries()) {
      if (this.#model.channels[channel]?.closed === false) yield this.#close(channel);
      const times = 1 + (this.#model.channels[channel]?.buffer.length ?? 0);
      yield* this.#step({ kind: "receive", channel, times, context: null });
    }
  }

  *#step(step: Step): Generator<() => void> {
    switch (step.kind) {
      case "select":
        yield this.#communicate("select", step.cases, step.default);
        break;
      case "close":
        yield this.#close(step.channel);
        break;
      case "cancel":
        yield this.#cancel(step.context);
        break;
      case "withdraw":
        if (this.#model.waiting.length > 0) yield this.#withdraw(step.waiting % this.#model.waiting.length);
        break;
      default:
        for (let time = 0; time < step.times; time++) {
          const [form, kind] = plain[step.kind];
          const context = form === "try" ? null : step.context;
          yield this.#communicate(form, [{ kind, channel: step.channel }], form === "try", context);
        }
    }
  }

  #communicate(
    form: Form,
    chosen: readonly StepCase[],
    hasDefault: boolean,
    context: number | null = null,
  ): () => void {
    const operation = this.#next();
    const cases: Case[] = chosen.map((selectCase, index) => ({ ...selectCase, value: operation * 10 + index }));
    this.#register.acting = operation;
    const result = this.#system.communicate(operation, form, cases, hasDefault, context);
    if (typeof result === "string") {
      this.#results.set(operation, result);
    } else {
      const note = (result: unknown): void => this.note(operation, result);
      result.then(note, note);
    }
    return this.#check(() =>
      this.#model.select(operation, cases, hasDefault, context === null ? null : { context, isLoop: form === "range" }),
    );
  }

  #close(channel: number): () => void {
    const operation = this.#next();
    this.#results.set(operation, this.#system.close(channel));
    return this.#check(() => this.#model.close(operation, channel));
  }

  // For the model, canceling a context closes a channel without senders, and ends the operations that were given the context.
  #cancel(context: number): () => void {
    const operation = this.#next();
    this.#system.cancel(context);
    this.#results.set(operation, "close");
    return this.#check(() => {
      const done = this.#history.capacities.length + context;
      this.#model.close(operation, done);
      this.#model.cancel(context);
      this.#model.renew(done);
    });
  }

  #withdraw(index: number): () => void {
    this.#next();
    const { operation } = this.#model.waiting[index] as Waiting;
    this.#register.acting = null;
    const result = this.#system.withdraw(operation);
    return this.#check(() => {
      this.#model.withdraw(operation);
      if (result !== undefined) this.#model.results.set(operation, result);
    });
  }

  #next(): number {
    return this.#operations++;
  }

  // The chosen case must be one of the options. If it is not, the model takes the first, and the check reports the difference.
  #follow(operation: number, cases: readonly Case[], options: readonly number[]): number {
    const result = this.#results.get(operation);
    const chosen = options.find((index) => {
      const { kind, channel } = cases[index] as Case;
      const panics = kind === "send" && this.#model.channels[channel as number]?.closed === true;
      return panics ? result === sendOnClosed : result?.startsWith(`${index}:`) === true;
    });
    return chosen ?? (options[0] as number);
  }

  #check(follow: () => void): () => void {
    return () => {
      follow();
      const [real, expected] = [this.#real(), this.#expected()];
      this.#results.clear();
      this.#model.results.clear();
      if (real === expected) return;
      throw new Error(`after operation ${this.#operations - 1}\nthe library: ${real}\nthe model:   ${expected}`);
    };
  }

  #real(): string {
    const channels = this.#model.channels.map((_, index) => this.#system.describeChannel(index));
    return [formatResults(this.#results), `${this.#register.size} wait`, ...channels].join("; ");
  }

  #expected(): string {
    const model = this.#model;
    const channels = model.channels.map(({ buffer, capacity }, index) => {
      return `${buffer.length} of ${capacity}, ${model.queue("send", index).join()} > ${model.queue("receive", index).join()}`;
    });
    return [formatResults(model.results), `${model.waiting.length} wait`, ...channels].join("; ");
  }
}

const plain = {
  send: ["plain", "send"],
  receive: ["plain", "receive"],
  trySend: ["try", "send"],
  tryReceive: ["try", "receive"],
  next: ["range", "receive"],
} as const;

// Sorted by operation, because all results of one step have the same time.
function formatResults(results: ReadonlyMap<number, string>): string {
  return [...results]
    .sort(([a], [b]) => a - b)
    .map(([operation, word]) => `${operation} ${word}`)
    .join(", ");
}
