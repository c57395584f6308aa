// The page of a lesson. It can be read without JavaScript; the controls are shown only with it.

import { renderTimeline } from "../../src/trace/pictures.ts";
import { codeLines } from "./code-lines.ts";
import { type Assets, toDocument } from "./document.ts";
import { icon } from "./icons.ts";
import type { BuiltLesson, Fixed, Programs } from "./lesson.ts";
import { diffLines } from "./line-changes.ts";
import { html, type Markup } from "./markup.ts";

/** A pitfall may run without end: its recording has this many events. */
const eventLimit = 500;

/** Returns the text of the page of `lessons[index]`. */
export function lessonPage(lessons: readonly BuiltLesson[], index: number, assets: Assets): string {
  const lesson = lessons[index] as BuiltLesson;
  return toDocument(
    {
      title: `${lesson.title} · goro tour`,
      description: lesson.text,
      attributes: html`class="lesson" data-lesson="${lesson.slug}"
      ${lesson.fixed !== undefined && html`data-event-limit="${eventLimit}"`}`,
      content: html`${header(lessons, index)}
        <main>
          <section class="intro" aria-labelledby="title">
            <h1 id="title">${lesson.title}</h1>
            <p id="text">${prose(lesson.text)}</p>
            <div id="mistake" class="mistake" hidden></div>
          </section>
          ${code(lesson)} ${controls()}
          ${lesson.fixed === undefined ? mistakes(lesson) : fixSwitch(lesson.programs, lesson.fixed)} ${stage(lesson)}
        </main>`,
    },
    assets,
  );
}

function header(lessons: readonly BuiltLesson[], index: number): Markup {
  const link = (lesson: BuiltLesson | undefined, rel: "previous" | "next"): Markup =>
    lesson === undefined
      ? html`<span class="icon-button disabled">${icon(rel)}</span>`
      : html`<a
          class="icon-button"
          href="${lesson.slug}.html"
          title="${lesson.title}"
          aria-label="${rel === "next" ? "Next" : "Previous"} lesson: ${lesson.title}"
          >${icon(rel)}</a
        >`;
  const items = lessons.map(
    ({ slug, title }, at) =>
      html`<li data-slug="${slug}">
          <a href="${slug}.html" ${at === index && html` aria-current="page"`}>${title}</a>
        </li>
        ${"\n"}`,
  );
  return html`<header class="top">
    <a class="brand" href="index.html">goro <span>tour</span></a>
    <nav aria-label="Lessons">
      ${link(lessons[index - 1], "previous")}
      <details class="path">
        <summary>${index + 1} of ${lessons.length}<span class="wide">: ${lessons[index]?.title}</span></summary>
        <ol>
          ${items}
        </ol>
      </details>
      ${link(lessons[index + 1], "next")}
    </nav>
  </header>`;
}

function code({ programs, pairs }: BuiltLesson): Markup {
  const pane = (language: "go" | "ts", name: string, buttons: Markup | false): Markup =>
    html`<div class="pane" id="pane-${language}">
      <div class="pane-head">
        <h2>${name}</h2>
        ${buttons}
      </div>
      <pre
        class="code"
        tabindex="0"
        role="region"
        aria-label="${name} program"
      ><code>${codeLines(programs[language], language, pairs)}</code></pre>
    </div>`;
  return html`<section class="programs" aria-label="The program in Go and in TypeScript" data-tab="ts">
    <div class="tabs js-only">
      <button type="button" data-tab="ts" aria-pressed="true">TypeScript</button>
      <button type="button" data-tab="go" aria-pressed="false">Go</button>
    </div>
    ${pane("go", "Go", false)}
    ${pane(
      "ts",
      "TypeScript",
      html`<span class="js-only buttons"
        ><button type="button" id="edit">Edit</button> <button type="button" id="reset" hidden>Reset</button></span
      >`,
    )}
  </section>`;
}

function controls(): Markup {
  const button = (id: "first" | "back" | "step" | "last", label: string, key = ""): Markup =>
    html`<button type="button" class="icon-button" id="${id}" aria-label="${label}" title="${label}${key}">
      ${icon(id)}
    </button>`;
  return html`<section class="controls js-only" aria-label="Run and step">
    <div class="bar">
      <button type="button" id="run" class="primary" title="Run (Ctrl-Enter)">
        ${icon("run")}<span id="run-label">Run</span>
      </button>
      <button
        type="button"
        id="dice"
        title="Run with another seed: goroutines that are ready at the same time run in another order"
      >
        ${icon("dice")}<span>Seed <span id="seed">1</span></span>
      </button>
      <div class="steps" role="group" aria-label="Steps">
        ${button("first", "Beginning")} ${button("back", "Step back", " (left arrow)")}
        <button type="button" class="icon-button" id="play" aria-label="Play" title="Play (Space)">
          ${icon("play")}${icon("pause")}
        </button>
        ${button("step", "Next step", " (right arrow)")} ${button("last", "Last step")}
      </div>
      <input type="range" id="scrub" min="0" max="0" value="0" disabled aria-label="Step" />
      <output id="count" class="count" for="scrub"></output>
      <select id="speed" aria-label="Speed">
        <option value="0.5">0.5x</option>
        <option value="1" selected>1x</option>
        <option value="2">2x</option>
      </select>
    </div>
    <p id="sentence" class="sentence" aria-live="polite">Press Run, and then follow the program step by step.</p>
  </section>`;
}

function mistakes({ programs, mistakes: all }: BuiltLesson): Markup | false {
  if (all.length === 0) return false;
  const buttons = all.map(
    ({ mistake }, index) =>
      html`<button type="button" data-mistake="${index + 1}" aria-pressed="false">${mistake.title}</button>${"\n"}`,
  );
  const details = all.map(
    (edited) =>
      html`<details>
        <summary>${edited.mistake.title}</summary>
        <p>${prose(edited.mistake.question)}</p>
        ${difference(programs, edited, "ts")}${difference(programs, edited, "go")}
        <p>Output:</p>
        <pre class="printed">
${[...edited.mistake.output, ...(edited.mistake.failure ?? [])].map((line) => `${line}\n`)}</pre>
        <p>${prose(edited.mistake.explanation)}</p>
      </details> `,
  );
  return html`<section class="mistakes" aria-labelledby="break-it">
    <h2 id="break-it">Break it</h2>
    <div class="buttons js-only">${buttons}</div>
    <div class="no-js">${details}</div>
  </section>`;
}

/** The lines that an edit changes, for a reader without JavaScript. */
function difference(programs: Programs, edited: Programs, language: "go" | "ts"): Markup {
  const [before, after] = [programs, edited].map((texts) => texts[language].split("\n")) as [string[], string[]];
  const lines = diffLines(programs[language], edited[language]).flatMap(({ old, edited: added }) => {
    if (old !== undefined && added !== undefined) return [];
    return old === undefined ? `+ ${after[(added ?? 0) - 1] ?? ""}\n` : `- ${before[old - 1] ?? ""}\n`;
  });
  return html`<pre class="printed">${lines}</pre>`;
}

/** The switch between the two programs of a pitfall. */
function fixSwitch(programs: Programs, fixed: Fixed): Markup {
  return html`<section class="mistakes" aria-labelledby="break-it">
    <h2 id="break-it">Program</h2>
    <div class="buttons js-only">
      <button type="button" data-mistake="0" aria-pressed="true">Broken</button>
      <button type="button" data-mistake="1" aria-pressed="false">Fixed</button>
    </div>
    <details class="no-js">
      <summary>The fixed program</summary>
      ${difference(programs, fixed.programs, "ts")}${difference(programs, fixed.programs, "go")}
      <p>Output:</p>
      <pre class="printed">${fixed.recording.output}${fixed.recording.failure}</pre>
    </details>
  </section>`;
}

function stage(lesson: BuiltLesson): Markup {
  const { recording } = lesson;
  return html`<section class="stage" aria-label="What happened">
    <div class="timeline" id="timeline" tabindex="0" role="region" aria-label="Timeline of the goroutines">
      ${hasPicture(lesson) && html`<noscript><img src="${lesson.slug}.svg" alt="Timeline of a run with seed 1" /></noscript>`}
      <p class="placeholder js-only">
        What do you expect? Press <b>Run</b>: the goroutines and channels appear here, step by step.
      </p>
    </div>
    <div class="side">
      <div id="channels" class="channels" tabindex="0" role="region" aria-label="Channels"></div>
      <div class="output-head">
        <h2>Output</h2>
        <p id="verdict" class="verdict" role="status"></p>
      </div>
      <div id="output" class="output" tabindex="0" role="region" aria-label="Output">
        <pre class="printed no-js">${recording.output}${recording.failure}</pre>
      </div>
      <details id="list" class="list js-only" hidden>
        <summary>All steps as a list</summary>
        <ol id="all-steps"></ol>
      </details>
    </div>
  </section>`;
}

/** Whether the run is short enough for a picture in one piece. */
export function hasPicture({ trace }: BuiltLesson): boolean {
  return trace.events.length <= eventLimit;
}

/** Returns the picture of the run with seed 1, an SVG file. A page shows it without JavaScript. */
export function timelinePicture({ title, trace }: BuiltLesson): string {
  return renderTimeline(trace, { title: `${title}: a run with seed 1`, width: 860 });
}

/** A text in which the parts between backquotes are code. */
export function prose(text: string): Markup[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}
