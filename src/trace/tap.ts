// Hears what the program prints by `console`.

import { asText } from "../goroutine/foreign.ts";

/** Tells `heard` what is printed by the console, too; answers how to stop that. */
export function tapConsole(heard: (text: string) => void): () => void {
  const methods = ["log", "info", "warn", "error", "debug"] as const;
  const before = methods.map((method) => console[method]);
  for (const [i, method] of methods.entries()) {
    console[method] = (...parts: unknown[]) => {
      heard(parts.map((part) => asText(part)).join(" "));
      before[i]?.apply(console, parts);
    };
  }
  return () => {
    for (const [i, method] of methods.entries()) console[method] = before[i] as typeof console.log;
  };
}
