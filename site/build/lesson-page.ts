// The page of a lesson. It can be read without JavaScript; the controls are shown only with it.

import { pluralize } from "../../src/trace/formatting.ts";
import type { Trace } from "../../src/trace/format.ts";
import { renderTimeline } from "../../src/trace/pictures.ts";
import { stepsOf } from "../view/steps.ts";
import { codeLines, fixedCodeLines } from "./code-lines.ts";
import { type Assets, toDocument } from "./document.ts";
import type { Language } from "./highlight.ts";
import { icon } from "./icons.ts";
import type { BuiltLesson, Fixed, Programs } from "./lesson.ts";
import { diffLines } from "./line-changes.ts";
import type { LessonFiles } from "./lesson-modules.ts";
import type { LinePairs } from "./line-pairs.ts";
import { html, type Markup } from "./markup.ts";

/** The smallest width of the picture of a run, and that for each event, in pixels. */
const pictureWidth = 860;
const eventWidth = 8;

/** How many steps a page lists for a reader without JavaScript. */
const listedSteps = 60;

const names = { go: "Go", ts: "TypeScript" } as const;

/** A pitfall may run without end: a recording or a picture has this many events. */
const eventLimit = 500;

/** Returns the text of the page of `lessons[index]`. */
export function lessonPage(lessons: readonly BuiltLesson[], index: number, assets: Assets, files: LessonFiles): string {
  const lesson = lessons[index] as BuiltLesson;
  return toDocument(
    {
      title: `${lesson.title} · goro tour`,
      description: lesson.text,
      attributes: html`class="lesson ${lesson.fixed !== undefined && "pitfall"}" data-lesson="${lesson.slug}"
      data-program="${files.program}" data-mistakes="${files.mistakes}"
      ${lesson.fixed !== undefined && html`data-event-limit="${eventLimit}"`}`,
      content: html`${header(lessons, index, lesson.fixed === undefined ? "Lesson" : "Pitfall")}
        <main>
          <section class="intro" aria-labelledby="title">
            <h1 id="title">${lesson.title}</h1>
            <p id="text" aria-live="polite">${prose(lesson.text)}</p>
            <div id="mistake" class="mistake" hidden></div>
            ${lesson.fixed !== undefined && programSwitch()}
          </section>
          ${code(lesson)} ${controls()} ${mistakes(lesson)} ${stage(lesson)}
          ${lesson.fixed !== undefined && html`<noscript>${fixedProgram(lesson.programs, lesson.fixed)}</noscript>`}
        </main>`,
    },
    assets,
  );
}

function header(lessons: readonly BuiltLesson[], index: number, kind: "Lesson" | "Pitfall"): Markup {
  const link = (lesson: BuiltLesson | undefined, rel: "previous" | "next"): Markup =>
    lesson === undefined
      ? html`<span class="icon-button disabled">${icon(rel)}</span>`
      : html`<a
          class="icon-button"
          href="${lesson.slug}.html"
          title="${lesson.title}"
          aria-label="${rel === "next" ? "Next" : "Previous"} ${kind.toLowerCase()}: ${lesson.title}"
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
    <nav aria-label="${kind}s">
      ${link(lessons[index - 1], "previous")}
      <details class="path">
        <summary>${kind} ${index + 1} of ${lessons.length}<span class="wide">: ${lessons[index]?.title}</span></summary>
        <ol>
          ${items}
        </ol>
      </details>
      ${link(lessons[index + 1], "next")}
    </nav>
  </header>`;
}

function code({ programs, pairs }: BuiltLesson): Markup {
  const pane = (language: Language, buttons: Markup | false): Markup =>
    html`<div class="pane" id="pane-${language}">
      <div class="pane-head">
        <h2>${names[language]}</h2>
        ${buttons}
      </div>
      <pre
        class="code"
        tabindex="0"
        role="region"
        aria-label="${names[language]} program"
      ><code>${codeLines(programs[language], language, pairs)}</code></pre>
    </div>`;
  return html`<section class="programs" aria-label="The program in Go and in TypeScript" data-tab="ts">
    <div class="tabs js-only">
      <button type="button" data-tab="ts" aria-pressed="true">TypeScript</button>
      <button type="button" data-tab="go" aria-pressed="false">Go</button>
    </div>
    ${pane("go", false)}
    ${pane(
      "ts",
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
function programSwitch(): Markup {
  return html`<div class="buttons program-switch js-only" role="group" aria-label="Program">
    <button type="button" data-mistake="0" aria-pressed="true">Broken</button>
    <button type="button" data-mistake="1" aria-pressed="false">Fixed</button>
  </div>`;
}

/** The fixed program of a pitfall, for a reader without JavaScript. */
function fixedProgram(broken: Programs, { programs, pairs, text, recording }: Fixed): Markup {
  return html`<section class="fixed-program" aria-labelledby="fixed">
    <h2 id="fixed">The fixed program</h2>
    <p>${prose(text)}</p>
    <div class="programs">
      ${(["go", "ts"] as const).map((language) => fixedPane(language, broken, programs, pairs))}
    </div>
    <h2>Output</h2>
    <pre class="printed">${recording.output}${recording.failure}</pre>
  </section>`;
}

function fixedPane(language: Language, broken: Programs, fixed: Programs, pairs: LinePairs): Markup {
  const lines = fixedCodeLines(broken[language], fixed[language], language, pairs);
  return html`<pre
    class="pane code"
    tabindex="0"
    role="region"
    aria-label="Fixed ${names[language]} program"
  ><code>${lines}</code></pre>`;
}

function stage(lesson: BuiltLesson): Markup {
  const { recording } = lesson;
  return html`<section class="stage" aria-label="What happened">
    <div class="timeline" id="timeline" tabindex="0" role="region" aria-label="Timeline of the goroutines">
      <noscript>${picture(lesson)}</noscript>
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
      <noscript>${stepList(lesson)}</noscript>
      <details id="list" class="list js-only" hidden>
        <summary>All steps as a list</summary>
        <ol id="all-steps"></ol>
      </details>
    </div>
  </section>`;
}

/** The picture as an object, whose texts can be selected and searched, and which no reader with JavaScript loads. */
function picture({ slug, trace }: BuiltLesson): Markup {
  const count = pluralize(trace.goroutines.length, "goroutine");
  const label = `Timeline of a run with seed 1, with ${count}; its steps are in a list after the output.`;
  return html`<object type="image/svg+xml" data="${slug}.svg" aria-label="${label}">${label}</object>`;
}

/** The steps of the run with seed 1. */
function stepList({ trace }: BuiltLesson): Markup {
  const { steps } = stepsOf({ trace: beginningOf(trace), output: [] });
  const items = steps.slice(0, listedSteps).map(
    ({ sentence }) =>
      html`<li>${sentence}</li>
        ${"\n"}`,
  );
  const omitted = steps.length - items.length;
  return html`<details class="list">
    <summary>All steps as a list</summary>
    <ol>
      ${items}
    </ol>
    ${omitted > 0 && html`<p>and ${omitted} more</p>`}
  </details>`;
}

/** Returns the picture of the run with seed 1, an SVG file. A page shows it without JavaScript. */
export function timelinePicture({ title, trace }: BuiltLesson): string {
  const shown = beginningOf(trace);
  const what = shown === trace ? "a run" : `the first ${eventLimit} events of a run`;
  const width = Math.max(pictureWidth, shown.events.length * eventWidth);
  return renderTimeline(shown, { title: `${title}: ${what} with seed 1`, width });
}

/** The first events of a run, which is still in progress after the last of them. */
function beginningOf(trace: Trace): Trace {
  const events = trace.events.slice(0, eventLimit);
  if (events.length === trace.events.length) return trace;
  return { ...trace, events, end: events.at(-1)?.at ?? 0, ending: "running" };
}

/** A text in which the parts between backquotes are code. */
export function prose(text: string): Markup[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}
