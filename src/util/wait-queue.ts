// A line of those who wait, first come first served. Everybody stands in it by links of their own, so that joining,
// leaving from the middle and taking the first cost the same however long the line is: nobody is ever searched for.
//
// A line keeps its first only, and the first is told who is last. Most lines have been there for long and those who join are
// new; an engine has to note every old object that comes to point to a new one, and one note is half the work of two.
//
// Invariants, whenever no method is on the stack:
//   1. A node stands in one line at most, and `node.line` is that line, or null.
//   2. A node that stands in no line has no neighbours, so that whoever has left keeps nobody else in memory.
//   3. Nobody is behind the last, and "ahead" of the first is the last.

/** What an object needs in order to stand in a {@link Line}: links of its own. */
export interface Standing<N extends Standing<N>> {
  line: Line<N> | null;
  ahead: N | null;
  behind: N | null;
}

/** A first-in, first-out line with `join`, `leave` and `shift` in O(1). */
export class Line<N extends Standing<N>> {
  first: N | null = null;

  get last(): N | null {
    return this.first === null ? null : this.first.ahead;
  }

  /** Puts `node`, which stands in no line, at the end. */
  join(node: N): void {
    const first = this.first;
    node.line = this;
    if (first === null) {
      this.first = node.ahead = node;
    } else {
      const last = first.ahead as N;
      last.behind = node;
      node.ahead = last;
      first.ahead = node;
    }
  }

  /** Takes `node`, which stands in this line, out of it, wherever in the line it is. */
  leave(node: N): void {
    const ahead = node.ahead as N;
    const { behind } = node;
    if (this.first === node) this.first = behind;
    else ahead.behind = behind;
    // Who was behind the last is nobody: then it is the first who hears of a new last.
    const hears = behind ?? this.first;
    if (hears !== null) hears.ahead = ahead;
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
