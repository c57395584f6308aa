// The seed and the number of runs of the models.

/** GORO_SEED, if it is set, otherwise 1: the same seed gives the same programs and histories. */
export const seed: number = Number(globalThis.process?.env["GORO_SEED"] ?? 1);

/** GORO_EFFORT, if it is set, otherwise 1: the factor for the number of random histories. */
export const effort: number = Number(globalThis.process?.env["GORO_EFFORT"] ?? 1);
