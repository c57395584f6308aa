// The model of RateLimiter: Go's limiter of rate.go, with the time as an argument.
//
// It differs from goro in two cases. Here the last event keeps its value if the one before it has passed, so a reservation that
// is canceled next restores too few tokens; and after a later reservation for an earlier time, a cancel may restore too many.

export class GoLimiter {
  tokens: number;
  last: number = -Infinity;
  lastEvent: number = -Infinity;
  limit: number;
  burst: number;

  constructor(limit: number, burst: number) {
    this.limit = limit;
    this.tokens = this.burst = burst;
  }

  advance(t: number): number {
    const delta = this.limit === 0 ? 0 : ((t - this.last) / 1000) * this.limit;
    return Math.min(this.tokens + delta, this.burst);
  }

  reserve(t: number, n: number, longest: number): { due: number; cancel: (t: number) => void } | undefined {
    const { limit } = this;
    const tokens = this.advance(t) - n;
    const wait = tokens >= 0 ? 0 : (-tokens / limit) * 1000;
    if (n > this.burst || wait > longest) return undefined;
    const due = t + wait;
    this.last = t;
    this.tokens = tokens;
    this.lastEvent = due;
    const cancel = (t: number): void => {
      if (n === 0 || due < t) return;
      const restored = n - (limit === 0 ? 0 : ((this.lastEvent - due) / 1000) * limit);
      if (restored <= 0) return;
      this.tokens = Math.min(this.advance(t) + Math.min(restored, n), this.burst);
      this.last = t;
      if (due === this.lastEvent) this.lastEvent = Math.max(due - (n / limit) * 1000, t);
    };
    return { due, cancel };
  }

  set(t: number, change: { limit?: number; burst?: number }): void {
    this.tokens = this.advance(t);
    this.last = t;
    Object.assign(this, change);
  }
}
