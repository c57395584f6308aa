// The lessons that were run, kept in this browser only. Where storage is not allowed, nothing is kept.

import { element } from "../view/dom.ts";

const key = "goro-tour";

/** Returns the slugs of the lessons that were run. */
export function finishedLessons(): ReadonlySet<string> {
  try {
    const slugs: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return new Set(Array.isArray(slugs) ? slugs.filter((slug) => typeof slug === "string") : []);
  } catch {
    return new Set();
  }
}

/** Marks a lesson as run. */
export function finishLesson(slug: string): void {
  try {
    localStorage.setItem(key, JSON.stringify([...new Set([...finishedLessons(), slug])]));
  } catch {
    // Without storage, the mark is shown until the page is left.
  }
  showProgress([slug]);
}

/** Marks the entries of the path on this page. */
export function showProgress(slugs: Iterable<string> = finishedLessons()): void {
  for (const slug of slugs) {
    for (const item of document.querySelectorAll(`[data-slug="${CSS.escape(slug)}"]:not(.done)`)) {
      item.classList.add("done");
      item.querySelector("a")?.append(element("span", "visually-hidden", " (done)"));
    }
  }
}
