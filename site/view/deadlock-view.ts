// The explanation of a deadlock, below the lanes of the goroutines that wait for each other.

import type { BlockedParty, Deadlock } from "./deadlock.ts";
import { element } from "./dom.ts";

/** Returns the explanation of a deadlock. */
export function deadlockView({ cycle, blocked, omitted }: Deadlock): HTMLElement {
  const section = element("section", "deadlock", element("h3", "deadlock-title", "Deadlock: every goroutine waits"));
  if (cycle.length > 1)
    section.append(element("p", "deadlock-cycle", `Each waits for the next: ${[...cycle, cycle[0]].join(" → ")}`));
  const list = element("ul", "deadlock-list", ...blocked.map(describe));
  if (omitted > 0) list.append(element("li", "", `and ${omitted} more`));
  section.append(list);
  return section;
}

function describe({ name, wait, line, reasons }: BlockedParty): HTMLElement {
  const where = line === undefined ? "" : ` (line ${line})`;
  const because = reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
  return element("li", "", element("strong", "", name), ` ${wait}${where}${because}.`);
}
