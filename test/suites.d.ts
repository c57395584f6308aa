export const slow: readonly string[];
export const memory: readonly string[];
export const faults: readonly string[];
export function leftOut(args: readonly string[]): string[];
