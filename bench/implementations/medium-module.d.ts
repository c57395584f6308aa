// The part of medium that the rows use; the package has no types.

declare module "medium" {
  export interface Chan {
    readonly isClosed: boolean;
  }
  export const CLOSED: unique symbol;
  export function chan(capacity?: number): Chan;
  export function put(ch: Chan, value: number): Promise<boolean>;
  export function take(ch: Chan): Promise<number | typeof CLOSED>;
  export function close(ch: Chan): Chan;
  export function any(...ports: readonly Chan[]): Promise<[number | typeof CLOSED, Chan]>;
}
