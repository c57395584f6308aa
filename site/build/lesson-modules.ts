// The modules of the lessons in the bundle. One has the compiled program and the rule by which its output is compared, and is loaded when the
// lesson is run. The other has the mistakes.

import { join } from "node:path";
import type { Plugin } from "vite";
import type { EditedProgram, LessonData } from "../page/lesson-data.ts";
import type { CompiledProgram } from "../run/messages.ts";
import { compileProgram } from "../run/transform.ts";
import { editedCodeLines } from "./code-lines.ts";
import type { BuiltLesson } from "./lesson.ts";

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

function mistakesModule({ directory, programs, mistakes: all, pairs }: BuiltLesson): string {
  if (all.length === 0) return "export const data = { mistakes: [], programs: [] };";
  const edited = all.map(({ go, ts }): EditedProgram => ({
    program: compiled(ts),
    code: {
      go: editedCodeLines(programs.go, go, "go", pairs).text,
      ts: editedCodeLines(programs.ts, ts, "ts", pairs).text,
    },
  }));
  return [
    `import { mistakes } from ${JSON.stringify(join(directory, "mistakes.ts"))};`,
    `export const data = { mistakes, programs: ${JSON.stringify(edited)} };`,
  ].join("\n");
}

function compiled(source: string): CompiledProgram {
  return { source, code: compileProgram(source) };
}
