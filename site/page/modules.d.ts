declare module "*.css";

declare module "virtual:lessons" {
  import type { LessonData } from "./lesson-data.ts";

  /** Loads the module of a lesson. */
  export function loadLesson(slug: string): Promise<LessonData>;
}
