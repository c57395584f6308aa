// The page of Go's rules: each in one sentence, with the tests that name it in a comment (`// R15, R28`).

import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { markdownTable } from "./markdown.ts";

/** A rule in one sentence; with the reason, if no test covers it. */
export type Rule = string | { readonly rule: string; readonly instead: string };

/** A part of the page. */
export interface Section {
  readonly title: string;
  readonly rules: Readonly<Record<string, Rule>>;
}

/** A file of tests: its path from the folder of the tests, and its text. */
export interface TestFile {
  readonly path: string;
  readonly text: string;
}

export const sections: readonly Section[] = [
  {
    title: "A. What a channel is",
    rules: {
      R1: "A channel keeps the capacity that it was created with; the default is 0.",
      R2: "The capacity is a non-negative integer below the limit; otherwise the constructor throws `RangeError`.",
      R3: "The length counts the values in the buffer, and not the values of blocked senders.",
      R4: "A nil channel has length 0 and capacity 0; `done()` of a context that cannot be canceled is a nil channel.",
      R5: "Two channels are equal (`===`) if the same constructor call created them; an end of a channel is the channel itself.",
      R6: "A channel is assignable to either of its ends; an end is not assignable to a channel or to the other end.",
      R7: "A program that sends to or closes a receive-only end, or receives from a send-only end, does not compile.",
      R8: "Values without content, such as `undefined`, are sent and received like all other values.",
      R9: "A channel is a value and can be sent through a channel.",
      R10: "Any number of goroutines may use one channel concurrently.",
      R11: "The values of one sender arrive in the order in which they were sent, at every capacity.",
    },
  },
  {
    title: "B. Sending",
    rules: {
      R12: "The channel and the value are evaluated once, from left to right, before the send begins.",
      R13: "The promise of an unbuffered send is fulfilled only after a receiver has taken the value.",
      R14: "A buffered send waits only while the buffer is full.",
      R15: "If receivers are waiting, a sent value goes directly to the receiver that has waited longest.",
      R16: "A send on a nil channel blocks forever: in a `select`, `send(null, value)` is never ready.",
      R17: "A send on a closed channel panics and the value is dropped: the promise rejects with `PanicError`.",
      R18: "A close makes waiting senders panic: their promises reject, and their values are dropped.",
      R19: "Waiting senders are served in the order of their calls.",
      R20: "A receive from a full buffer moves the value of the first waiting sender into the buffer in the same step.",
      R21: "A send does not copy objects: as with pointers in Go, the receiver gets the same object.",
    },
  },
  {
    title: "C. Receiving",
    rules: {
      R22: "A receive waits until a value is available and takes the oldest value.",
      R23: "A receive from a closed, empty channel returns at once, with `undefined` for Go's zero value.",
      R24: "`ok` is true if and only if the value was sent.",
      R25: "Values that are in the buffer at the close are still received, in order and with `ok`.",
      R26: "`undefined`, `null`, `NaN` and 0 are ordinary values; none of them signals a closed channel.",
      R27: "A receive from a nil channel blocks forever, in every form.",
      R28: "Waiting receivers are served in the order of their calls, one for each value.",
      R29: "Each value is delivered to exactly one receiver, for every mix of sends, receives and selects.",
    },
  },
  {
    title: "D. Closing",
    rules: {
      R30: "A second close throws `PanicError`; the types do not allow a close of `null`.",
      R31: "A close wakes all waiting receivers, without a value.",
      R32: "A close wakes waiting selects: a receive case is chosen, and a send case rejects.",
      R33: "After a close, the length still counts the values in the buffer.",
      R34: "Any number of receivers can observe the close, any number of times.",
      R35: "A channel does not have to be closed to be collected: the library keeps no unreachable channel alive.",
    },
  },
  {
    title: "E. Ranging",
    rules: {
      R36: "`for await` over a channel ends when the channel is closed and empty.",
      R37: "A loop that ignores the values still receives each of them.",
      R38: "A loop over a nil channel blocks forever before its first iteration.",
      R39: "A loop that ends early leaves the channel open and receives no value beyond those that it has yielded.",
      R40: "Several loops may share a channel: each value goes to one loop, and a close ends all of them.",
    },
  },
  {
    title: "F. Select",
    rules: {
      R41: "All channels and values of a select are evaluated once, in order, whether their case is chosen or not.",
      R42: "A select uses the channels as they were evaluated; later assignments to the variables have no effect.",
      R43: "If the evaluation of an operand throws, no later operand is evaluated and no value is sent or received.",
      R44: "If several cases are ready, one is chosen uniformly at random.",
      R45: "The choice is also uniform among several cases of one channel in a select that had to wait.",
      R46: "The default case is chosen only if no other case is ready.",
      R47: "Without a default case a select waits for the first case that becomes ready.",
      R48: "Exactly one case is performed; the other cases receive nothing, send nothing and leave no trace.",
      R49: "A case with a nil channel, here `null` or `undefined`, is disabled; a select with only such cases blocks forever.",
      R50: "A case that receives from a closed channel is always ready.",
      R51: "A case that sends to a closed channel is ready and panics if it is chosen: the promise rejects.",
      R52: "A channel may be listed several times; each of its cases has the same chance.",
      R53: "A select never receives the value that it sends.",
      R54: "Two selects can communicate with each other.",
      R55: "A completed select leaves the queues of all other channels at once; the waiters behind it keep their order.",
      R56: "Completed selects leave nothing behind on a channel that never becomes ready.",
      R57: "The removal of a waiter from a queue takes the same time at every length of the queue.",
      R58: "All cases are checked in one step: a select that always has a ready case never chooses the default case.",
      R59: "A try succeeds if and only if a peer waits, the buffer allows it or, for a receive, the channel is closed.",
      R60: "A select with one case is the plain operation, and a select with one case and a default is the try.",
      R61: "Only the arm of the chosen case runs; here the arms are those of a `switch` over the result.",
      R62: "`break` in an arm leaves the `switch` and not the loop around it, as in Go.",
    },
  },
  {
    title: "G. Goroutines and memory",
    rules: {
      R63: "`go` evaluates function and arguments immediately; the goroutine starts later, never within the call.",
      R64: "A panic that is not recovered ends the program with exit code 2; here this holds for every error that leaves a goroutine.",
      R65: "When `main` returns the program ends, even if goroutines, timers or sockets are still active.",
      R66: "A program in which all goroutines are blocked ends with Go's deadlock report.",
      R67: "Everything before a send happens before the corresponding receive returns.",
      R68: "Everything before a close happens before a receive that reports the close returns.",
      R69: "On an unbuffered channel, the receive happens before the send returns.",
      R70: "The receive that frees a slot happens before the send into that slot returns, so that a buffer limits concurrency.",
      R71: "Everything before an unlock, a `done` or the end of a once happens before the call that it releases returns.",
      R72: "Ten thousand goroutines in a chain do not overflow the stack.",
      R73: "Goroutines that only communicate with each other do not starve timers: the event loop runs regularly.",
    },
  },
  {
    title: "H. WaitGroup",
    rules: {
      R74: "A new group is ready for use; with a count of 0, `wait` returns at once.",
      R75: "`add` changes the count by a positive or negative delta, `done` subtracts one, and a count of 0 releases all waiters.",
      R76: "A count below 0 panics: `add` and `done` throw `PanicError`.",
      R77: "No waiter is released before the count is 0, and every waiter is released then.",
      R78: "A group can be reused for several rounds.",
      R79: "Reuse before the previous `wait` has returned is misuse in Go; here the waiters of the previous round are already released.",
      R80: "`go` increments the count, starts a goroutine, and decrements the count when the goroutine has ended, including its promise.",
      R81: "A panic in `go` is never mistaken for success: the program ends or, where the process survives, `wait` rejects.",
      R82: "A counted goroutine may add to the count.",
    },
  },
  {
    title: "I. Mutex, RWMutex, Once and Cond",
    rules: {
      R83: "At most one goroutine holds a lock, across every `await`; any goroutine may unlock it, and a second lock by its holder waits.",
      R84: "`tryLock` never waits, and succeeds if and only if the lock is free.",
      R85: "Unlocking an unlocked lock is a fatal error in Go; here it throws `PanicError` and changes nothing.",
      R86: "A goroutine that locks in a loop does not starve others: ownership is handed to the first waiter.",
      R87: "Many readers or one writer hold the lock.",
      R88: "A waiting writer blocks new readers.",
      R89: "The tries succeed exactly where the corresponding locks would not wait.",
      R90: "`rLocker` returns the read side as a lock.",
      R91: "A once runs its function once; all other callers wait until the function, or its promise, has ended.",
      R92: "A function that panics counts as called: its caller gets the error, and later calls do nothing.",
      R93: "`onceFunc` and `onceValue` call the function once and return the same result each time; several results are an array.",
      R94: "If that function throws, each call throws the same value, even if it is `undefined`.",
      R95: "After the first call the function can be collected.",
      R96: "`Cond.wait` unlocks and waits in one step, locks again before it returns, and has no spurious wake-ups.",
      R97: "A signal wakes the goroutine that has waited longest, if any.",
      R98: "A broadcast wakes each goroutine that waits at that moment once, and no later one.",
    },
  },
  {
    title: "J. Context",
    rules: {
      R99: "The two root contexts are never canceled, have no values and print their names; their `done()` is a nil channel.",
      R100: "`cancel` closes `done()` and sets the error to `Canceled`; later calls do nothing.",
      R101: "When `cancel` returns, all descendants are canceled.",
      R102: "Canceling a child does not affect its parent.",
      R103: "A canceled child is removed from its parent, and a canceled parent drops all its children.",
      R104: "A context that is derived from a canceled context is canceled from the beginning, with the same error and cause.",
      R105: "`done()` returns the same channel each time; no value is ever sent on it, it is only closed.",
      R106: "`err()` is set when the context is canceled, and does not change afterwards.",
      R107: "The earliest deadline among a context and its ancestors applies.",
      R108: "A deadline in the past cancels the context at its creation.",
      R109: "A timeout is a deadline relative to the current time, in milliseconds, and does not move.",
      R110: "A cancellation before the deadline gives `Canceled` and stops the timer, which would otherwise keep Node alive.",
      R111: "`Canceled` and `DeadlineExceeded` are two errors with Go's messages; `DeadlineExceeded` reports that it is a timeout.",
      R112: "`value` returns the nearest value of a key, even an empty one, also through user-defined contexts.",
      R113: "A key that is `null` or `undefined` panics; all other values are valid keys, because all values are comparable here.",
      R114: "A context has a parent: deriving one from `null` or `undefined` throws `PanicError`.",
      R115: "The string form of a context shows how it was derived, as in Go.",
      R116: "The first cancellation sets the error and the cause; the default cause is `Canceled`.",
      R117: "A child has the cause of its parent, unless it was canceled earlier.",
      R118: "A context that is not canceled has no cause; the default cause is the error.",
      R119: "The cause of a deadline applies only if the deadline cancels the context.",
      R120: "`withoutCancel` keeps the values of its parent and nothing else.",
      R121: "`afterFunc` calls its function in a goroutine of its own after the cancellation, also if that is in the past; never synchronously.",
      R122: "Its `stop` returns true if and only if it prevented the call.",
      R123: "`cancel` does not wait for these functions, and each is called once.",
      R124: "A user-defined context cancels its descendants through its own `done()`.",
      R125: "A user-defined context with an `afterFunc` method registers the call there, and is notified when the call is not needed anymore.",
      R126: "The cause of a user-defined context is its error, unless a context that it wraps has a cause.",
      R127: "Only the `done()` of a user-defined context needs a goroutine that waits for it.",
    },
  },
  {
    title: "K. Time",
    rules: {
      R128: "A sleep never ends too early, and a sleep of 0 or less lets other goroutines run.",
      R129: "`after` and timers send one value, the time at which they fired, and never too early.",
      R130: "That value is the time at which the timer was due, even if it is received later.",
      R131: "The channel of a timer appears unbuffered, and delivers no old value after `stop` or `reset`.",
      R132: "`stop` returns true if and only if it prevented the timer from firing, and closes nothing.",
      R133: "`reset` reports whether the timer was active, and counts from the current time.",
      R134: "A timer of `afterFunc` has no channel, calls its function in a goroutine, and can be stopped and reset.",
      R135: "Timers fire in the order of their times.",
      R136: "A timer with a delay of 0 can be received from at once, without waiting for the event loop.",
      R137: "Very long durations are kept exactly; timers of Node alone would fire at once.",
      R138: "A ticker with a period of 0 or less panics with `PanicError`; `tick` with such a period returns `null`.",
      R139: "A slow receiver misses ticks: at most one tick is pending.",
      R140: "A stopped ticker is not closed, and a reset ticker drops its pending tick.",
      R141: "Each tick goes to one of several receivers.",
      R142: "Many timers that are stopped and reset all the time stay fast, and none is lost.",
      R143: "A timer that is unreachable is collected, even if it was not stopped.",
      R144: "In a bubble, time stands still while any goroutine runs, and then advances to the next timer.",
    },
  },
  {
    title: "L. ErrGroup",
    rules: {
      R145: "A new group is ready for use, without a limit and without a context.",
      R146: "`wait` waits for all goroutines, and returns the first error each time it is called.",
      R147: "The context of a group is canceled at the first error, or when `wait` returns.",
      R148: "Its cause is the first error, and `Canceled` without an error.",
      R149: "With a limit, `go` returns a promise that waits for a free slot; a negative limit means no limit, and 0 admits no goroutine.",
      R150: "`tryGo` starts the function only if a slot is free, also after `wait`, and reports whether it did.",
      R151: "The limit cannot change while goroutines of the group run: `setLimit` throws `PanicError`.",
      R152: "In Go a panic is not an error of the group; here the two are indistinguishable, so a thrown value is an error of the group.",
    },
  },
  {
    title: "M. Semaphore",
    rules: {
      R153: "Permits are acquired, waiting if necessary, and released; releasing more permits than are held throws `PanicError`.",
      R154: "`tryAcquire` never waits, and never overtakes a waiter.",
      R155: "The cancellation of the context ends the wait with the error of the context and acquires no permits.",
      R156: "A call with a canceled context acquires no permits, even if some are free.",
      R157: "The first waiter is served first, however many permits it requests.",
      R158: "A request for more permits than exist waits only for its context and does not block others.",
      R159: "When the first waiter is canceled, the waiters behind it are served if permits are free.",
      R160: "If permits are released at the moment of a cancellation, none is lost.",
    },
  },
  {
    title: "N. SingleFlight",
    rules: {
      R161: "For each key one call runs at a time; all concurrent callers share its result, and the result reports that it is shared.",
      R162: "`doChan` returns a channel that receives the one result and is never closed.",
      R163: "After `forget` the next call starts a new execution, and the previous one completes for its own callers.",
      R164: "A panic rejects the promises of all waiting callers; no caller is left waiting.",
    },
  },
  {
    title: "O. Worker pools",
    rules: {
      R165: "At most as many jobs run at once as there are workers.",
      R166: "Each accepted job runs once and has one outcome.",
      R167: "Workers share one queue, so that a long job does not delay jobs that another worker could run.",
      R168: "Workers end when no jobs are left, and the results close once, after the last worker has ended.",
      R169: "A cancellation promptly releases all goroutines that run a job, submit a job or deliver a result.",
      R170: "The report of a canceled run says that it was canceled, with the cause.",
      R171: "No submitter is left waiting for workers that an error has stopped.",
      R172: "Results are delivered as they become ready; jobs are numbered where their order matters.",
      R173: "Invalid numbers of workers or queue sizes are rejected at once: the pool throws.",
      R174: "A pool can be stopped twice, then rejects jobs (`StoppedError`), and has a policy for jobs that throw.",
    },
  },
];

const folder = new URL("../test/", import.meta.url);

/** Returns all files of tests, in the order of their paths. */
export async function testFiles(): Promise<TestFile[]> {
  const entries = await readdir(fileURLToPath(folder), { recursive: true });
  const paths = entries.map((path) => path.replaceAll("\\", "/")).filter((path) => path.endsWith(".test.ts"));
  return Promise.all(paths.sort().map(async (path) => ({ path, text: await readFile(new URL(path, folder), "utf8") })));
}

// A mark is at the beginning of a comment on a line of its own; marks of other lists (T-X25, P14) may be among those of rules.
const marked = /^\s*\/\/ ((?:[A-Z]-?[A-Z]?\d+(?:, |; | to |-)?)+)/gm;

/** Returns the numbers of the rules that each comment of `text` names. A range is `R5 to R7` or `R5-R7`. */
export function marks(text: string): number[][] {
  const comments = [...text.matchAll(marked)].map(([, list = ""]) =>
    [...list.matchAll(/\bR(\d+)(?:(?: to |-)R(\d+))?/g)].flatMap(([, first, last = first]) => {
      const from = Number(first);
      return Array.from({ length: Number(last) - from + 1 }, (_, i) => from + i);
    }),
  );
  return comments.filter((numbers) => numbers.length > 0);
}

/** Returns the names that tests have in Go: the titles up to the colon, also those in tables of titles. */
export function goNames(text: string): string[] {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const title = titleOf(node);
    if (title !== undefined && ts.isStringLiteralLike(title)) {
      const name = title.text.replace(/:.*/s, "").replace(/ %s$| \(seed %i\)$|, %s.*$/, "");
      if (/^(testing\/synctest )?(Test|Example|Hammer)\w+$|\.go\b|^The Go Memory Model$/.test(name)) names.add(name);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("a.test.ts", text, ts.ScriptTarget.Latest));
  return [...names];
}

function titleOf(node: ts.Node): ts.Node | undefined {
  if (ts.isArrayLiteralExpression(node)) return node.elements[0];
  return ts.isCallExpression(node) && isTest(node.expression) ? node.arguments[0] : undefined;
}

// test(, describe.each([])( and test.concurrent( are all calls of a test.
function isTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === "test" || callee.text === "describe";
  return (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) && isTest(callee.expression);
}

/**
 * Returns the page.
 *
 * @throws {Error} if a rule has neither a test nor a reason, or a test names a rule that does not exist.
 */
export function rulesPage(all: readonly Section[], files: readonly TestFile[]): string {
  const byRule = filesOfRules(files);
  const known = new Set(all.flatMap(({ rules }) => Object.keys(rules)));
  for (const [id, paths] of byRule) {
    if (!known.has(id)) throw new Error(`unknown rule ${id} in ${[...paths.keys()].join(", ")}`);
  }
  const tables = all.map(({ title, rules }) => {
    const rows = Object.entries(rules).map(([id, rule]) => [
      id,
      sentenceOf(rule),
      coverageOf(id, rule, byRule.get(id)),
    ]);
    return `## ${title}\n\n${markdownTable([["", "rule", "checked by"], ...rows])}\n`;
  });
  return [head, ...tables, portedTests(files)].join("\n");
}

const head = `# Conformance

This page lists the rules of Go that goro keeps, with the test files that check each rule, and the tests of Go that were ported.
\`npm run rules\` generates it from the comments and titles of the tests. The number after a file is the number of comments in
the file that name the rule; each comment is above a test or a group of tests.
`;

/** Returns for each rule the files that name it, and how often. */
function filesOfRules(files: readonly TestFile[]): Map<string, Map<string, number>> {
  const byRule = new Map<string, Map<string, number>>();
  for (const { path, text } of files) {
    for (const number of marks(text).flat()) {
      const paths = byRule.get(`R${number}`) ?? new Map<string, number>();
      byRule.set(`R${number}`, paths.set(path, (paths.get(path) ?? 0) + 1));
    }
  }
  return byRule;
}

function sentenceOf(rule: Rule): string {
  return typeof rule === "string" ? rule : rule.rule;
}

function coverageOf(id: string, rule: Rule, paths: ReadonlyMap<string, number> | undefined): string {
  const links = [...(paths ?? [])].map(([path, count]) => `${link(path)}${count === 1 ? "" : ` (${count})`}`);
  if (links.length > 0) return links.join(", ");
  if (typeof rule === "string") throw new Error(`no test covers ${id}, and no reason is given`);
  return rule.instead;
}

function portedTests(files: readonly TestFile[]): string {
  const rows = files
    .filter(({ path }) => path.startsWith("conformance/"))
    .map(({ path, text }) => {
      const names = goNames(text).map((name) => name.replaceAll("_", "\\_"));
      return [link(path), names.length === 0 ? "(tests of our own)" : names.join(", ")];
    });
  return `## The tests of Go that were ported\n\n${markdownTable([["test file", "names in Go"], ...rows])}\n`;
}

function link(path: string): string {
  return `[${path.replace(/\.test\.ts$/, "")}](../test/${path})`;
}
