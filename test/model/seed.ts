// Where the randomness of the proofs comes from.

/** GORO_SEED, if that is set, and else 1: the same seed gives the same programs and histories. */
export const seed: number = Number(globalThis.process?.env["GORO_SEED"] ?? 1);
