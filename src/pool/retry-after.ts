// The header Retry-After of HTTP, by which a server says when a request may be repeated.

/** An object with headers: a `Response` of `fetch`, a response of Node, axios, got or undici, a `Headers` object, or an object with the headers. */
export type HeadersLike =
  | {
      /** Returns the value of the header `name`, as `Headers` does. */
      get(name: string): string | null;
    }
  | {
      /** The headers of a response. */
      readonly headers?: unknown;
    }
  | Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** A number of seconds; some servers send fractions. */
const seconds = /^\d+(\.\d+)?$/;

/** The day of the week, with which a date of HTTP begins in each of its three formats. */
const weekday = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /i;

/**
 * Returns the value of the header `Retry-After`, for the option `retryAfter` of {@link RetryOptions}: a number of seconds as milliseconds,
 * and a date as a `Date`. Returns undefined if the header is missing, or if its value is neither.
 *
 * @param source - a response, its headers, or undefined
 * @see [RFC 9110, Retry-After](https://www.rfc-editor.org/rfc/rfc9110#field.retry-after)
 *
 * @example
 * class HttpError extends Error {
 *   readonly response: Response;
 *   constructor(response: Response) {
 *     super(`status ${response.status}`);
 *     this.response = response;
 *   }
 * }
 * const busy = new Response(null, { status: 429, headers: { "Retry-After": "120" } });
 * console.log(parseRetryAfter(busy)); // 120000
 * const options: RetryOptions = {
 *   retries: 5,
 *   retryAfter: (error) => (error instanceof HttpError ? parseRetryAfter(error.response) : undefined),
 * };
 */
export function parseRetryAfter(source: HeadersLike | null | undefined): number | Date | undefined {
  const value = valueOf(source)?.trim();
  if (value === undefined) return undefined;
  if (seconds.test(value)) return Number(value) * 1000;
  if (!weekday.test(value)) return undefined;
  // The format of C's asctime has no time zone; all dates of HTTP are in GMT.
  const date = new Date(value.endsWith("GMT") ? value : `${value} GMT`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function valueOf(source: unknown): string | undefined {
  if (typeof source !== "object" || source === null) return undefined;
  const { headers, get } = source as { headers?: unknown; get?: unknown };
  if (typeof headers === "object" && headers !== null) return valueOf(headers);
  const value: unknown =
    typeof get === "function"
      ? get.call(source, "retry-after")
      : Object.entries(source).find(([name]) => name.toLowerCase() === "retry-after")?.[1];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" || typeof first === "number" ? String(first) : undefined;
}
