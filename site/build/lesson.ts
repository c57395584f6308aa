// A lesson with all that its page shows: the texts of its programs, their mistakes, and the outcomes of their runs.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Trace } from "../../src/trace/format.ts";
import { type Example, type Outcome, readRecording } from "../../scripts/examples.ts";
import { applyEdit, type Mistake, mistakesOf, writeMistakes } from "../../scripts/mistakes.ts";
import type { Lesson } from "../lessons/path.ts";
import type { Pitfall } from "../lessons/pitfalls.ts";
import { findLinePairs, type LinePairs, readLinePairs } from "./line-pairs.ts";
import { checkRun } from "./runs.ts";

/** The two programs of an example. */
export interface Programs {
  readonly go: string;
  readonly ts: string;
}

/** An example with one of its mistakes. */
export interface EditedPrograms extends Programs {
  readonly mistake: Mistake;
}

/** The fixed program of a pitfall. */
export interface Fixed {
  readonly directory: string;
  readonly programs: Programs;
  readonly pairs: LinePairs;
  readonly recording: Outcome;
  /** What is different in it. */
  readonly text: string;
}

/** A lesson or a pitfall, read and run. */
export interface BuiltLesson extends Lesson {
  readonly directory: string;
  readonly programs: Programs;
  readonly mistakes: readonly EditedPrograms[];
  readonly pairs: LinePairs;
  /** The recorded outcome of the Go program. */
  readonly recording: Outcome;
  /** The run of the TypeScript program with seed 1. */
  readonly trace: Trace;
  /** Of a pitfall: the program without the mistake. */
  readonly fixed?: Fixed;
}

/** The seeds with which each mistake must end as declared. */
const seeds = [1, 2, 3];

/**
 * Reads a lesson, runs its program, and runs it with each of its mistakes.
 *
 * @throws {Error} (rejects) if a program does not print what its Go twin printed, or does not end as its mistake declares
 */
export async function buildLesson(lesson: Lesson, examples: readonly Example[]): Promise<BuiltLesson> {
  const example = findExample(examples, lesson.example);
  const { directory } = example;
  const programs = await readPrograms(example);
  const { trace } = await checkRun(example, 1);
  return {
    ...lesson,
    directory,
    programs,
    mistakes: (await mistakesOf(example)).map((mistake) => ({
      mistake,
      go: applyEdit(programs.go, mistake.twin),
      ts: applyEdit(programs.ts, mistake.port),
    })),
    pairs: await readLinePairs(lesson.example),
    recording: await readRecording(example),
    trace,
  };
}

/**
 * Reads a pitfall and runs both of its programs, as `buildLesson` does.
 *
 * @throws {Error} (rejects) if a program does not print what its Go twin printed, or the fixed one does not begin with an explanation
 */
export async function buildPitfall(pitfall: Pitfall, examples: readonly Example[]): Promise<BuiltLesson> {
  const { slug, title, text, broken } = pitfall;
  const fixed = findExample(examples, pitfall.fixed);
  await checkRun(fixed, 1);
  const lesson = await buildLesson({ slug: `pitfall-${slug}`, example: broken, title, text }, examples);
  const programs = await readPrograms(fixed);
  return {
    ...lesson,
    pairs: findLinePairs(lesson.programs),
    fixed: {
      directory: fixed.directory,
      programs,
      pairs: findLinePairs(programs),
      recording: await readRecording(fixed),
      text: explanationIn(programs.ts, fixed.name),
    },
  };
}

/** The comment at the beginning of a fixed program says, after the title of the pitfall, what is different. */
function explanationIn(program: string, name: string): string {
  const [comment = ""] = /^(\/\/ .*\n)*/.exec(program) ?? [];
  const [, text] =
    /^[^:]*, fixed: (.*)$/.exec(
      comment
        .replace(/^\/\/ /gm, "")
        .trim()
        .replaceAll("\n", " "),
    ) ?? [];
  if (text === undefined) throw new Error(`${name} does not begin with "..., fixed: " and an explanation`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * Returns the example with a name.
 *
 * @throws {Error} if it does not exist
 */
export function findExample(examples: readonly Example[], name: string): Example {
  const example = examples.find((candidate) => candidate.name === name);
  if (example === undefined) throw new Error(`the example ${name} does not exist`);
  return example;
}

/** Runs the lesson with each of its mistakes, with three seeds each. */
export async function checkMistakes(example: Example): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "goro-mistakes-"));
  try {
    for (const edited of await writeMistakes(example, scratch)) {
      for (const seed of seeds) await checkRun(edited, seed);
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function readPrograms({ directory, port }: Example): Promise<Programs> {
  const [go, ts] = await Promise.all([readFile(join(directory, "main.go"), "utf8"), readFile(port, "utf8")]);
  return { go, ts };
}
