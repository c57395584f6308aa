// The leases of a source, in virtual time.

import { expect, test } from "@jest/globals";
import { time } from "goro";
import { bubble, now } from "goro/testing";
import { type Lease, Leases } from "../../src/bullmq/leases.ts";

interface Held extends Lease {
  lostAt: number | undefined;
}

function makeLease(id: string, leases: Leases): Held {
  const start = now();
  return {
    id,
    token: `token of ${id}`,
    confirmedAt: leases.now(),
    queue: null,
    prev: null,
    next: null,
    lostAt: undefined,
    lose() {
      expect(this.lostAt).toBeUndefined();
      this.lostAt = now() - start;
    },
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

test("leases are renewed by one request, three times in a lease", () =>
  bubble(async () => {
    const requests: string[] = [];
    const leases = new Leases(
      900,
      (held) => {
        requests.push(held.map(({ id }) => id).join());
        return Promise.resolve([]);
      },
      () => undefined,
    );
    const [a, b] = [makeLease("a", leases), makeLease("b", leases)];
    leases.hold(a);
    leases.hold(b);
    await time.sleep(1850);
    expect(requests).toEqual(["a,b", "a,b", "a,b", "a,b", "a,b", "a,b"]);
    expect(leases.drop(a)).toBe(true);
    await time.sleep(300);
    expect(requests.at(-1)).toBe("b");
    expect(leases.drop(b)).toBe(true);
    await time.sleep(10_000);
    expect(requests).toHaveLength(7);
    expect([a.lostAt, b.lostAt]).toEqual([undefined, undefined]);
  }));

test("a lease that the engine refuses to renew is lost at once, and the others are kept", () =>
  bubble(async () => {
    const leases = new Leases(
      900,
      () => Promise.resolve(["a"]),
      () => undefined,
    );
    const [a, b] = [makeLease("a", leases), makeLease("b", leases)];
    leases.hold(a);
    leases.hold(b);
    await time.sleep(850);
    expect([a.lostAt, b.lostAt]).toEqual([300, undefined]);
    expect([leases.isValid(a), leases.isValid(b)]).toEqual([false, true]);
    expect([leases.drop(a), leases.drop(b)]).toEqual([false, true]);
  }));

test.each([
  ["does not respond", never],
  ["fails", () => Promise.reject(new Error("connection lost"))],
])("a lease is lost after its duration if the engine %s", (_title, renew) =>
  bubble(async () => {
    const errors: unknown[] = [];
    const leases = new Leases(900, renew, (error) => errors.push(error));
    const lease = makeLease("a", leases);
    leases.hold(lease);
    await time.sleep(5000);
    expect(lease.lostAt).toBe(900);
    expect(errors).toHaveLength(renew === never ? 0 : 2);
  }),
);

test("the duration counts from the request, and not from the response", () =>
  bubble(async () => {
    let delay = 500;
    const leases = new Leases(
      900,
      async () => {
        const wait = delay;
        delay = Infinity;
        await time.sleep(wait);
        return [];
      },
      () => undefined,
    );
    const lease = makeLease("a", leases);
    leases.hold(lease);
    await time.sleep(5000);
    // The request of 300 was confirmed.
    expect(lease.lostAt).toBe(1200);
  }));

test("a renewal that is confirmed after the lease was dropped has no effect", () =>
  bubble(async () => {
    const leases = new Leases(
      900,
      async () => {
        await time.sleep(100);
        return ["a"];
      },
      () => undefined,
    );
    const lease = makeLease("a", leases);
    leases.hold(lease);
    await time.sleep(350);
    expect(leases.drop(lease)).toBe(true);
    await time.sleep(1000);
    expect(lease.lostAt).toBeUndefined();
  }));
