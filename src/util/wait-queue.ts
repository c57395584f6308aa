// A queue of waiters, first in, first out. The links are fields of the nodes, so that appending, removing from the middle and taking the
// first are O(1), and no operation searches the queue.
//
// The queue stores only its first node, and the first node stores the last as its `prev`. Storing a young object in an old one triggers a
// GC write barrier, which is half of the cost of an append; most queues are old and their nodes young, so one pointer instead of two
// halves those stores.
//
// Invariants, whenever no method is on the stack:
//   1. A node is in at most one queue, and `node.queue` is that queue, or null.
//   2. A node that is in no queue has no neighbors, so that it keeps no other node in memory.
//   3. `next` of the last node is null, and `prev` of the first is the last.

/** The links that an object needs in order to be in a {@link WaitQueue}. */
export interface QueueNode<N extends QueueNode<N>> {
  queue: WaitQueue<N> | null;
  prev: N | null;
  next: N | null;
}

/** A node of the queue of those that are to be notified of an event. */
export abstract class Listener implements QueueNode<Listener> {
  queue: WaitQueue<Listener> | null = null;
  prev: Listener | null = null;
  next: Listener | null = null;

  /** Called synchronously when the event has occurred. Must not throw. */
  abstract notify(): void;
}

/** Notifies `listener`: for {@link WaitQueue.drain}. */
export function notify(listener: Listener): void {
  listener.notify();
}

/** A first-in, first-out queue of linked nodes. */
export class WaitQueue<N extends QueueNode<N>> {
  first: N | null = null;

  get last(): N | null {
    return this.first === null ? null : this.first.prev;
  }

  /** Appends `node`, which must not be in a queue. */
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

  /** Removes `node`, which must be in this queue. */
  remove(node: N): void {
    const prev = node.prev as N;
    const { next } = node;
    if (this.first === node) this.first = next;
    else prev.next = next;
    // If `node` was the last, the first node must point to the new last.
    const successor = next ?? this.first;
    if (successor !== null) successor.prev = prev;
    node.queue = null;
    node.prev = null;
    node.next = null;
  }

  /** Removes and returns the first node; null if the queue is empty. */
  shift(): N | null {
    const first = this.first;
    if (first !== null) this.remove(first);
    return first;
  }

  /** Removes each node in order and calls `f` with it. */
  drain(f: (node: N) => void): void {
    for (let node = this.shift(); node !== null; node = this.shift()) f(node);
  }

  /** Counts the nodes in O(n): not for each operation. */
  count(): number {
    let count = 0;
    for (let node = this.first; node !== null; node = node.next) count++;
    return count;
  }
}
