// The modules of the lessons in the bundle. Each is loaded when its lesson is run: the compiled programs, the code with each mistake, and the
// rules by which output is compared.

import { join } from "node:path";
import type { Plugin } from "vite";
import type { LessonData, ProgramData } from "../page/lesson-data.ts";
import { compileProgram } from "../run/transform.ts";
import { codeLines, editedCodeLines } from "./code-lines.ts";
import type { BuiltLesson, Programs } from "./lesson.ts";

const list = "virtual:lessons";
const prefix = "virtual:lesson/";

/** Resolves `virtual:lessons`, whose function `loadLesson` imports the module of a lesson. */
export function lessonModules(lessons: readonly BuiltLesson[]): Plugin {
  return {
    name: "goro-lessons",
    resolveId: (id) => (id === list || id.startsWith(prefix) ? `\0${id}` : null),
    load(id) {
      if (id === `\0${list}`) return listModule(lessons);
      const lesson = lessons.find(({ slug }) => id === `\0${prefix}${slug}`);
      return lesson === undefined ? null : lessonModule(lesson);
    },
  };
}

function listModule(lessons: readonly BuiltLesson[]): string {
  const entries = lessons.map(
    ({ slug }) => `${JSON.stringify(slug)}: () => import(${JSON.stringify(`${prefix}${slug}`)}),`,
  );
  return `const lessons = {\n${entries.join("\n")}\n};\nexport const loadLesson = async (slug) => (await lessons[slug]()).lesson;\n`;
}

function lessonModule(lesson: BuiltLesson): string {
  const { directory, programs, mistakes, recording, pairs } = lesson;
  const data: Omit<LessonData, "order" | "mistakes"> = {
    recording,
    programs: [
      programData(programs, codeLines(programs.go, "go", pairs).text, codeLines(programs.ts, "ts", pairs).text),
      ...mistakes.map((edited) =>
        programData(
          edited,
          editedCodeLines(programs.go, edited.go, "go", pairs).text,
          editedCodeLines(programs.ts, edited.ts, "ts", pairs).text,
        ),
      ),
    ],
  };
  const path = (file: string): string => JSON.stringify(join(directory, file));
  return [
    `import { order } from ${path("order.ts")};`,
    mistakes.length > 0 ? `import { mistakes } from ${path("mistakes.ts")};` : "const mistakes = [];",
    `export const lesson = { order, mistakes, ...${JSON.stringify(data)} };`,
  ].join("\n");
}

function programData({ ts }: Programs, go: string, port: string): ProgramData {
  return { program: { source: ts, code: compileProgram(ts) }, lines: { go, ts: port } };
}
