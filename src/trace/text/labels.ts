// The words for goroutines, jobs and waits in the sentences of a text view.

import { getOrInsert } from "../collections.ts";
import type { EventOf, GoroutineRef, TracedCase } from "../format.ts";
import { truncate } from "../formatting.ts";
import { NameTable } from "../names.ts";
import { compareIds } from "../tracks.ts";

/** The length of a name, in characters. */
const maxName = 16;

export class Labels extends NameTable {
  override function(id: GoroutineRef): string {
    return truncate(super.function(id), maxName);
  }

  override channel(id: number): string {
    return super.channel(id, maxName);
  }

  override goroutine(id: GoroutineRef): string {
    if (id === 0) return "the runtime";
    if (id === null) return "an unknown goroutine";
    if (id === 1) return this.function(id);
    const name = this.function(id) || "goroutine";
    // Without the sign, "line 12" and the id 3 would read as "line 12 3".
    return /\d$/.test(name) ? `${name} #${id}` : `${name} ${id}`;
  }

  /** Several goroutines, such as "main, worker 4, 5, 6"; the first 6 if they are more than 8. */
  goroutines(ids: readonly GoroutineRef[]): string {
    const first = ids.length > 8 ? ids.slice(0, 6) : ids;
    const labels = first.map((id, i) => {
      const previous = first[i - 1] ?? 0;
      const isSameName = previous > 1 && (id ?? 0) > 1 && this.function(previous) === this.function(id);
      return isSameName ? String(id) : this.goroutine(id);
    });
    return labels.join(", ") + (first.length < ids.length ? ` and ${ids.length - first.length} more` : "");
  }

  job({ pool, job }: EventOf<"accept" | "start" | "finish">): string {
    return `job ${job} of ${this.pool(pool, maxName)}`;
  }

  /** The name of a case; its operation, if it has only an index. */
  case({ name, operation, channel }: TracedCase): string {
    return /^\d+$/.test(name) && channel !== null ? `${operation} ${this.channel(channel)}` : truncate(name, maxName);
  }

  /** What goroutines do while they wait, in the singular or the plural: "wait to send to jobs". */
  waiting({ operation, channel, cases }: EventOf<"block">, isSingular = true): string {
    if (operation === "sleep") return isSingular ? "sleeps" : "sleep";
    const verb = isSingular ? "waits" : "wait";
    if (operation === "select" && cases !== undefined) {
      const enabled = cases.filter((one) => one.channel !== null).map((one) => this.case(one));
      return `${verb} in a select for ${truncate(enabled.join(", "), 80) || "nothing"}`;
    }
    if (channel === undefined) return `${verb} in ${truncate(operation, 32)}`;
    const purpose = { "chan send": "to send to", "chan receive": "to receive from" }[operation];
    return `${verb} ${purpose ?? `in ${truncate(operation, 32)} of`} ${this.channel(channel)}`;
  }

  /** One sentence for all goroutines with the same wait. */
  waits(blocks: Iterable<EventOf<"block">>): { readonly block: EventOf<"block">; readonly sentence: string }[] {
    const groups = new Map<string, EventOf<"block">[]>();
    for (const block of blocks) getOrInsert(groups, this.waiting(block), () => []).push(block);
    return [...groups.values()].map((group) => {
      const [block] = group as [EventOf<"block">];
      const ids = group.map(({ goroutine }) => goroutine).sort(compareIds);
      return { block, sentence: `${this.goroutines(ids)} ${this.waiting(block, group.length === 1)}` };
    });
  }
}
