declare module "*.css";

// The type of a lesson is in lesson-data.ts: this file cannot import it.
declare module "virtual:lessons" {
  /** Loads the module of a lesson. */
  export function loadLesson(slug: string): Promise<unknown>;
}
