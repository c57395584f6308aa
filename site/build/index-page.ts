// The first page: the path of the lessons.

import { type Assets, toDocument } from "./document.ts";
import { html, type Markup } from "./markup.ts";
import { prose } from "./lesson-page.ts";
import type { Lesson } from "../lessons/path.ts";

/** Returns the text of the first page. */
export function indexPage(lessons: readonly Lesson[], pitfalls: readonly Lesson[], assets: Assets): string {
  const [first] = lessons;
  const items = (list: readonly Lesson[]): Markup[] =>
    list.map(
      ({ slug, title, text }) =>
        html`<li data-slug="${slug}">
            <a href="${slug}.html">${title}</a>
            <p>${prose(text)}</p>
          </li>
          ${"\n"}`,
    );
  return toDocument(
    {
      title: "goro tour: Go's concurrency in TypeScript",
      description: "Small programs in Go and in TypeScript, side by side, that run on the page and show each step.",
      attributes: html`class="path-page"`,
      content: html`<main>
        <h1>goro tour</h1>
        <p class="lead">
          Goroutines, channels and select, in Go and in TypeScript, side by side. Each program runs on the page: you see
          each step, forward and back, and you can break it.
        </p>
        <p><a class="primary start" href="${first?.slug}.html">Start with the first lesson</a></p>
        <h2>The path</h2>
        <ol class="lessons">
          ${items(lessons)}
        </ol>
        <h2>Pitfalls</h2>
        <p>Each page has a program with a mistake, and the same program without it.</p>
        <ol class="lessons">
          ${items(pitfalls)}
        </ol>
      </main>`,
    },
    assets,
  );
}
