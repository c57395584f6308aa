// The cancellation of waits in a program without the class Channel, as a bundle with locks alone.

import { expect, test } from "@jest/globals";
import { cancellationOf, reasonOf, type WaitContext } from "../../src/runtime/cancellation.ts";
import { Check } from "../../src/util/validate.ts";

test("without the class Channel, no object is the channel of a context", () => {
  const ctx: WaitContext = {
    done: () => ({}),
    err: () => undefined,
    deadline: () => undefined,
    value: () => undefined,
    signal: new AbortController().signal,
  };
  expect(() => cancellationOf(new Check("lock"), { ctx })).toThrow(
    "lock: ctx.done() must return a Channel, got [object Object]",
  );
});

test("the reason of a cancellation that throws is what it throws, as an error", () => {
  const broken = {
    isCanceled: true,
    get reason(): Error {
      throw "no reason"; // eslint-disable-line @typescript-eslint/only-throw-error
    },
    watch: () => undefined,
    unwatch: () => undefined,
  };
  expect(reasonOf(broken)).toMatchObject({ message: "no reason" });
});
