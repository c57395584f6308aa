// The stacks and the deadlock of Go are what Go 1.26 printed.

import { describe, expect, test } from "@jest/globals";
import { summarizeFailure } from "../../scripts/failure-summary.ts";
import { runSource } from "../support/programs.ts";

test("a program that did not fail has an empty summary, whatever it wrote", () => {
  expect(summarizeFailure(0, "")).toBe("");
  expect(summarizeFailure(0, "panic: handled\n")).toBe("");
});

describe("a panic", () => {
  const go = (first: string): string => `${first}

goroutine 6 [running]:
main.main.func1.1()
	main.go:8 +0x31
panic({0x4838a0?, 0x497d40?})
	/usr/local/go/src/runtime/panic.go:860 +0x13a
main.main.func1()
	main.go:9 +0x3b
created by main.main in goroutine 1
	main.go:7 +0x85
exit status 2
`;

  test.each([
    ["of an error", "panic: send on closed channel", "panic: send on closed channel"],
    ["of a text with brackets", "panic: job [3] failed [again]", "panic: job [3] failed [again]"],
    ["in WaitGroup.Go", "panic: boom [recovered, repanicked]", "panic: boom"],
    [
      "whose text mentions a recovered panic",
      "panic: was [recovered, repanicked] twice",
      "panic: was [recovered, repanicked] twice",
    ],
  ])("%s is summarized without its stack", (_, first, summary) => {
    expect(summarizeFailure(2, go(first))).toBe(`${summary}\nexit status 2\n`);
  });

  test("is found after other output on stderr", () => {
    expect(summarizeFailure(2, `worker 1 starts\nworker 1 says: panic: no\n${go("panic: boom")}`)).toBe(
      "panic: boom\nexit status 2\n",
    );
  });

  test("is summarized by the first of several panics", () => {
    expect(summarizeFailure(2, go("panic: first [recovered]\n\tpanic: second"))).toBe(
      "panic: first [recovered]\nexit status 2\n",
    );
  });

  test("does not list the goroutines", () => {
    expect(summarizeFailure(2, `${go("panic: boom")}goroutine 1 [chan receive]:\nmain.main()\n`)).toBe(
      "panic: boom\nexit status 2\n",
    );
  });
});

describe("a deadlock", () => {
  const sentence = "fatal error: all goroutines are asleep - deadlock!";
  const go = `${sentence}

goroutine 1 [chan send]:
main.main()
	main.go:15 +0xd2

goroutine 18 [chan receive]:
main.work(...)
	main.go:5
created by main.main in goroutine 1
	main.go:11 +0x66

goroutine 19 [select (no cases)]:
main.idle()
	main.go:7 +0xf
created by main.main in goroutine 1
	main.go:12 +0x72

goroutine 20 [chan receive]:
main.work(...)
	main.go:5
created by main.main in goroutine 1
	main.go:13 +0xae
exit status 2
`;
  const goro = `${sentence}

goroutine 1 [chan send]: main
	at main (/tmp/x/main.ts:14:12)

goroutine 2 [chan receive]: work
	at work (/tmp/x/main.ts:5:18)
created by goroutine 1 main
	at main (/tmp/x/main.ts:11:3)

goroutine 3 [chan receive]:
	at /tmp/x/main.ts:5:18

goroutine 4 [select (no cases)]: idle
	at idle (/tmp/x/main.ts:8:9)
`;
  const summary = `${sentence}
goroutine 1 [chan send]
2 more [chan receive]
1 more [select (no cases)]
exit status 2
`;

  test("is summarized by the waits: goroutine 1, and the number of others", () => {
    expect(summarizeFailure(2, go)).toBe(summary);
  });

  test("of goro has the same summary", () => {
    expect(summarizeFailure(2, goro)).toBe(summary);
  });

  test.each([
    ["for how long", "goroutine 1 [chan receive, 2 minutes]:", "goroutine 1 [chan receive]"],
    ["a lock", "goroutine 1 [semacquire, locked to thread]:", "goroutine 1 [semacquire]"],
    ["a nil channel", "goroutine 1 [chan send (nil chan)]:", "goroutine 1 [chan send (nil chan)]"],
    ["a name", "goroutine 1 [sync.WaitGroup.Wait]: run [all]", "goroutine 1 [sync.WaitGroup.Wait]"],
    ["a number of two digits", "goroutine 11 [select]:", "1 more [select]"],
  ])("does not depend on %s", (_, line, waits) => {
    expect(summarizeFailure(2, `${sentence}\n\n${line}\n`)).toBe(`${sentence}\n${waits}\nexit status 2\n`);
  });

  test("lists goroutine 1 first, and the others by the name of their state", () => {
    const states = ["select", "chan send", "sleep", "chan send"];
    const lines = states.map((state, i) => `goroutine ${i + 5} [${state}]:\n\tplace\n`).join("\n");
    expect(summarizeFailure(2, `${sentence}\n\n${lines}\ngoroutine 1 [select]:\n`)).toBe(
      `${sentence}\ngoroutine 1 [select]\n2 more [chan send]\n1 more [select]\n1 more [sleep]\nexit status 2\n`,
    );
  });

  test("ignores goroutines without a number and lines of other forms", () => {
    const lines = "goroutine ? [select]:\n\tgoroutine 4 [select]:\nsaid goroutine 4 [select]:\ngoroutine 5 running\n";
    expect(summarizeFailure(2, `${sentence}\n\n${lines}`)).toBe(`${sentence}\nexit status 2\n`);
  });

  test.each([
    [
      "blocks forever",
      `const ch = new Channel();
      go(async function work() { await ch.receive(); });
      go(async () => { await ch.receive(); });
      await new Channel().send(1);`,
      `${sentence}\ngoroutine 1 [chan send]\n2 more [chan receive]\nexit status 2\n`,
    ],
    ["panics", `const ch = new Channel(); ch.close(); ch.close();`, "panic: close of closed channel\nexit status 2\n"],
  ])("is summarized for a program of goro that %s", async (_, body, expected) => {
    const source = `import { Channel, go, main } from "goro";\nmain(async () => {\n${body}\n});\n`;
    const { code, stderr } = await runSource(source, { GORO_DEBUG: "1" });
    expect(summarizeFailure(code, stderr)).toBe(expected);
  });
});

describe("any other end of a program", () => {
  test("is summarized by its first line and the exit code", () => {
    expect(summarizeFailure(1, "Error: no such file\n    at main\n")).toBe("Error: no such file\nexit status 1\n");
  });

  test("without output is summarized by the exit code", () => {
    expect(summarizeFailure(3, "")).toBe("\nexit status 3\n");
  });

  test("by a signal has a null exit code", () => {
    expect(summarizeFailure(null, "killed\n")).toBe("killed\nexit status null\n");
  });
});
