// The modules of the lessons in the bundle. One has the compiled program and the rule by which its output is compared, and is loaded when the
// lesson is run. The other has the mistakes.

import { join } from "node:path";
import type { Plugin } from "vite";
import type { CodeOfSides, EditedProgram, LessonData } from "../page/lesson-data.ts";
import type { CompiledProgram } from "../run/messages.ts";
import { compileProgram } from "../run/transform.ts";
import { editedCodeLines, fixedCodeLines } from "./code-lines.ts";
import type { BuiltLesson, Fixed, Programs } from "./lesson.ts";

const program = "virtual:program/";
const mistakes = "virtual:mistakes/";

/** The addresses of the modules of a lesson, relative to the page. */
export interface LessonFiles {
  readonly program: string;
  readonly mistakes: string;
}

/** Adds the modules of the lessons to the bundle, and `files`, by slug, when it is written. A page names those of its lesson. */
export function lessonModules(lessons: readonly BuiltLesson[], files: Map<string, LessonFiles>): Plugin {
  const bySlug = new Map(lessons.map((lesson) => [lesson.slug, lesson]));
  const find = (id: string, prefix: string): BuiltLesson | undefined =>
    id.startsWith(`\0${prefix}`) ? bySlug.get(id.slice(prefix.length + 1)) : undefined;
  const references = new Map<string, readonly string[]>();
  return {
    name: "goro-lessons",
    buildStart() {
      for (const { slug } of lessons) {
        const emit = (prefix: string, name: string): string =>
          this.emitFile({ type: "chunk", id: `${prefix}${slug}`, name, preserveSignature: "strict" });
        references.set(slug, [emit(program, slug), emit(mistakes, `${slug}-mistakes`)]);
      }
    },
    resolveId: (id) => (id.startsWith(program) || id.startsWith(mistakes) ? `\0${id}` : null),
    load(id) {
      const run = find(id, program);
      if (run !== undefined) return programModule(run);
      const broken = find(id, mistakes);
      return broken === undefined ? null : mistakesModule(broken);
    },
    generateBundle() {
      for (const [slug, ids] of references) {
        const [run = "", broken = ""] = ids.map((id) => `./${this.getFileName(id)}`);
        files.set(slug, { program: run, mistakes: broken });
      }
    },
  };
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
  const edited = all.map(({ go, ts }) =>
    editedProgram(ts, {
      go: editedCodeLines(programs.go, go, "go", pairs).text,
      ts: editedCodeLines(programs.ts, ts, "ts", pairs).text,
    }),
  );
  return [
    `import { mistakes } from ${JSON.stringify(join(directory, "mistakes.ts"))};`,
    `export const data = { mistakes, programs: ${JSON.stringify(edited)} };`,
  ].join("\n");
}

/** The module of a pitfall, whose only edit is its correction. */
function fixedModule(broken: Programs, { directory, programs, pairs, recording, text }: Fixed): string {
  const edited = editedProgram(programs.ts, {
    go: fixedCodeLines(broken.go, programs.go, "go", pairs).text,
    ts: fixedCodeLines(broken.ts, programs.ts, "ts", pairs).text,
  });
  return [
    `import { order } from ${JSON.stringify(join(directory, "order.ts"))};`,
    `const fixed = { order, ...${JSON.stringify({ recording, text })} };`,
    `export const data = { mistakes: [], programs: [${JSON.stringify(edited)}], fixed };`,
  ].join("\n");
}

function editedProgram(source: string, code: CodeOfSides): EditedProgram {
  return { program: compiled(source), code };
}

function compiled(source: string): CompiledProgram {
  return { source, code: compileProgram(source) };
}
