// A line of those who wait, first come first served. Everybody stands in it by links of their own, so that joining,
// leaving from the middle and taking the first cost the same however long the line is: nobody is ever searched for.
//
// A line keeps its first only, and the first is told who is last. Most lines have been there for long and those who join are
// new; an engine has to note every old object that comes to point to a new one, and one note is half the work of two.
//
// Invariants, whenever no method is on the stack:
//   1. A node stands in one line at most, and `node.line` is that line, or null.
//   2. A node that stands in no line has no neighbors, so that whoever has left keeps nobody else in memory.
//   3. Nobody is behind the last, and "ahead" of the first is the last.

/** What an object needs in order to stand in a {@link WaitQueue}: links of its own. */
export interface QueueNode<N extends QueueNode<N>> {
  queue: WaitQueue<N> | null;
  prev: N | null;
  next: N | null;
}

/** A first-in, first-out line with `join`, `leave` and `shift` in O(1). */
export class WaitQueue<N extends QueueNode<N>> {
  first: N | null = null;

  get last(): N | null {
    return this.first === null ? null : this.first.prev;
  }

  /** Puts `node`, which stands in no line, at the end. */
  push(node: N): void {
    const first = this.first;
    node.queue = this;
    if (first === null) {
      this.first = node.prev = node;
    } else {
      const last = first.prev as N;
      last.next = node;
      node.prev = last;
      first.prev = node;
    }
  }

  /** Takes `node`, which stands in this line, out of it, wherever in the line it is. */
  remove(node: N): void {
    const ahead = node.prev as N;
    const { next: behind } = node;
    if (this.first === node) this.first = behind;
    else ahead.next = behind;
    // Who was behind the last is nobody: then it is the first who hears of a new last.
    const successor = behind ?? this.first;
    if (successor !== null) successor.prev = ahead;
    node.queue = null;
    node.prev = null;
    node.next = null;
  }

  /** Takes the first out of the line, or answers null if nobody waits. */
  shift(): N | null {
    const first = this.first;
    if (first !== null) this.remove(first);
    return first;
  }

  /** How many wait. It counts them: for tests and reports, never for an operation. */
  count(): number {
    let count = 0;
    for (let node = this.first; node !== null; node = node.next) count++;
    return count;
  }
}
