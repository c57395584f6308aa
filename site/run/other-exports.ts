// The names of the exports of `goro` that `library-core.ts` does not have.

/** The names, in the order of the alphabet. */
export const otherExports: readonly string[] = [
  "Broadcast",
  "ClearedError",
  "Cond",
  "ErrGroup",
  "KeyedMutex",
  "LeaseLost",
  "LossyChannel",
  "Once",
  "RWMutex",
  "RateLimiter",
  "ResultGroup",
  "Semaphore",
  "SingleFlight",
  "StoppedError",
  "Stopping",
  "WorkerPool",
  "createLimit",
  "deliveryOf",
  "fromEvents",
  "fromIterable",
  "fromReadableStream",
  "mapOrdered",
  "onceFunc",
  "onceValue",
  "parseRetryAfter",
  "promise",
  "recover",
  "retry",
  "runPool",
  "toReadableStream",
  "toWritableStream",
  "waitFor",
];

const mention = new RegExp(`\\b(?:${otherExports.join("|")})\\b|\\*\\s*as\\b`);

/** Whether a program may use one of these exports: its imports contain the name, or all exports as a namespace. */
export function mayUseOtherExports(source: string): boolean {
  const imports = source.match(/\bimport\b[^;"']*["']goro["']/g) ?? [source];
  return imports.some((text) => mention.test(text));
}
