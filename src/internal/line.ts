// A line of those who wait, first come first served. Everybody stands in it by links of their own, so that joining,
// leaving from the middle and taking the first cost the same however long the line is: nobody is ever searched for.
//
// Invariants, whenever no method is on the stack:
//   1. A node stands in one line at most, and `node.line` is that line, or null.
//   2. A node that stands in no line has no neighbours, so that whoever has left keeps nobody else in memory.

/** What an object needs in order to stand in a {@link Line}: links of its own. */
export interface Standing<N extends Standing<N>> {
  line: Line<N> | null;
  ahead: N | null;
  behind: N | null;
}

/** A first-in, first-out line with `join`, `leave` and `shift` in O(1). */
export class Line<N extends Standing<N>> {
  first: N | null = null;
  last: N | null = null;

  /** Puts `node`, which stands in no line, at the end. */
  join(node: N): void {
    const last = this.last;
    node.line = this;
    if (last === null) {
      this.first = node;
    } else {
      last.behind = node;
      node.ahead = last;
    }
    this.last = node;
  }

  /** Puts `node`, which stands in no line, directly ahead of `other`, which stands in this one. */
  joinAhead(node: N, other: N): void {
    const ahead = other.ahead;
    node.line = this;
    node.ahead = ahead;
    node.behind = other;
    other.ahead = node;
    if (ahead === null) this.first = node;
    else ahead.behind = node;
  }

  /** Takes `node`, which stands in this line, out of it, wherever in the line it is. */
  leave(node: N): void {
    const { ahead, behind } = node;
    if (ahead === null) this.first = behind;
    else ahead.behind = behind;
    if (behind === null) this.last = ahead;
    else behind.ahead = ahead;
    node.line = null;
    node.ahead = null;
    node.behind = null;
  }

  /** Takes the first out of the line, or answers null if nobody waits. */
  shift(): N | null {
    const first = this.first;
    if (first !== null) this.leave(first);
    return first;
  }

  /** How many wait. It counts them: for tests and reports, never for an operation. */
  count(): number {
    let count = 0;
    for (let node = this.first; node !== null; node = node.behind) count++;
    return count;
  }
}
