// The modules of the lessons in the bundle. One has the compiled program and the rule by which its output is compared, and is loaded when the
// lesson is run. The other has the mistakes.

import { join } from "node:path";
import type { Plugin } from "vite";
import type { EditedProgram, LessonData } from "../page/lesson-data.ts";
import type { CompiledProgram } from "../run/messages.ts";
import { compileProgram } from "../run/transform.ts";
import { editedCodeLines } from "./code-lines.ts";
import type { BuiltLesson, Fixed, Programs } from "./lesson.ts";
import type { LinePairs } from "./line-pairs.ts";

const list = "virtual:lessons";
const program = "virtual:program/";
const mistakes = "virtual:mistakes/";

/** Resolves `virtual:lessons`, whose function `load` imports a module of a lesson. */
export function lessonModules(lessons: readonly BuiltLesson[]): Plugin {
  const bySlug = new Map(lessons.map((lesson) => [lesson.slug, lesson]));
  const find = (id: string, prefix: string): BuiltLesson | undefined =>
    id.startsWith(`\0${prefix}`) ? bySlug.get(id.slice(prefix.length + 1)) : undefined;
  return {
    name: "goro-lessons",
    resolveId: (id) => (id === list || id.startsWith(program) || id.startsWith(mistakes) ? `\0${id}` : null),
    load(id) {
      if (id === `\0${list}`) return listModule(lessons);
      const run = find(id, program);
      if (run !== undefined) return programModule(run);
      const broken = find(id, mistakes);
      return broken === undefined ? null : mistakesModule(broken);
    },
  };
}

function listModule(lessons: readonly BuiltLesson[]): string {
  const imports = lessons.map(({ slug }) => {
    const [run, broken] = [program, mistakes].map((prefix) => `() => import(${JSON.stringify(prefix + slug)})`);
    return `${JSON.stringify(slug)}: [${run}, ${broken}],`;
  });
  return `const lessons = {\n${imports.join("\n")}\n};\nexport const load = async (slug, part) => (await lessons[slug][part]()).data;\n`;
}

function programModule({ directory, programs, recording }: BuiltLesson): string {
  const data: Omit<LessonData, "order"> = { recording, program: compiled(programs.ts) };
  return [
    `import { order } from ${JSON.stringify(join(directory, "order.ts"))};`,
    `export const data = { order, ...${JSON.stringify(data)} };`,
  ].join("\n");
}

function mistakesModule({ directory, programs, mistakes: all, pairs, fixed }: BuiltLesson): string {
  if (fixed !== undefined) return fixedModule(programs, fixed);
  if (all.length === 0) return "export const data = { mistakes: [], programs: [] };";
  const edited = all.map((broken) => editedProgram(programs, broken, pairs));
  return [
    `import { mistakes } from ${JSON.stringify(join(directory, "mistakes.ts"))};`,
    `export const data = { mistakes, programs: ${JSON.stringify(edited)} };`,
  ].join("\n");
}

/** The module of a pitfall, whose only edit is its correction. */
function fixedModule(broken: Programs, { directory, programs, recording }: Fixed): string {
  const edited = editedProgram(broken, programs, { go: new Map(), ts: new Map() });
  return [
    `import { order } from ${JSON.stringify(join(directory, "order.ts"))};`,
    `const fixed = { order, recording: ${JSON.stringify(recording)} };`,
    `export const data = { mistakes: [], programs: [${JSON.stringify(edited)}], fixed };`,
  ].join("\n");
}

/** Returns an edit of `programs`, as it is run and shown. */
function editedProgram(programs: Programs, { go, ts }: Programs, pairs: LinePairs): EditedProgram {
  return {
    program: compiled(ts),
    code: {
      go: editedCodeLines(programs.go, go, "go", pairs).text,
      ts: editedCodeLines(programs.ts, ts, "ts", pairs).text,
    },
  };
}

function compiled(source: string): CompiledProgram {
  return { source, code: compileProgram(source) };
}
