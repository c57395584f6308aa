// Whether an example has printed what its Go twin prints, as far as the order of the lines is the program's to choose.

/** What an example promises of its output. Each example exports one, in `order.ts` beside its `main.ts`. */
export interface Order {
  /** The patterns that it ports, by their numbers: P1 to P63, and B1 to B46 for mistakes of the documents. */
  readonly patterns: readonly string[];

  /** `exact`: line for line. `any`: the same lines, each as often, in any order that the constraints allow. */
  readonly lines: "exact" | "any";

  /** It does real input or output, so that virtual time cannot decide the order. */
  readonly real?: boolean;

  /** What may differ within a line from run to run, and what to read instead. */
  readonly masks?: readonly (readonly [RegExp, string])[];

  /** What else must hold; answers what does not. */
  readonly constraints?: (lines: readonly string[]) => readonly string[];
}

/** What is wrong with `printed`, when `recorded` is what the Go twin printed; nothing, if they agree under `order`. */
export function differences(order: Order, recorded: string, printed: string): string[] {
  const want = lines(recorded);
  const got = lines(printed);
  const masked = (line: string): string => (order.masks ?? []).reduce((l, [find, put]) => l.replace(find, put), line);
  const wrong = [...(order.constraints?.(got) ?? [])];
  if (order.lines === "exact") {
    const at = want.findIndex((line, i) => masked(line) !== masked(got[i] ?? ""));
    if (at >= 0) wrong.push(`line ${at + 1} is ${quoted(got[at])} and not ${quoted(want[at])}`);
    else if (got.length > want.length) wrong.push(`line ${want.length + 1} is too much: ${quoted(got[want.length])}`);
    return wrong;
  }
  const missing = new Map<string, number>();
  for (const line of want) missing.set(masked(line), (missing.get(masked(line)) ?? 0) + 1);
  for (const line of got) {
    const left = missing.get(masked(line)) ?? 0;
    if (left === 0) wrong.push(`${quoted(line)} is too much`);
    else missing.set(masked(line), left - 1);
  }
  for (const [line, count] of missing) if (count > 0) wrong.push(`${quoted(line)} is missing`);
  return wrong;
}

/** For `constraints`: the lines that match the patterns with these numbers must come in this order, once each. */
export function inOrder(lines: readonly string[], ...steps: readonly (readonly [RegExp, number])[]): string[] {
  const places = steps.map(([pattern, number]) =>
    lines.findIndex((line) => Number(pattern.exec(line)?.[1]) === number),
  );
  const sorted = places.every((place, i) => place > (places[i - 1] ?? -1));
  return sorted ? [] : [`not in order: ${steps.map(([pattern, number]) => `${String(pattern)} ${number}`).join(", ")}`];
}

/** For `constraints`: the numbers that `pattern` finds must ascend. */
export function ascending(lines: readonly string[], pattern: RegExp): string[] {
  const numbers = lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).map(Number);
  return numbers.every((n, i) => i === 0 || n > (numbers[i - 1] as number))
    ? []
    : [`${String(pattern)} does not ascend`];
}

function lines(text: string): string[] {
  const all = text.split("\n");
  if (all.at(-1) === "") all.pop();
  return all;
}

function quoted(line: string | undefined): string {
  return line === undefined ? "missing" : JSON.stringify(line);
}
