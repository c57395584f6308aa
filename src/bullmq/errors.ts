// What the errors of the servers mean.

import { toError } from "../util/inspect.ts";

/**
 * The codes of errors that end by themselves: of Node, of a connection to Postgres (class 08), of a server that lacks resources (53), is
 * being shut down or started (57P), is a replica after a failover (25006), or has canceled a transaction (40, 55P03, 57014).
 */
const temporaryCodes = /^(E[A-Z]+|08...|25006|40001|40P01|53...|55P03|57014|57P0[1-5])$/;

/** The words by which errors of Redis begin, and the texts of errors of both clients. */
const temporaryWords = /\b(BUSY|CLUSTERDOWN|LOADING|MASTERDOWN|MISCONF|NOREPLICAS|OOM|READONLY|TRYAGAIN)\b/;
const temporaryTexts =
  /^connection (is closed|terminated)|not queryable|^(query read timeout|command timed out|socket timeout|timeout e)/i;

/** Reports whether the request that failed with `error` may succeed later. */
export function isTemporary(error: unknown): boolean {
  const { code, name, message } = toError(error) as { code?: unknown; name: string; message: string };
  if (typeof code === "string" && temporaryCodes.test(code)) return true;
  return name === "MaxRetriesPerRequestError" || temporaryWords.test(message) || temporaryTexts.test(message);
}

/** Reports whether `error` says that the lease does not belong to the delivery, or the job is not active. */
export function isLeaseError(error: unknown): boolean {
  const { code } = toError(error) as { code?: unknown };
  return code === -1 || code === -2 || code === -3 || code === -6;
}

/** Reports whether `error` is a refusal of the user or the password by Redis. */
export function isRefusal(error: Error): boolean {
  return /\b(NOAUTH|NOPERM|WRONGPASS)\b/.test(error.message);
}
