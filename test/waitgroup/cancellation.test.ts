import { describe, expect, test } from "@jest/globals";
import { context, WaitGroup } from "goro";
import { waitGroupWait } from "../../src/runtime/wait-reasons.ts";
import { listeners } from "../support/contexts.ts";

describe("WaitGroup.wait with a context", () => {
  test("rejects with its error when it is canceled, and the group still counts", async () => {
    const wg = new WaitGroup();
    wg.add(1);
    const [ctx, cancel] = context.withCancel(context.background());
    const canceled = wg.wait({ ctx });
    const waiting = wg.wait();
    expect(String(wg)).toBe("WaitGroup 1, 2 waiting");
    cancel();
    await expect(canceled).rejects.toBe(ctx.err());
    expect([String(wg), waitGroupWait.waiting, listeners(ctx)]).toEqual(["WaitGroup 1, 1 waiting", 1, 0]);
    wg.done();
    await waiting;
    expect(waitGroupWait.waiting).toBe(0);
  });

  test("that is canceled before the call rejects, although the counter is 0", async () => {
    await expect(new WaitGroup().wait({ signal: AbortSignal.abort(new Error("why")) })).rejects.toThrow("why");
  });

  test("resolves when the counter is 0, now or later, and leaves no listener", async () => {
    const wg = new WaitGroup();
    const [ctx, cancel] = context.withCancel(context.background());
    await wg.wait({ ctx });
    wg.add(2);
    const waits = [wg.wait({ ctx }), wg.wait({}), wg.wait()];
    wg.add(-2);
    expect(listeners(ctx)).toBe(0);
    cancel();
    await Promise.all(waits);
  });

  test("refuses options of a wrong type", async () => {
    await expect(new WaitGroup().wait({ ctx: 7 } as never)).rejects.toThrow("WaitGroup.wait: ctx must be a context");
  });
});
