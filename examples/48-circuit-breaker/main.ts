// A circuit breaker: after three failures in a row the circuit is open and calls fail at once. After a pause it is half
// open: one call is let through, and its result closes the circuit or opens it again.

import { main, time } from "goro";

const unit = 50 * time.millisecond;

const errOpen = new Error("circuit is open");

type State = "closed" | "open" | "half open" | "trying";

// Breaker lets calls through while a service works. Open and half open are the two other states.
class Breaker {
  // All goroutines share one thread, and no method but call awaits anything: no lock is needed.
  #state: State = "closed";
  #failures = 0;
  readonly #limit: number;
  readonly #pause: number;

  constructor(limit: number, pause: number) {
    this.#limit = limit;
    this.#pause = pause;
  }

  // call runs f unless the circuit is open. While one call tries a half open circuit, the others fail.
  async call(f: () => Promise<void>): Promise<void> {
    if (!this.#enter()) {
      throw errOpen;
    }
    try {
      await f();
    } catch (err) {
      this.#leave(err as Error);
      throw err;
    }
    this.#leave(undefined);
  }

  #enter(): boolean {
    switch (this.#state) {
      case "closed":
        return true;
      case "half open":
        this.#set("trying");
        return true;
      case "open":
      case "trying":
        return false;
    }
  }

  #leave(err: Error | undefined): void {
    if (!err) {
      this.#failures = 0;
      this.#set("closed");
      return;
    }
    this.#failures++;
    if (this.#state === "trying" || this.#failures === this.#limit) {
      this.#set("open");
      time.afterFunc(this.#pause, () => this.#set("half open"));
    }
  }

  #set(state: State): void {
    if (this.#state !== state) {
      console.log(`  ${this.#state} -> ${state}`);
    }
    this.#state = state;
  }
}

// The service is down from request 3 to request 6.
class Service {
  requests = 0;

  readonly fetch = async (): Promise<void> => {
    const request = ++this.requests;
    await time.sleep(unit / 10);
    if (request >= 3 && request <= 6) {
      throw new Error(`request ${request}: service unavailable`);
    }
  };
}

main(async () => {
  const service = new Service();
  const breaker = new Breaker(3, 3.5 * unit);

  // One call in each unit. The fourth failure is that of the first try.
  for (let i = 1; i <= 16; i++) {
    try {
      await breaker.call(service.fetch);
      console.log(`call ${i}: ok`);
    } catch (err) {
      console.log(`call ${i}: ${(err as Error).message}`);
    }
    await time.sleep(unit);
  }
  console.log("requests that reached the service:", service.requests);
});

// Try: let two goroutines call in each unit. How many calls reach the service while the circuit is half open?
