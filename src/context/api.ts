// Package context: what users reach as `context.`.

export type { WaitOptions } from "../runtime/cancellation.ts";
export type { Context, Key } from "./context.ts";
export {
  afterFunc,
  background,
  type CancelCauseFunc,
  type CancelFunc,
  cause,
  key,
  todo,
  withCancel,
  withCancelCause,
  withDeadline,
  withDeadlineCause,
  withoutCancel,
  withTimeout,
  withTimeoutCause,
  withValue,
} from "./derive.ts";
export { Canceled, DeadlineExceeded } from "./errors.ts";
export { fromResponse, ResponseClosed, type ResponseLike } from "./response.ts";
export { fromSignal, notifyContext } from "./signals.ts";
