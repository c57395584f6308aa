// The counters of a soak test.

/** The counts of all rounds so far. */
export interface Tally {
  attempts: number;
  sent: number;
  received: number;
  left: number;
  refused: number;
  withdrawn: number;
  declined: number;
  closes: number;
  locks: number;
  permits: number;
  missed: number;
  waits: number;
  offers: number;
  done: number;
  failed: number;
  canceled: number;
  turned: number;
  ticks: number;
  calls: number;
}

export function blank(): Tally {
  return {
    attempts: 0,
    sent: 0,
    received: 0,
    left: 0,
    refused: 0,
    withdrawn: 0,
    declined: 0,
    closes: 0,
    locks: 0,
    permits: 0,
    missed: 0,
    waits: 0,
    offers: 0,
    done: 0,
    failed: 0,
    canceled: 0,
    turned: 0,
    ticks: 0,
    calls: 0,
  };
}

/** The number of attempted operations. */
export function operationsOf(tally: Tally): number {
  const { attempts, received, closes, locks, permits, missed, waits, offers, ticks, calls } = tally;
  return attempts + received + closes + locks + permits + missed + waits + offers + ticks + calls;
}

/** The counts in groups, on one line. */
export function summary(t: Tally): string {
  return [
    `tried ${t.attempts} = sent ${t.sent} + refused ${t.refused} + withdrawn ${t.withdrawn} + declined ${t.declined}`,
    `sent = received ${t.received} + left ${t.left}`,
    `locks ${t.locks}, permits ${t.permits} (${t.missed} canceled), waits ${t.waits}`,
    `jobs ${t.offers} = done ${t.done} + failed ${t.failed} + canceled ${t.canceled} + turned away ${t.turned}`,
    `ticks ${t.ticks}, calls ${t.calls}`,
  ].join("; ");
}
