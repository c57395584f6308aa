// Loading the modules of a lesson, which the build makes.

import * as lessons from "virtual:lessons";
import type { LessonData, MistakesData } from "./lesson-data.ts";

/** Loads the program of a lesson. */
export function loadLesson(slug: string): Promise<LessonData> {
  return lessons.load(slug, 0) as Promise<LessonData>;
}

/** Loads the mistakes of a lesson. */
export function loadMistakes(slug: string): Promise<MistakesData> {
  return lessons.load(slug, 1) as Promise<MistakesData>;
}
