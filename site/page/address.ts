// The part of the address after "#", which names a run: "#seed=7", or "#seed=7&mistake=2".

/** A run of a lesson. */
export interface RunAddress {
  /** The seed: an integer from 1. */
  readonly seed: number;
  /** The number of the mistake, from 1; 0 for the program as it is. */
  readonly mistake: number;
}

/** Returns the run that an address names, or `undefined` if it names none. `mistakes` is the number of mistakes of the lesson. */
export function parseAddress(hash: string, mistakes: number): RunAddress | undefined {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const seed = toInteger(fields.get("seed"));
  const mistake = toInteger(fields.get("mistake"));
  if (seed === undefined && mistake === undefined) return undefined;
  return { seed: seed ?? 1, mistake: mistake !== undefined && mistake <= mistakes ? mistake : 0 };
}

/** Returns the address of a run. */
export function formatAddress({ seed, mistake }: RunAddress): string {
  return `#seed=${seed}${mistake === 0 ? "" : `&mistake=${mistake}`}`;
}

function toInteger(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
