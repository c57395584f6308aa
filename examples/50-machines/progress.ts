// The counts of the photos, and their display: a bar on a terminal, and lines elsewhere.

import type { SingleBar } from "cli-progress";
import { Channel, type ReceiveChannel, time } from "goro";

/** What a process reports of a photo: the queue has it, the function has been called with it, or it has its outcome. */
export type Status = "accepted" | "started" | "done" | "failed" | "canceled";

export class Progress {
  /** Closed when no photo has ended for a minute, from the first call of `reached` on. */
  readonly stalled: Channel<never> = new Channel<never>();

  #watchdog: ReturnType<typeof time.afterFunc> | undefined;
  readonly #total: number;
  readonly #bar: SingleBar | undefined;
  readonly #goals: { readonly count: number; readonly reached: Channel<never> }[] = [];
  readonly #runs = new Map<string, number>();
  readonly #outcomes = new Map<string, Status>();
  #accepted = 0;

  private constructor(total: number, bar: SingleBar | undefined) {
    this.#total = total;
    this.#bar = bar;
    bar?.start(total, 0);
  }

  static async start(total: number): Promise<Progress> {
    if (!process.stdout.isTTY) return new Progress(total, undefined);
    const { Presets, SingleBar } = await import("cli-progress");
    const format = "{bar} {value} of {total} photos";
    return new Progress(total, new SingleBar({ format, stream: process.stdout }, Presets.shades_classic));
  }

  add(status: Status, photo: string): void {
    if (status === "accepted") this.#accepted++;
    else if (status === "started") this.#runs.set(photo, (this.#runs.get(photo) ?? 0) + 1);
    else if (status !== "canceled" && !this.#outcomes.has(photo)) this.#addOutcome(status, photo);
  }

  /** Returns a channel that is closed when `count` photos have their outcomes. */
  reached(count: number): ReceiveChannel<never> {
    this.#watchdog ??= time.afterFunc(time.minute, () => this.stalled.close());
    const reached = new Channel<never>();
    this.#goals.push({ count, reached });
    return reached;
  }

  /** Prints a line, above the bar. */
  log(line: string): void {
    if (this.#bar === undefined) {
      console.log(line);
      return;
    }
    process.stdout.write(`\r\u001b[K${line}\n`);
    this.#bar.render();
  }

  /** Ends the display, and prints the counts. `missing` names the photos that were accepted and have no outcome. */
  end(missing: "lost" | "not done yet"): void {
    this.#watchdog?.stop();
    this.#bar?.stop();
    if (this.#accepted === 0) return;
    const ended = [...this.#outcomes.values()];
    const done = ended.filter((status) => status === "done").length;
    const failed = ended.length - done;
    const twice = [...this.#runs.values()].filter((runs) => runs > 1).length;
    const counts = [`accepted ${this.#accepted}`, `done ${done}`, ...(failed > 0 ? [`failed ${failed}`] : [])];
    counts.push(`run twice ${twice}`, `${missing} ${this.#accepted - ended.length}`);
    console.log(counts.join(", "));
  }

  #addOutcome(status: Status, photo: string): void {
    this.#outcomes.set(photo, status);
    this.#watchdog?.reset(time.minute);
    const count = this.#outcomes.size;
    if (this.#bar !== undefined) this.#bar.update(count);
    else if (count % (this.#total / 10) === 0) console.log(`${count} of ${this.#total} photos`);
    for (const goal of this.#goals) if (goal.count === count) goal.reached.close();
  }
}
