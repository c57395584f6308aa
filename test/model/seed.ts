// Where the randomness of the proofs comes from.

/** GORO_SEED, if that is set, and else 1: the same seed gives the same programs and histories. */
export const seed: number = Number(globalThis.process?.env["GORO_SEED"] ?? 1);

/** GORO_EFFORT, if that is set, and otherwise 1: by how much the number of random histories is multiplied. */
export const effort: number = Number(globalThis.process?.env["GORO_EFFORT"] ?? 1);
