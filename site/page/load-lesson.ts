// Loading the module of a lesson, which the build makes.

import * as lessons from "virtual:lessons";
import type { LessonData } from "./lesson-data.ts";

/** Loads the data of a lesson. */
export function loadLesson(slug: string): Promise<LessonData> {
  return lessons.loadLesson(slug) as Promise<LessonData>;
}
