// The comparison of the output of an example with that of its Go twin, as far as the order of the lines is determined.

/** The promise of an example about its output. Each example exports one, in `order.ts` beside its `main.ts`. */
export interface Order {
  /** The patterns that it ports, by their numbers: P1 to P63, and B1 to B46 for mistakes of the documents. */
  readonly patterns: readonly string[];

  /** `exact`: line for line. `any`: the same lines, each as often, in any order that the constraints allow. */
  readonly lines: "exact" | "any";

  /** Whether it does real input or output, whose order virtual time cannot determine. */
  readonly real?: boolean;

  /** The parts of a line that may differ from run to run, each with a replacement. */
  readonly masks?: readonly (readonly [RegExp, string])[];

  /** Checks further conditions, and returns those that do not hold. */
  readonly constraints?: (lines: readonly string[]) => readonly string[];
}

/** Returns the differences between `printed` and `recorded`, the output of the Go twin, that `order` does not allow. */
export function findDifferences(order: Order, recorded: string, printed: string): string[] {
  const expected = toLines(recorded);
  const actual = toLines(printed);
  const mask = (line: string): string =>
    (order.masks ?? []).reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
  const broken = order.constraints?.(actual) ?? [];
  return [...broken, ...(order.lines === "exact" ? compareInOrder : compareCounts)(expected, actual, mask)];
}

function compareInOrder(
  expected: readonly string[],
  actual: readonly string[],
  mask: (line: string) => string,
): string[] {
  const index = expected.findIndex((line, i) => mask(line) !== mask(actual[i] ?? ""));
  if (index >= 0) return [`line ${index + 1} is ${quote(actual[index])} and not ${quote(expected[index])}`];
  if (actual.length === expected.length) return [];
  return [`line ${expected.length + 1} is unexpected: ${quote(actual[expected.length])}`];
}

function compareCounts(
  expected: readonly string[],
  actual: readonly string[],
  mask: (line: string) => string,
): string[] {
  const missing = new Map<string, number>();
  const differences: string[] = [];
  for (const line of expected.map(mask)) missing.set(line, (missing.get(line) ?? 0) + 1);
  for (const line of actual) {
    const count = missing.get(mask(line)) ?? 0;
    if (count === 0) differences.push(`${quote(line)} is unexpected`);
    else missing.set(mask(line), count - 1);
  }
  for (const [line, count] of missing) if (count > 0) differences.push(`${quote(line)} is missing`);
  return differences;
}

/** For `constraints`: the lines that match the patterns with these numbers must come in this order, once each. */
export function inOrder(lines: readonly string[], ...steps: readonly (readonly [RegExp, number])[]): string[] {
  const indices = steps.map(([pattern, number]) =>
    lines.findIndex((line) => Number(pattern.exec(line)?.[1]) === number),
  );
  const isSorted = indices.every((index, i) => index > (indices[i - 1] ?? -1));
  if (isSorted) return [];
  return [`not in order: ${steps.map(([pattern, number]) => `${String(pattern)} ${number}`).join(", ")}`];
}

/** For `constraints`: the numbers that `pattern` matches must ascend. */
export function ascending(lines: readonly string[], pattern: RegExp): string[] {
  const numbers = lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).map(Number);
  const ascends = numbers.every((n, i) => i === 0 || n > (numbers[i - 1] as number));
  return ascends ? [] : [`${String(pattern)} does not ascend`];
}

function toLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function quote(line: string | undefined): string {
  return line === undefined ? "missing" : JSON.stringify(line);
}
