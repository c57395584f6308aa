// The failure of a program in the terms that Go and goro share: the message, the wait of each goroutine, and the exit code.

/**
 * Summarizes the failure of a program from its exit code and its stderr; "" for a program that did not fail. Stacks are left out.
 * Of a deadlock, the summary has the state of goroutine 1 and the number of other goroutines in each state.
 */
export function summarizeFailure(code: number | null, stderr: string): string {
  if (code === 0) return "";
  const lines = stderr.split("\n");
  // WaitGroup.Go of Go recovers a panic and panics again, which Go reports in brackets.
  const message = (lines.find((line) => /^(panic|fatal error): /.test(line)) ?? lines[0] ?? "").replace(
    / \[recovered, repanicked\]$/,
    "",
  );
  const states = message.startsWith("fatal error: ") ? statesIn(lines) : [];
  return [message, ...states, `exit status ${String(code)}`].map((line) => `${line}\n`).join("");
}

function statesIn(lines: readonly string[]): string[] {
  const main: string[] = [];
  const others = new Map<string, number>();
  for (const line of lines) {
    // Go appends the minutes of the wait, and goro the name of the function, if there is one.
    const [, id, state = ""] = /^goroutine (\d+) \[([^,\]]+)[^\]]*\]:/.exec(line) ?? [];
    if (id === "1") main.push(`goroutine 1 [${state}]`);
    else if (id !== undefined) others.set(state, (others.get(state) ?? 0) + 1);
  }
  return [...main, ...[...others].sort().map(([state, count]) => `${count} more [${state}]`)];
}
