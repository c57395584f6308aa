// How a program has failed, in what Go and goro have in common: the message, who waits for what, and the exit code.

/**
 * The end of a program that failed, from its exit code and what it wrote to stderr; "" for one that did not fail. Of a stack
 * only the state of each goroutine is told: goroutine 1 by its number, and of the others how many are in which state.
 */
export function failure(code: number | null, stderr: string): string {
  if (code === 0) return "";
  const lines = stderr.split("\n");
  // WaitGroup.Go of Go catches a panic and panics again, and says so.
  const message = (lines.find((line) => /^(panic|fatal error): /.test(line)) ?? lines[0] ?? "").replace(
    / \[recovered, repanicked\]$/,
    "",
  );
  const told = [message, ...(message.startsWith("fatal error: ") ? waiting(lines) : []), `exit status ${String(code)}`];
  return told.map((line) => `${line}\n`).join("");
}

function waiting(lines: readonly string[]): string[] {
  const main: string[] = [];
  const others = new Map<string, number>();
  for (const line of lines) {
    // Go adds for how many minutes, if it is any, and goro the name of the function, if it has one.
    const [, id, state = ""] = /^goroutine (\d+) \[([^,\]]+)[^\]]*\]:/.exec(line) ?? [];
    if (id === "1") main.push(`goroutine 1 [${state}]`);
    else if (id !== undefined) others.set(state, (others.get(state) ?? 0) + 1);
  }
  return [...main, ...[...others].sort().map(([state, count]) => `${count} more [${state}]`)];
}
