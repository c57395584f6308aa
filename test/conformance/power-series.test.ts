// Go's test/chan/powser1.go: power series as channels, each term of which is computed when it is asked for, by Doug
// McIlroy ("Squinting at Power Series"). powser2.go differs from it by its types alone.

import { describe, expect, test } from "@jest/globals";
import { Channel, go, main, receive, type ReceiveResult, select, send } from "goro";
import { bubble } from "goro/testing";

/** A fraction in lowest terms. One without a denominator is the end of a series. */
class Rat {
  static readonly zero = Rat.of(0n);
  static readonly one = Rat.of(1n);
  static readonly end = Rat.of(1n, 0n);

  readonly num: bigint;
  readonly den: bigint;

  private constructor(num: bigint, den: bigint) {
    this.num = num;
    this.den = den;
  }

  static of(num: bigint, den = 1n): Rat {
    const divisor = gcd(num, den);
    const sign = den < 0n ? -1n : 1n;
    return new Rat((sign * num) / divisor, (sign * den) / divisor);
  }

  get isEnd(): boolean {
    return this.den === 0n;
  }

  add(v: Rat): Rat {
    return Rat.of(this.num * v.den + v.num * this.den, this.den * v.den);
  }

  mul(v: Rat): Rat {
    return Rat.of(this.num * v.num, this.den * v.den);
  }

  neg(): Rat {
    return Rat.of(-this.num, this.den);
  }

  inv(): Rat {
    return Rat.of(this.den, this.num);
  }

  toString(): string {
    return this.den === 1n ? `${this.num}` : `${this.num}/${this.den}`;
  }
}

function gcd(u: bigint, v: bigint): bigint {
  if (u < 0n) return gcd(-u, v);
  return u === 0n ? v : gcd(v % u, u);
}

/** A series: whoever wants a term asks for it, and gets it. */
class Series {
  readonly asked = new Channel<void>();
  readonly terms = new Channel<Rat>();

  async put(term: Rat): Promise<void> {
    await this.asked.receive();
    await this.terms.send(term);
  }

  async get(): Promise<Rat> {
    await this.asked.send();
    return sure(await this.terms.receive());
  }

  /** Passes on `from` for ever. */
  async copy(from: Series): Promise<never> {
    for (;;) {
      await this.asked.receive();
      await this.terms.send(await from.get());
    }
  }

  static make(f: (z: Series) => Promise<unknown>): Series {
    const z = new Series();
    go(f, z);
    return z;
  }
}

function sure<T>(r: ReceiveResult<T>): T {
  if (!r.ok) throw new Error("nobody closes it");
  return r.value;
}

/** The next term of both, whichever is ready first to be asked or to answer. */
async function getBoth(u: Series, v: Series): Promise<[Rat, Rat]> {
  const asked: [Channel<void> | null, Channel<void> | null] = [u.asked, v.asked];
  const terms: [Channel<Rat> | null, Channel<Rat> | null] = [null, null];
  const got: [Rat, Rat] = [Rat.end, Rat.end];
  for (let n = 0; n < 4; n++) {
    const s = await select([
      send(asked[0], undefined),
      send(asked[1], undefined),
      receive(terms[0]),
      receive(terms[1]),
    ]);
    switch (s.case) {
      case 0:
        [asked[0], terms[0]] = [null, u.terms];
        break;
      case 1:
        [asked[1], terms[1]] = [null, v.terms];
        break;
      case 2:
        [got[0], terms[0]] = [sure(s), null];
        break;
      case 3:
        [got[1], terms[1]] = [sure(s), null];
    }
  }
  return got;
}

// Both outputs may be read at different rates. For each term there is a goroutine, which ends when both have had it.
// The newest serves the output that is ahead, out[0], the oldest the other; when that has had the term, the next is
// told by `wait` that it is now the oldest.
async function serve(from: Series, out: [Series, Series], wait: Channel<void>): Promise<void> {
  let isOldest = false;
  const s = await select({ ahead: receive(out[0].asked), wait: receive(wait) });
  if (s.case === "wait") {
    isOldest = true;
    const first = await select([receive(out[0].asked), receive(out[1].asked)]);
    if (first.case === 1) out.reverse();
  }
  await from.asked.send();
  const release = new Channel<void>();
  go(serve, from, out, release);
  const term = sure(await from.terms.receive());
  await out[0].terms.send(term);
  if (!isOldest) await wait.receive();
  await out[1].asked.receive();
  await out[1].terms.send(term);
  await release.send();
}

async function splitInto(from: Series, out: [Series, Series]): Promise<void> {
  const release = new Channel<void>();
  go(serve, from, out, release);
  await release.send();
}

function split(u: Series): [Series, Series] {
  const out: [Series, Series] = [new Series(), new Series()];
  // `serve` turns the pair round as it likes.
  go(splitInto, u, [...out]);
  return out;
}

function repeat(c: Rat): Series {
  return Series.make(async (z) => {
    for (;;) await z.put(c);
  });
}

function add(u: Series, v: Series): Series {
  return Series.make(async (z) => {
    for (;;) {
      await z.asked.receive();
      const [a, b] = await getBoth(u, v);
      if (a.isEnd && b.isEnd) {
        await z.terms.send(Rat.end);
      } else if (a.isEnd) {
        await z.terms.send(b);
        await z.copy(v);
      } else if (b.isEnd) {
        await z.terms.send(a);
        await z.copy(u);
      } else {
        await z.terms.send(a.add(b));
      }
    }
  });
}

function scale(c: Rat, u: Series): Series {
  return Series.make(async (z) => {
    for (;;) {
      await z.asked.receive();
      const term = await u.get();
      await z.terms.send(term.isEnd ? term : c.mul(term));
      if (term.isEnd) return;
    }
  });
}

function sub(u: Series, v: Series): Series {
  return add(u, scale(Rat.one.neg(), v));
}

/** With U = u + x*UU and V = v + x*VV, the product is u*v + x*(u*VV + v*UU) + x*x*UU*VV. */
function mul(u: Series, v: Series): Series {
  return Series.make(async (z) => {
    await z.asked.receive();
    const [a, b] = await getBoth(u, v);
    if (a.isEnd || b.isEnd) {
      await z.terms.send(Rat.end);
      return;
    }
    await z.terms.send(a.mul(b));
    const [uu, vv] = [split(u), split(v)];
    const w = add(scale(a, vv[0]), scale(b, uu[0]));
    await z.asked.receive();
    await z.terms.send(await w.get());
    await z.copy(add(w, mul(uu[1], vv[1])));
  });
}

function differentiate(u: Series): Series {
  return Series.make(async (z) => {
    await z.asked.receive();
    if (!(await u.get()).isEnd) {
      for (let i = 1n; ; i++) {
        const term = await u.get();
        if (term.isEnd) break;
        await z.terms.send(Rat.of(i).mul(term));
        await z.asked.receive();
      }
    }
    await z.terms.send(Rat.end);
  });
}

function integrate(c: Rat, u: Series): Series {
  return Series.make(async (z) => {
    await z.put(c);
    for (let i = 1n; ; i++) {
      await z.asked.receive();
      const term = await u.get();
      await z.terms.send(term.isEnd ? term : Rat.of(1n, i).mul(term));
      if (term.isEnd) return;
    }
  });
}

/** With Z = exp(U), DZ = Z*DU, of which Z is the integral: the output is its own input. */
function exp(u: Series): Series {
  const z: [Series, Series] = [new Series(), new Series()];
  const [back, out] = z;
  go(splitInto, integrate(Rat.one, mul(back, differentiate(u))), z);
  return out;
}

/** With U = u + x*UU, the reciprocal Z = z + x*ZZ has z = 1/u and ZZ = -UU*Z/u. */
function reciprocal(u: Series): Series {
  return Series.make(async (z) => {
    await z.asked.receive();
    const first = (await u.get()).inv();
    await z.terms.send(first);
    const zz: [Series, Series] = [new Series(), new Series()];
    const [back, out] = zz;
    await splitInto(mul(scale(first.neg(), u), shift(first, back)), zz);
    await z.copy(out);
  });
}

function shift(c: Rat, u: Series): Series {
  return Series.make(async (z) => {
    await z.put(c);
    await z.copy(u);
  });
}

/** U(c*x^n). */
function substitute(u: Series, c0: Rat, n: number): Series {
  return Series.make(async (z) => {
    for (let c = Rat.one; ; c = c.mul(c0)) {
      await z.asked.receive();
      const term = await u.get();
      await z.terms.send(term.isEnd ? term : c.mul(term));
      if (term.isEnd) return;
      for (let i = 1; i < n; i++) await z.put(Rat.zero);
    }
  });
}

// The expected terms are those of Go's test; those after Atan are of series that it defines and does not check.
const table: [string, () => Series, string][] = [
  ["Ones", () => repeat(Rat.one), "1 1 1 1 1 1 1 1 1 1"],
  ["Add", () => add(repeat(Rat.one), repeat(Rat.of(2n))), "3 3 3 3 3 3 3 3 3 3"],
  ["Diff", () => differentiate(repeat(Rat.one)), "1 2 3 4 5 6 7 8 9 10"],
  ["Integ", () => integrate(Rat.zero, repeat(Rat.one)), "0 1 1/2 1/3 1/4 1/5 1/6 1/7 1/8 1/9"],
  ["Cmul", () => scale(Rat.one.neg(), repeat(Rat.of(2n))), "-2 -2 -2 -2 -2 -2 -2 -2 -2 -2"],
  ["Sub", () => sub(repeat(Rat.one), repeat(Rat.of(2n))), "-1 -1 -1 -1 -1 -1 -1 -1 -1 -1"],
  ["Exp", () => exp(repeat(Rat.one)), "1 1 3/2 13/6 73/24 167/40 4051/720 37633/5040 43817/4480 4596553/362880"],
  ["Atan", () => integrate(Rat.zero, substitute(repeat(Rat.one), Rat.one.neg(), 2)), "0 1 0 -1/3 0 1/5 0 -1/7 0 1/9"],
  ["Shift", () => shift(Rat.zero, repeat(Rat.one)), "0 1 1 1 1 1 1 1 1 1"],
  ["Recip", () => reciprocal(repeat(Rat.one)), "1 -1 0 0 0 0 0 0 0 0"],
];

// Go's test multiplies Ones with itself, the one source asked from both sides.
const product: [string, () => Series, string] = [
  "Mul",
  () => {
    const ones = repeat(Rat.one);
    return mul(ones, ones);
  },
  "1 2 3 4 5 6 7 8 9 10",
];

describe.each([1, 2, 3])("chan/powser1.go, powser2.go (seed %i)", (seed) => {
  // R29, R47, R49, R65
  test.each([...table, product])("%s: each term comes when it is asked for", async (_, make, terms) => {
    const got: string[] = [];
    // When it has its terms the program is over, and goroutines that wait to be asked for more end with it.
    await bubble(
      () =>
        main(async () => {
          const series = make();
          for (let i = 0; i < 10; i++) got.push(String(await series.get()));
        }),
      { seed },
    );
    expect(got.join(" ")).toBe(terms);
  });
});
