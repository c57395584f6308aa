// Small concurrent programs as data, so that they can be enumerated, run here, and written out in Go.

/** An operation of a goroutine. Channels, mutexes and WaitGroups are numbered. */
export type Operation =
  | Send
  | Receive
  | { readonly kind: "range"; readonly channel: number }
  | { readonly kind: "close"; readonly channel: number }
  | { readonly kind: "select"; readonly cases: readonly (Send | Receive)[]; readonly default: boolean }
  | { readonly kind: "add"; readonly group: number; readonly delta: number }
  | { readonly kind: "wait"; readonly group: number }
  | { readonly kind: "lock"; readonly mutex: number }
  | { readonly kind: "unlock"; readonly mutex: number };

/** `channel <- value`. */
export interface Send {
  readonly kind: "send";
  readonly channel: number;
  readonly value: number;
}

/** `value, ok := <-channel`. */
export interface Receive {
  readonly kind: "receive";
  readonly channel: number;
}

/** A program: the first goroutine is main, which starts the others before its first operation. */
export interface Program {
  /** The capacity of each channel; `null` for a nil channel. */
  readonly capacities: readonly (number | null)[];
  readonly groups: number;
  readonly mutexes: number;
  readonly goroutines: readonly (readonly Operation[])[];
}

/**
 * The observable result of a run. `logs` has, for each goroutine, one word for each completed operation, in order:
 * "send", "close", "add", "wait", "lock", "unlock", for a receive "3" or "closed", for a range the values one by one and then
 * "closed", for a select the case's index, a colon and the case's word ("1:3", "0:send", "0:closed"), or "default".
 */
export interface Outcome {
  /** "returned" when main returned, "deadlock", or the message of the panic, such as "send on closed channel". */
  readonly ending: string;
  readonly logs: readonly (readonly string[])[];
}
