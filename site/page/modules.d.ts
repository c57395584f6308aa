declare module "*.css";

// The types of the modules are in lesson-data.ts: this file cannot import them.
declare module "virtual:lessons" {
  /** Loads a module of a lesson: 0 has its program, and 1 its mistakes. */
  export function load(slug: string, part: 0 | 1): Promise<unknown>;
}
