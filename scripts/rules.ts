// The page of Go's rules: each in one sentence, with the tests that say in a comment (`// R15, R28`) that they hold it.

import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** A rule in one sentence, and where no test holds it, the reason why. */
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
      R1: "A channel has the capacity it was made with, 0 if none was given, for ever.",
      R2: "A capacity must be a whole number, not negative or too large: else the constructor throws `RangeError`.",
      R3: "The length counts what lies in the buffer, and not what blocked senders hold.",
      R4: "The nil channel has length 0 and capacity 0; it is the `done()` of a context that never ends.",
      R5: "Channels are equal (`===`) if one construction made them, and an end of a channel is the channel.",
      R6: "A channel can be used as either end, but no end as a channel or as the other: that does not compile.",
      R7: "Nobody can send to or close a receiving end, nor receive from a sending end: it does not compile.",
      R8: "Values of no content, such as `undefined`, travel like all others.",
      R9: "A channel is a value, and can travel through a channel.",
      R10: "Any number of goroutines may use one channel at once.",
      R11: "The values of one sender arrive in the order of sending, at every capacity.",
    },
  },
  {
    title: "B. Sending",
    rules: {
      R12: "The channel and the value are evaluated from left to right, once, before anything is sent.",
      R13: "Without a buffer, the promise of a send is fulfilled only once a receiver has taken the value.",
      R14: "With a buffer, a send waits only while the buffer is full.",
      R15: "A value for which a receiver waits goes straight to whoever has waited longest.",
      R16: "A send on the nil channel never ends: in a `select`, `send(null, value)` is never ready.",
      R17: "A send on a closed channel panics, and the value is gone: the promise rejects with `PanicError`.",
      R18: "A close makes senders that wait panic too: their promises reject, and their values are gone.",
      R19: "Senders that wait are served in the order in which they came.",
      R20: "A receive from a full buffer lets the first waiting sender's value in, in one step: nobody overtakes.",
      R21: "Sending copies no object: as with Go's pointers, the receiver has the very same.",
    },
  },
  {
    title: "C. Receiving",
    rules: {
      R22: "A receive waits until there is a value, and takes the oldest.",
      R23: "Once a channel is closed and empty receives return at once, with `undefined` for Go's zero value.",
      R24: "`ok` is true exactly if somebody sent the value.",
      R25: "What was in the buffer at the close is still received, in order and with `ok`.",
      R26: "`undefined`, `null`, `NaN` and 0 are values like others, and never mean closed.",
      R27: "A receive from the nil channel never ends, in whatever form.",
      R28: "Receivers that wait are served in the order in which they came, one for each value.",
      R29: "Each value goes to exactly one receiver, however sends, receives and selects are mixed.",
    },
  },
  {
    title: "D. Closing",
    rules: {
      R30: "Closing a channel twice throws `PanicError`; that `null` cannot be closed is a matter of types.",
      R31: "A close wakes everybody who waits to receive, without a value.",
      R32: "A close wakes selects that wait: to receive they choose the case, to send they reject.",
      R33: "After the close the length still counts what is left in the buffer.",
      R34: "Everybody can see the close, as often as they look.",
      R35: "A channel need not be closed to be freed: nothing keeps what nobody can reach.",
    },
  },
  {
    title: "E. Ranging",
    rules: {
      R36: "`for await` over a channel goes on until that is closed and empty.",
      R37: "A loop that ignores the values still takes each of them.",
      R38: "A loop over the nil channel never makes a round and never ends.",
      R39: "Whoever leaves a loop leaves the channel open, and takes no value more than the loop has seen.",
      R40: "Several loops may share a channel: each value goes to one, and the close ends all.",
    },
  },
  {
    title: "F. Select",
    rules: {
      R41: "All channels and values of a select are evaluated once, in order, chosen or not.",
      R42: "A select goes by the channels as they were evaluated, whatever becomes of the variables.",
      R43: "If evaluating an operand throws, nothing after it is evaluated and nothing is communicated.",
      R44: "Among the cases that are ready chance decides, evenly.",
      R45: "Chance decides as well among the cases of one channel in a select that had to wait.",
      R46: "The default is taken only if no case is ready.",
      R47: "Without a default a select waits, and the first that happens wins.",
      R48: "One case is performed; the others take nothing, send nothing and leave no trace.",
      R49: "A case of the nil channel, here `null` or `undefined`, is off, and a select of no others never ends.",
      R50: "A case that receives from a closed channel is always ready.",
      R51: "A case that sends to a closed channel is ready, and panics if chosen: the promise rejects.",
      R52: "A channel may be listed more than once, and has as many chances.",
      R53: "A select never sends to itself.",
      R54: "Two selects can meet each other.",
      R55: "A select that was served leaves all other channels at once, and those behind it keep their order.",
      R56: "Selects that come and go leave nothing on a channel that is never ready.",
      R57: "Leaving a channel costs the same however many others wait there.",
      R58: "Looking at all cases is one step: who always has a case ready never gets the default.",
      R59: "A try succeeds exactly if the partner waits, the buffer allows it, or, to receive, the channel is closed.",
      R60: "A select of one case is the plain operation, and one with a default is the try.",
      R61: "Only the arm of the chosen case runs; here the arms are those of a `switch` over the result.",
      R62: "`break` in an arm leaves the `switch`, and not the loop around it, as in Go.",
    },
  },
  {
    title: "G. Goroutines and memory",
    rules: {
      R63: "`go` takes function and arguments as they are now, and the goroutine starts later, never inside.",
      R64: "A panic that nobody recovers ends the program with exit code 2; here every error that leaves a goroutine.",
      R65: "When `main` returns the program ends, whatever else still runs, timers and sockets of Node included.",
      R66: "A program in which everybody waits for ever ends with Go's report of the deadlock.",
      R67: "What came before a send has happened for whoever receives the value.",
      R68: "What came before a close has happened for whoever sees the close.",
      R69: "Without a buffer, the receive comes before the end of the send.",
      R70: "A receive comes before the end of the send that needed its place, so that a buffer limits how many work.",
      R71: "What came before an unlock, a done or the end of a once has happened for whoever it lets go on.",
      R72: "Ten thousand goroutines in a chain overflow no stack.",
      R73: "Goroutines that only talk to each other starve no timer: now and then the event loop has its turn.",
    },
  },
  {
    title: "H. WaitGroup",
    rules: {
      R74: "A new group is ready for use, and with a count of 0 nobody waits.",
      R75: "`add` changes the count, also downwards, `done` takes one off, and 0 releases everybody.",
      R76: "A count below 0 panics: `add` and `done` throw `PanicError`.",
      R77: "Nobody is released before the count is 0, and nobody is left behind then.",
      R78: "A group can be used for round after round.",
      R79: "A round that begins before the last one's waiters went on is misuse in Go; here those are free.",
      R80: "`go` counts, starts a goroutine, and counts down when that has ended, or its promise is settled.",
      R81: "A panic in `go` never looks like a success: the program ends or, where the process survives it, `wait` rejects.",
      R82: "Whoever is counted may count others in.",
    },
  },
  {
    title: "I. Mutex, RWMutex, Once and Cond",
    rules: {
      R83: "One at a time holds a lock, across every `await`; anybody may unlock it, but its holder not lock it again.",
      R84: "`tryLock` never waits, and succeeds exactly if the lock is free.",
      R85: "Unlocking what is not locked is fatal in Go; here it throws `PanicError` and changes nothing.",
      R86: "Whoever locks in a loop starves nobody: the lock is handed on.",
      R87: "There are many readers or one writer.",
      R88: "A writer who waits keeps new readers out.",
      R89: "The tries succeed exactly where the locks would not have waited.",
      R90: "`rLocker` gives the reader's side as a lock.",
      R91: "A once runs its function once, and everybody else waits for its end, or that of its promise.",
      R92: "A function that panics has had its turn: the caller gets the error, and later calls do nothing.",
      R93: "`onceFunc` and `onceValue` call once, and repeat the result; several results are an array.",
      R94: "If that function throws, each call throws the very same value, be it `undefined`.",
      R95: "After the first call the function is no longer kept.",
      R96: "A cond unlocks and waits in one step, locks again before it returns, and wakes nobody without a reason.",
      R97: "A signal wakes whoever has waited longest, or nobody.",
      R98: "A broadcast wakes once everybody who waits by then, and nobody who comes later.",
    },
  },
  {
    title: "J. Context",
    rules: {
      R99: "The two roots never end, hold nothing, and print their names; their `done()` is the nil channel.",
      R100: "`cancel` closes `done()` and sets the error to `Canceled`; more calls do nothing.",
      R101: "When `cancel` returns, all contexts below have ended.",
      R102: "The end of a child is none of its parent's business.",
      R103: "A child that has ended leaves its parent's list, and a parent that ends empties it.",
      R104: "What is derived from a context that has ended is born ended, with the same error and cause.",
      R105: "`done()` is the same channel each time, and is only ever closed.",
      R106: "There is an error exactly from the end on, always the same.",
      R107: "The earliest deadline on the way to the root counts.",
      R108: "A deadline that is not in the future ends the context as it is made.",
      R109: "A timeout is a deadline counted from now, in milliseconds, and does not move.",
      R110: "A cancel in time gives `Canceled` and stops the timer, which would keep Node alive.",
      R111: "`Canceled` and `DeadlineExceeded` are two errors with Go's words, and the second calls itself a timeout.",
      R112: "A key finds the nearest value, even an empty one, through contexts of one's own as well.",
      R113: "A key that is `null` or `undefined` panics; all other values are keys, since all can be compared here.",
      R114: "A context has a parent: to derive one from `null` or `undefined` throws `PanicError`.",
      R115: "A context prints how it was derived, as in Go.",
      R116: "The first cancellation sets the error and the cause; no cause means `Canceled`.",
      R117: "A child has its parent's cause, unless it ended before.",
      R118: "There is no cause before the end, and one that nobody gave is the error.",
      R119: "The cause of a deadline counts only if it is the deadline that ends the context.",
      R120: "`withoutCancel` keeps the values, and nothing else.",
      R121: "`afterFunc` calls in a goroutine after the end, also if that has been; never inside `cancel` or itself.",
      R122: "Its `stop` is true exactly if it kept the function from being called.",
      R123: "`cancel` waits for none of these functions, and each is called once.",
      R124: "A context of one's own ends what is below it by its own `done()`.",
      R125: "A context of one's own with an `afterFunc` is asked to call, and told when that is no longer needed.",
      R126: "The cause of a context of one's own is its error, unless a context inside it knows a cause.",
      R127: "Only the `done()` of a stranger needs a goroutine that watches it.",
    },
  },
  {
    title: "K. Time",
    rules: {
      R128: "A sleep is never too short, and one of 0 or less lets the others run.",
      R129: "`after` and timers give one value, the time of firing, and not too early.",
      R130: "That value is the time when it was due, however late it is read.",
      R131: "The channel of a timer looks unbuffered, and after `stop` or `reset` gives nothing old.",
      R132: "`stop` is true exactly if it came in time, and closes nothing.",
      R133: "`reset` tells whether the timer was running, and counts from now.",
      R134: "A timer of `afterFunc` has no channel, calls in a goroutine, and can be stopped and reset.",
      R135: "Timers fire in the order of their times.",
      R136: "What is due at once can be read at once, without waiting for the event loop.",
      R137: "A very long time is as long as that: Node's own timers would fire at once.",
      R138: "A ticker of no period panics with `PanicError`, and `tick` of none is `null`.",
      R139: "Who reads slowly misses ticks: one at most waits.",
      R140: "A ticker that is stopped is not closed, and one that is reset forgets the tick that waits.",
      R141: "Of several readers of a ticker each tick reaches one.",
      R142: "Many timers, stopped and reset all the time, stay fast, and none is lost.",
      R143: "A timer that nobody can read from is collected, though nobody stopped it.",
      R144: "In a bubble time stands still while anybody works, then leaps to the next timer.",
    },
  },
  {
    title: "L. ErrGroup",
    rules: {
      R145: "A new group is ready for use, without limit or context.",
      R146: "`wait` waits for all, and has the first error each time it is asked.",
      R147: "The context of a group ends at the first error, or else when `wait` returns.",
      R148: "Its cause is the first error, or `Canceled` if there was none.",
      R149: "With a limit `go` waits for a place, as a promise; below 0 is no limit, and 0 lets nobody in.",
      R150: "`tryGo` starts only what has a place, also after `wait`, and tells.",
      R151: "A limit cannot change while the group works: `setLimit` throws `PanicError`.",
      R152: "A panic is no error of the group in Go; here they cannot be told apart, so what is thrown is one.",
    },
  },
  {
    title: "M. Semaphore",
    rules: {
      R153: "Units are acquired, waiting if need be, and released; to release more than is held throws `PanicError`.",
      R154: "`tryAcquire` never waits, and never overtakes who does.",
      R155: "The end of the context ends the waiting with its error, and takes no units.",
      R156: "A context that has ended gets no units, even if there are some.",
      R157: "The first in line is served first, however much it wants.",
      R158: "Whoever wants more than there will ever be waits only for its context, in nobody's way.",
      R159: "When the first in line gives up, those behind who can be served are.",
      R160: "If units come in the moment in which the context ends, none is lost.",
    },
  },
  {
    title: "N. SingleFlight",
    rules: {
      R161: "For each key one call is under way, and all who ask share its result and know that they do.",
      R162: "`doChan` gives a channel with the one result, which is never closed.",
      R163: "After `forget` the next call is a new one, and the old one ends for those who have it.",
      R164: "A panic reaches everybody who waits, as a rejection, and nobody is left waiting.",
    },
  },
  {
    title: "O. Worker pools",
    rules: {
      R165: "No more jobs run at once than there are workers.",
      R166: "Each job that was accepted runs once, and has one result.",
      R167: "Workers share one queue, so that a long job holds up no other.",
      R168: "Workers end once there are no more jobs, and the results end once, after the last worker.",
      R169: "A cancellation soon frees everybody who works, submits or hands on a result.",
      R170: "A run that was cut short says so, with the cause.",
      R171: "Nobody who submits is left waiting for workers that an error has stopped.",
      R172: "Results come as they are ready; who wants the order of the jobs numbers them.",
      R173: "Numbers of workers or sizes that make no sense are refused at once: the pool throws.",
      R174: "A pool can be stopped twice, then refuses jobs (`StoppedError`), and has a policy for jobs that throw.",
    },
  },
];

const folder = new URL("../test/", import.meta.url);

/** All files of tests, in the order of their paths. */
export async function testFiles(): Promise<TestFile[]> {
  const entries = await readdir(fileURLToPath(folder), { recursive: true });
  const paths = entries.map((path) => path.replaceAll("\\", "/")).filter((path) => path.endsWith(".test.ts"));
  return Promise.all(paths.sort().map(async (path) => ({ path, text: await readFile(new URL(path, folder), "utf8") })));
}

// The marks stand at the beginning of a comment that has its line for itself, with nothing but marks of other lists
// (T-X25, P14) among them.
const marked = /^\s*\/\/ ((?:[A-Z]-?[A-Z]?\d+(?:, |; | to |-)?)+)/gm;

/** The numbers of the rules that each comment of `text` names. A range is `R5 to R7` or `R5-R7`. */
export function marks(text: string): number[][] {
  const comments = [...text.matchAll(marked)].map(([, list = ""]) =>
    [...list.matchAll(/\bR(\d+)(?:(?: to |-)R(\d+))?/g)].flatMap(([, first, last = first]) => {
      const from = Number(first);
      return Array.from({ length: Number(last) - from + 1 }, (_, i) => from + i);
    }),
  );
  return comments.filter((numbers) => numbers.length > 0);
}

/** The names that tests have in Go: what stands before the colon in the titles, and in the rows of tables of titles. */
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

/** The page. Throws if a rule has neither a test nor a reason, or a test names a rule that is not there. */
export function rulesPage(all: readonly Section[], files: readonly TestFile[]): string {
  const places = placesOf(files);
  const known = new Set(all.flatMap(({ rules }) => Object.keys(rules)));
  for (const [id, paths] of places) {
    if (!known.has(id)) throw new Error(`there is no rule ${id}, which is named in ${[...paths.keys()].join(", ")}`);
  }
  const tables = all.map(({ title, rules }) => {
    const rows = Object.entries(rules).map(([id, rule]) => [id, sentence(rule), held(id, rule, places.get(id))]);
    return `## ${title}\n\n${markdown([["", "rule", "held by"], ...rows])}\n`;
  });
  return [head, ...tables, ported(files)].join("\n");
}

const head = `# Conformance

The rules of Go that goro keeps, each with the files of the tests that hold it, and below them the tests of Go itself
that were ported. The page is generated from the comments and titles of the tests by \`npm run rules\`: a number behind
a file says how many comments in it, each above a test or a group of tests, name the rule.
`;

/** In which files each rule is named, and how often. */
function placesOf(files: readonly TestFile[]): Map<string, Map<string, number>> {
  const places = new Map<string, Map<string, number>>();
  for (const { path, text } of files) {
    for (const number of marks(text).flat()) {
      const paths = places.get(`R${number}`) ?? new Map<string, number>();
      places.set(`R${number}`, paths.set(path, (paths.get(path) ?? 0) + 1));
    }
  }
  return places;
}

function sentence(rule: Rule): string {
  return typeof rule === "string" ? rule : rule.rule;
}

function held(id: string, rule: Rule, paths: ReadonlyMap<string, number> | undefined): string {
  const links = [...(paths ?? [])].map(([path, count]) => `${link(path)}${count === 1 ? "" : ` (${count})`}`);
  if (links.length > 0) return links.join(", ");
  if (typeof rule === "string") throw new Error(`no test holds ${id}, and there is no reason why`);
  return rule.instead;
}

function ported(files: readonly TestFile[]): string {
  const rows = files
    .filter(({ path }) => path.startsWith("conformance/"))
    .map(({ path, text }) => {
      const names = goNames(text).map((name) => name.replaceAll("_", "\\_"));
      return [link(path), names.length === 0 ? "(tests of our own)" : names.join(", ")];
    });
  return `## The tests of Go that were ported\n\n${markdown([["test file", "names in Go"], ...rows])}\n`;
}

function link(path: string): string {
  return `[${path.replace(/\.test\.ts$/, "")}](../test/${path})`;
}

// As the formatter of the project would have it: each column is as wide as its widest cell.
function markdown(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [first = [], ...body] = rows;
  return [line(first), rule, ...body.map(line)].join("\n");
}
