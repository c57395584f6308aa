// What transformed code calls, by the names that `transform.ts` gives it.

import { get, keep, restore, resumed, set } from "./context.ts";
import { Scope } from "./disposal.ts";

export const runtime = {
  $get: get,
  $set: set,
  $restore: restore,
  $resumed: resumed,
  $keep: keep,
  $Scope: Scope,
} as const;
