// The guard of the loops of a program: a loop that keeps the event loop from turning is stopped by an error that names its line.

/** How many rounds of loops pass between two readings of the clock. */
const roundsPerCheck = 1024;

/** The error that leaves an endless loop. */
export class EndlessLoop extends Error {
  readonly line: number;

  constructor(line: number, limit: number) {
    super(`the loop in line ${line} has run for ${limit / 1000} s without a wait`);
    this.line = line;
  }

  static {
    this.prototype.name = "EndlessLoop";
  }
}

/** Guards the loops of one program. */
export class LoopGuard {
  readonly #limit: number;
  readonly #onEndless: (error: EndlessLoop) => void;
  #turnStart = performance.now();
  #rounds = 0;
  #error: EndlessLoop | undefined;

  /**
   * @param limit - how long the program may run, in milliseconds, before the event loop turns
   * @param onEndless - called once, before the loop is left
   */
  constructor(limit: number, onEndless: (error: EndlessLoop) => void) {
    this.#limit = limit;
    this.#onEndless = onEndless;
  }

  /** Called at each turn of the event loop. */
  turn(): void {
    this.#turnStart = performance.now();
  }

  /**
   * Called in each round of a loop.
   *
   * @throws {EndlessLoop} if the program has run for too long. A program that catches the error gets it again in its next loop.
   */
  readonly check = (line: number): void => {
    if (this.#error !== undefined) throw this.#error;
    if (++this.#rounds % roundsPerCheck !== 0 || performance.now() - this.#turnStart < this.#limit) return;
    this.#error = new EndlessLoop(line, this.#limit);
    this.#onEndless(this.#error);
    throw this.#error;
  };
}
