// Builds the site: runs the programs, bundles the code of the pages, and writes one HTML file for each lesson.

import { readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Manifest } from "vite";
import { examples } from "../../scripts/examples.ts";
import { path } from "../lessons/path.ts";
import { pitfalls } from "../lessons/pitfalls.ts";
import type { Assets } from "./document.ts";
import { indexPage } from "./index-page.ts";
import { buildLesson, buildPitfall, type BuiltLesson, checkMistakes, findExample } from "./lesson.ts";
import { type LessonFiles, lessonModules } from "./lesson-modules.ts";
import { lessonPage, timelinePicture } from "./lesson-page.ts";

const root: string = fileURLToPath(new URL("../", import.meta.url));

/** The entries of the bundle. */
const entries = { lesson: "page/lesson.ts", index: "page/index.ts" } as const;

/** Options of {@link buildSite}. */
export interface SiteOptions {
  /** The folder to which the site is written. Its content is removed first. */
  readonly outDir: string;
  /** Whether each mistake is run and compared with its declared outcome. */
  readonly checksMistakes: boolean;
}

/**
 * Builds the site, and returns its lessons and its pitfalls.
 *
 * @throws {Error} (rejects) if a program does not end as it should
 */
export async function buildSite({ outDir, checksMistakes }: SiteOptions): Promise<readonly BuiltLesson[]> {
  const all = await examples();
  const lessons = await mapInParallel(path, async (lesson) => {
    const built = await buildLesson(lesson, all);
    if (checksMistakes) await checkMistakes(findExample(all, lesson.example));
    return built;
  });
  const traps = await mapInParallel(pitfalls, (pitfall) => buildPitfall(pitfall, all));
  const { assetsOf, filesOf } = await bundle([...lessons, ...traps], outDir);
  const write = (name: string, text: string): Promise<void> => writeFile(join(outDir, name), text);
  await write("index.html", indexPage(lessons, traps, assetsOf(entries.index)));
  for (const list of [lessons, traps]) {
    for (const [index, lesson] of list.entries()) {
      await write(`${lesson.slug}.svg`, timelinePicture(lesson));
      await write(`${lesson.slug}.html`, lessonPage(list, index, assetsOf(entries.lesson), filesOf(lesson.slug)));
    }
  }
  return [...lessons, ...traps];
}

/** Where the parts of the bundle are. */
interface Bundle {
  /** Returns the files of an entry. */
  assetsOf(entry: string): Assets;
  /** Returns the files of a lesson. */
  filesOf(slug: string): LessonFiles;
}

/** Bundles the code of the pages. */
async function bundle(lessons: readonly BuiltLesson[], outDir: string): Promise<Bundle> {
  const files = new Map<string, LessonFiles>();
  await build({
    root,
    configFile: join(root, "vite.config.ts"),
    logLevel: "warn",
    plugins: [lessonModules(lessons, files)],
    build: {
      outDir,
      emptyOutDir: true,
      manifest: true,
      rolldownOptions: { input: Object.values(entries).map((entry) => join(root, entry)) },
    },
  });
  const manifest = JSON.parse(await readFile(join(outDir, ".vite", "manifest.json"), "utf8")) as Manifest;
  await rm(join(outDir, ".vite"), { recursive: true });
  return {
    assetsOf(entry) {
      const chunk = manifest[entry];
      if (chunk === undefined) throw new Error(`the bundle has no entry ${entry}`);
      const imported = (chunk.imports ?? []).flatMap((name) => manifest[name]?.css ?? []);
      return { script: `./${chunk.file}`, styles: [...imported, ...(chunk.css ?? [])].map((file) => `./${file}`) };
    },
    filesOf(slug) {
      const found = files.get(slug);
      if (found === undefined) throw new Error(`the bundle has no lesson ${slug}`);
      return found;
    },
  };
}

/** Calls `f` for each item, for as many at a time as the machine has processors. Returns the results in the order of the items. */
async function mapInParallel<T, R>(items: readonly T[], f: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await f(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}
