// Which event of a trace printed which piece of output. What the console prints is a `log` event, too; other output is found by its time.

import type { EventOf, Trace } from "../../src/trace/format.ts";
import type { Output } from "../run/messages.ts";

/** The times of the output and of the events are rounded differently, in milliseconds. */
const precision = 0.002;

/** How many later pieces are searched for the text of an event. */
const lookahead = 50;

/**
 * Returns for each piece of output the index of the event with which it appears. The indexes do not decrease; reports at the end appear with
 * the last event.
 */
export function findOutputEvents(output: readonly Output[], { events }: Pick<Trace, "events">): number[] {
  const logs = events.flatMap((event, index) => (event.type === "log" ? [{ event, index }] : []));
  const last = events.length - 1;
  let next = 0;
  let previous = 0;
  let lastLogged = -1;
  const found = output.map((piece, k) => {
    let match = next;
    while (match < logs.length && !isEqual(logs[match]?.event, piece)) {
      match = (logs[match]?.event.at ?? 0) > piece.at + precision ? logs.length : match + 1;
    }
    // The console formats objects differently from the event.
    if (match === logs.length && isFormatted(logs[next]?.event, output, k)) match = next;
    if (match < logs.length) {
      next = match + 1;
      previous = logs[match]?.index ?? previous;
      lastLogged = k;
    } else {
      while (previous < last && (events[previous]?.at ?? 0) < piece.at - precision) previous++;
    }
    return previous;
  });
  return found.map((index, k) => (k > lastLogged && output[k]?.stream === "stderr" ? last : index));
}

function isEqual(log: EventOf<"log"> | undefined, piece: Output): boolean {
  return log !== undefined && isAt(log.at, piece) && `${log.text}\n` === piece.text;
}

function isAt(at: number, piece: Output): boolean {
  return Math.abs(at - piece.at) <= precision;
}

/** Reports whether the piece `k` can be the text of `log`: it is of the same time, and the text is not in a later piece. */
function isFormatted(log: EventOf<"log"> | undefined, output: readonly Output[], k: number): boolean {
  const piece = output[k] as Output;
  if (log === undefined || !isAt(log.at, piece) || !piece.text.endsWith("\n")) return false;
  return !output.slice(k + 1, k + 1 + lookahead).some(({ text }) => text === `${log.text}\n`);
}
