// The work of the rows: functions that take time and note their steps.

const steps: string[] = [];

/** The instant at which the present program has started. */
let start = 0;

/** Forgets the steps of the program before. */
export function resetSteps(): void {
  steps.length = 0;
  start = Date.now();
}

/** Returns the steps so far. */
export function takeSteps(): string[] {
  return steps.splice(0);
}

/** Notes a step, with the time in milliseconds since the start. */
export function note(step: unknown): void {
  steps.push(`${Date.now() - start} ms: ${String(step)}`);
}

/** Resolves after `ms` milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export const ids: readonly number[] = [1, 2, 3, 4];

/** Loads a user in 10 ms. User 0 does not exist. */
export async function load(id: number): Promise<string> {
  note(`start ${id}`);
  await sleep(10);
  if (id === 0) throw new Error("no user 0");
  note(`end ${id}`);
  return `user ${id}`;
}

/** Loads a user as {@link load} does, with an abort of `signal` as an end. */
export async function request(id: number, signal: AbortSignal | undefined): Promise<string> {
  note(`start ${id}`);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, 10);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      note(`abort ${id}`);
      reject(signal.reason as Error);
    });
  });
  note(`end ${id}`);
  return `user ${id}`;
}

/** Returns the message of the error with which `promise` rejects, and its value otherwise. */
export async function messageOf<T>(promise: PromiseLike<T>): Promise<T | string> {
  try {
    return await promise;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Returns the name of the error with which `promise` rejects, and its value otherwise. */
export async function errorNameOf<T>(promise: PromiseLike<T>): Promise<T | string> {
  try {
    return await promise;
  } catch (error) {
    return (error as Error).name;
  }
}
