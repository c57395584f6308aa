// Loading the modules of a lesson, which the build makes, and whose addresses are in the page.

import type { LessonData, MistakesData } from "./lesson-data.ts";

/** Loads the program of the lesson. */
export function loadLesson(): Promise<LessonData> {
  return load("program") as Promise<LessonData>;
}

/** Loads the mistakes of the lesson. */
export function loadMistakes(): Promise<MistakesData> {
  return load("mistakes") as Promise<MistakesData>;
}

async function load(name: "program" | "mistakes"): Promise<unknown> {
  const address = new URL(document.body.dataset[name] ?? "", location.href).href;
  const module = (await import(/* @vite-ignore */ address)) as { readonly data: unknown };
  return module.data;
}
