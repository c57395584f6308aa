// One history of channels, lived by the library and by the model side by side.

import { type Case, Model, sendOnClosed, type Waiting } from "./channels.ts";
import { contexts, type Form, type History, type Step, type StepCase } from "./histories.ts";
import type { Register } from "./ledger.ts";
import { Stage, wordOf } from "./stage.ts";

export class Comparison {
  readonly #history: History;
  readonly #model: Model;
  readonly #stage: Stage;
  readonly #register: Register;
  readonly #told = new Map<number, string>();
  #operations = 0;

  /** `register` belongs to this history alone. */
  constructor(history: History, register: Register) {
    const { capacities } = history;
    this.#history = history;
    this.#register = register;
    this.#stage = new Stage(capacities, contexts, register);
    const done = new Array<number>(contexts).fill(0);
    this.#model = new Model([...capacities, ...done], (...choice) => this.#follow(...choice));
  }

  /** How many operations there have been. */
  get operations(): number {
    return this.#operations;
  }

  /** Hears what the library has told an operation. */
  note(operation: number, result: unknown): void {
    const before = this.#told.get(operation);
    const word = wordOf(result);
    this.#told.set(operation, before === undefined ? word : `${before} and ${word}`);
  }

  /**
   * Lets the library do all operations one by one. Each time it stops: when all have been noted that were told something, what
   * it gives is to be called, which lets the model do the same, and throws an `Error` if anything is different.
   */
  *live(): Generator<() => void> {
    for (const step of this.#history.steps) yield* this.#step(step);
    for (const [channel] of this.#history.capacities.entries()) {
      if (this.#model.channels[channel]?.closed === false) yield this.#close(channel);
      const times = 1 + (this.#model.channels[channel]?.buffer.length ?? 0);
      yield* this.#step({ kind: "receive", channel, times });
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
      case "giveUp":
        if (this.#model.waiting.length > 0) yield this.#giveUp(step.waiting % this.#model.waiting.length);
        break;
      default:
        for (let time = 0; time < step.times; time++) {
          const [form, kind] = plain[step.kind];
          yield this.#communicate(form, [{ kind, channel: step.channel }], form === "try");
        }
    }
  }

  #communicate(form: Form, chosen: readonly StepCase[], hasDefault: boolean): () => void {
    const operation = this.#next();
    const cases: Case[] = chosen.map((one, index) => ({ ...one, value: operation * 10 + index }));
    this.#register.acting = operation;
    const told = this.#stage.communicate(operation, form, cases, hasDefault);
    if (typeof told === "string") {
      this.#told.set(operation, told);
    } else {
      const note = (result: unknown): void => this.note(operation, result);
      told.then(note, note);
    }
    return this.#check(() => this.#model.select(operation, cases, hasDefault));
  }

  #close(channel: number): () => void {
    const operation = this.#next();
    this.#told.set(operation, this.#stage.close(channel));
    return this.#check(() => this.#model.close(operation, channel));
  }

  // The end of a context is the end of a channel to which nobody sends.
  #cancel(context: number): () => void {
    const operation = this.#next();
    this.#stage.cancel(context);
    this.#told.set(operation, "close");
    return this.#check(() => {
      const done = this.#history.capacities.length + context;
      this.#model.close(operation, done);
      this.#model.renew(done);
    });
  }

  #giveUp(index: number): () => void {
    this.#next();
    const { operation } = this.#model.waiting[index] as Waiting;
    this.#register.acting = null;
    const told = this.#stage.giveUp(operation);
    return this.#check(() => {
      this.#model.giveUp(operation);
      if (told !== undefined) this.#model.told.set(operation, told);
    });
  }

  #next(): number {
    return this.#operations++;
  }

  // What was chosen must be one of the options; where it is none, the first is taken, and the difference will show.
  #follow(operation: number, cases: readonly Case[], options: readonly number[]): number {
    const told = this.#told.get(operation);
    const chosen = options.find((index) => {
      const { kind, channel } = cases[index] as Case;
      const panics = kind === "send" && this.#model.channels[channel as number]?.closed === true;
      return panics ? told === sendOnClosed : told?.startsWith(`${index}:`) === true;
    });
    return chosen ?? (options[0] as number);
  }

  #check(follow: () => void): () => void {
    return () => {
      follow();
      const [real, modelled] = [this.#real(), this.#modelled()];
      this.#told.clear();
      this.#model.told.clear();
      if (real === modelled) return;
      throw new Error(`after operation ${this.#operations - 1}\nthe library: ${real}\nthe model:   ${modelled}`);
    };
  }

  #real(): string {
    const channels = this.#model.channels.map((_, index) => this.#stage.look(index));
    return [listed(this.#told), `${this.#register.size} wait`, ...channels].join("; ");
  }

  #modelled(): string {
    const model = this.#model;
    const channels = model.channels.map(({ buffer, capacity }, index) => {
      return `${buffer.length} of ${capacity}, ${model.line("send", index).join()} > ${model.line("receive", index).join()}`;
    });
    return [listed(model.told), `${model.waiting.length} wait`, ...channels].join("; ");
  }
}

const plain = {
  send: ["plain", "send"],
  receive: ["plain", "receive"],
  trySend: ["try", "send"],
  tryReceive: ["try", "receive"],
  next: ["range", "receive"],
} as const;

// In no order but that of the operations: all of one step are told at the same time.
function listed(told: ReadonlyMap<number, string>): string {
  return [...told]
    .sort(([a], [b]) => a - b)
    .map(([operation, word]) => `${operation} ${word}`)
    .join(", ");
}
