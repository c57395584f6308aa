// The editor of the TypeScript program. It is loaded when it is opened.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import type { StepLines } from "./code-panes.ts";
import { tokenClasses } from "./token-classes.ts";

/** The marked lines, from 1, each with its class. */
type Marks = readonly (readonly [line: number, className: string])[];

const setMarks = StateEffect.define<Marks>();

/** The marks on lines. A change of the text removes them, because they belong to an earlier run. */
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(decorations, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const { doc } = transaction.state;
      const known = effect.value.filter(([line]) => line >= 1 && line <= doc.lines);
      return Decoration.set(
        known.map(([line, className]) => Decoration.line({ class: className }).range(doc.line(line).from)),
        true,
      );
    }
    return transaction.docChanged ? Decoration.none : decorations;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** An editor in a pane. */
export class CodeEditor {
  readonly #view: EditorView;
  #step: StepLines = { current: undefined, waiting: [] };
  #error: number | undefined;

  /**
   * @param pane - the element that gets the editor
   * @param onRun - called when Ctrl-Enter is pressed
   */
  constructor(pane: HTMLElement, text: string, onRun: () => void) {
    const run = (): boolean => {
      onRun();
      return true;
    };
    this.#view = new EditorView({
      parent: pane,
      doc: text.replace(/\n$/, ""),
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        javascript({ typescript: true }),
        syntaxHighlighting(tokenClasses),
        marks,
        EditorView.contentAttributes.of({
          // The content is focusable without it, but tools that check the page look for the attribute.
          tabindex: "0",
          "aria-label": "TypeScript program. Tab leaves the editor, Control-Enter runs.",
        }),
        // Tab is not bound: it leaves the editor.
        keymap.of([{ key: "Mod-Enter", run }, { key: "Ctrl-Enter", run }, ...defaultKeymap, ...historyKeymap]),
      ],
    });
  }

  /** The text of the program. */
  get text(): string {
    return `${this.#view.state.doc.toString()}\n`;
  }

  /** How far the editor is scrolled, in pixels. */
  set scrollTop(pixels: number) {
    this.#view.scrollDOM.scrollTop = pixels;
  }

  /** Gives the editor the focus. */
  focus(): void {
    this.#view.focus();
  }

  /** Marks the lines of a step. */
  showStep(lines: StepLines): void {
    this.#step = lines;
    this.#mark(lines.current);
  }

  /** Marks the line of an error, or none. */
  markError(line: number | undefined): void {
    this.#error = line;
    this.#mark(line);
  }

  /** Removes the editor. */
  close(): void {
    this.#view.destroy();
  }

  #mark(scrollTo: number | undefined): void {
    const { current, waiting } = this.#step;
    const { doc } = this.#view.state;
    const lines: Marks = [
      ...waiting.map((line) => [line, "waiting"] as const),
      ...(current === undefined ? [] : [[current, "current"] as const]),
      ...(this.#error === undefined ? [] : [[this.#error, "error"] as const]),
    ];
    const scroll =
      scrollTo === undefined || scrollTo > doc.lines ? [] : [EditorView.scrollIntoView(doc.line(scrollTo).from)];
    this.#view.dispatch({ effects: [setMarks.of(lines), ...scroll] });
  }
}
