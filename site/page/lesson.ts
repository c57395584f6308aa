// The page of a lesson: runs its program, shows the run, and changes the program.

import "./page.css";
import "./code.css";

import type { Mistake } from "../../scripts/mistakes.ts";
import type { ProgramRun } from "../run/host.ts";
import type { CompiledProgram } from "../run/messages.ts";
import { element, hasReducedMotion } from "../view/dom.ts";
import { formatAddress, parseAddress } from "./address.ts";
import { CodePanes } from "./code-panes.ts";
import type { CodeEditor } from "./editor.ts";
import { buttonById, byId } from "./elements.ts";
import type { LessonData } from "./lesson-data.ts";
import { loadLesson, loadMistakes } from "./load-lesson.ts";
import { MistakePanel } from "./mistake-panel.ts";
import { Player } from "./player.ts";
import { finishLesson, showProgress } from "./progress.ts";
import type { Verdict } from "./verdict.ts";

/** The way in which a run is shown: played, or at its first step. */
type Start = "play" | "step";

/** After this time, the button "Run" becomes "Stop", in milliseconds. */
const patience = 300;

const largestSeed = 999;

const { eventLimit } = document.body.dataset;
const limits = eventLimit === undefined ? {} : { eventLimit: Number(eventLimit) };

/** A program of the lesson that is run as it is. */
interface Choice {
  readonly program: CompiledProgram;
  readonly mistake: Mistake | undefined;
  /** The outcome that the program should have, if it is not that of a mistake. */
  readonly expectation: Pick<LessonData, "order" | "recording">;
}

class LessonPage {
  readonly #slug = document.body.dataset["lesson"] ?? "";
  readonly #panes = new CodePanes(document.querySelector<HTMLElement>(".programs") ?? document.body);
  readonly #player: Player;
  readonly #mistakes: MistakePanel;
  readonly #verdict = byId("verdict", HTMLParagraphElement);
  readonly #places = {
    timeline: byId("timeline", HTMLElement),
    channels: byId("channels", HTMLElement),
    output: byId("output", HTMLElement),
  };
  readonly #placeholder = this.#places.timeline.querySelector<HTMLElement>(".placeholder") ?? "";
  #seed = 1;
  #editor: CodeEditor | undefined;
  #running: ProgramRun | undefined;
  /** Counts the runs and the changes of the program, so that the result of an earlier run is not shown. */
  #turn = 0;
  /** Resolves when the chosen program is shown. */
  #chosen: Promise<void> = Promise.resolve();

  constructor() {
    this.#player = new Player({
      onStep: (view, step) => {
        const lines = view.linesAt(step);
        if (this.#editor === undefined) this.#panes.showStep(lines);
        else this.#editor.showStep(lines);
      },
      onEnd: () => {
        this.#mistakes.explain();
        this.#verdict.hidden = false;
      },
      onEmpty: (request) => void this.#run(request),
    });
    this.#mistakes = new MistakePanel((mistake) => void this.#chooseMistake(mistake));
    buttonById("run").addEventListener("click", () => this.#runOrStop());
    buttonById("dice").addEventListener("click", () => {
      this.#setSeed(1 + Math.floor(Math.random() * largestSeed));
      void this.#run("play");
    });
    buttonById("edit").addEventListener("click", () => void this.#edit());
    buttonById("reset").addEventListener("click", () => void this.#chooseMistake(0));
    addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) void this.#run("play");
    });
    addEventListener("hashchange", () => void this.#followAddress());
    showProgress();
    void this.#followAddress();
  }

  // ---- Runs

  #runOrStop(): void {
    if (this.#running !== undefined) {
      this.#running.stop();
    } else if (document.body.dataset["state"] === "stoppable") {
      // What the run needs is still being loaded.
      this.#begin();
      this.#show({ kind: "failed", text: "The program was stopped before it started." });
    } else {
      void this.#run("play");
    }
  }

  async #run(start: Start): Promise<void> {
    const turn = this.#begin();
    this.#setState("running");
    const stopTimer = setTimeout(() => {
      if (turn === this.#turn) this.#setState("stoppable");
    }, patience);
    try {
      await this.#chosen;
      const [choice, runner] = await Promise.all([this.#choice(), import("./runner.ts")]);
      const program = choice?.program ?? (await runner.compile(this.#editor?.text ?? ""));
      if (turn !== this.#turn) return;
      const run = runner.startRun(program, { seed: this.#seed, ...limits });
      this.#running = run;
      const result = await run.result;
      if (turn !== this.#turn) return;
      if (result.trace === null)
        this.#places.output.replaceChildren(element("pre", "printed", result.output.map(({ text }) => text).join("")));
      this.#player.load(result.trace === null ? undefined : runner.createRunView(this.#places, result));
      const mistake = choice?.mistake;
      this.#show(runner.judge(result, mistake === undefined ? choice?.expectation : runner.declaredOutcome(mistake)));
      if (result.line !== undefined) this.#editor?.markError(result.line);
      this.#finish(start, choice === undefined);
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
    } finally {
      clearTimeout(stopTimer);
      if (turn === this.#turn) {
        this.#running = undefined;
        this.#setState("ready");
      }
    }
  }

  /** The program that is run, with its mistake; `undefined` for a text that differs from it. */
  async #choice(): Promise<Choice | undefined> {
    const text = this.#editor?.text;
    const number = this.#mistakes.current;
    const [lesson, broken] = await Promise.all([loadLesson(), number === 0 ? undefined : loadMistakes()]);
    const program = broken?.programs[number - 1]?.program ?? lesson.program;
    if (text !== undefined && text.trimEnd() !== program.source.trimEnd()) return undefined;
    return { program, expectation: broken?.fixed ?? lesson, mistake: broken?.mistakes[number - 1] };
  }

  #finish(start: Start, isOwn: boolean): void {
    // A link cannot name a program that the reader has edited.
    const address = isOwn ? location.pathname : formatAddress({ seed: this.#seed, mistake: this.#mistakes.current });
    history.replaceState(null, "", address);
    finishLesson(this.#slug);
    // The result of a comparison is shown at the end of the run, because it says how the program ends.
    this.#verdict.hidden = this.#verdict.dataset["kind"] === "same";
    // Space then plays and pauses, instead of running the program again.
    if (document.activeElement?.id === "run") buttonById("play").focus();
    this.#scrollToPicture();
    if (start === "step") this.#player.show(1);
    else if (start === "play" && hasReducedMotion()) this.#player.show(Infinity);
    else if (start === "play") this.#player.play();
  }

  /** On a narrow screen, scrolls to the program if the picture, which follows it, would not be in view while the run is played. */
  #scrollToPicture(): void {
    if (this.#places.timeline.getBoundingClientRect().top > innerHeight * 0.8) this.#panes.scrollIntoView();
  }

  #fail(error: unknown): void {
    const { message, line } = error as Error & { readonly line?: number };
    this.#clearRun();
    this.#show({ kind: "failed", text: line === undefined ? message : `Line ${line}: ${message}.` });
    if (line !== undefined) this.#editor?.markError(line);
  }

  #show({ kind, text }: Verdict): void {
    this.#verdict.hidden = false;
    this.#verdict.dataset["kind"] = kind;
    this.#verdict.textContent = text;
  }

  #setState(state: "ready" | "running" | "stoppable"): void {
    document.body.dataset["state"] = state;
    byId("run-label", HTMLElement).textContent = state === "stoppable" ? "Stop" : "Run";
  }

  /** Ends the run that is in progress, and returns the number of the next. */
  #begin(): number {
    this.#running?.stop();
    this.#running = undefined;
    this.#player.pause();
    this.#editor?.markError(undefined);
    this.#show({ kind: "own", text: "" });
    this.#setState("ready");
    return ++this.#turn;
  }

  /** Removes the picture of the run. */
  #clearRun(): void {
    this.#player.clear();
    this.#panes.showStep({ current: undefined, waiting: [] });
    this.#places.timeline.replaceChildren(this.#placeholder);
    this.#places.channels.replaceChildren();
    this.#places.output.replaceChildren();
  }

  #setSeed(seed: number): void {
    this.#seed = seed;
    byId("seed", HTMLElement).textContent = String(seed);
  }

  // ---- The program

  #chooseMistake(mistake: number): Promise<void> {
    this.#begin();
    this.#mistakes.choose(mistake);
    this.#chosen = this.#showMistake(mistake);
    return this.#chosen;
  }

  async #showMistake(mistake: number): Promise<void> {
    const broken = mistake === 0 ? undefined : await loadMistakes();
    if (mistake !== this.#mistakes.current) return;
    this.#closeEditor();
    this.#panes.show(broken?.programs[mistake - 1]?.code);
    this.#mistakes.ask(broken?.mistakes[mistake - 1], broken?.fixed?.text);
    this.#clearRun();
  }

  async #edit(): Promise<void> {
    if (this.#editor !== undefined) return;
    const pane = byId("pane-ts", HTMLElement);
    const { CodeEditor: Editor } = await import("./editor.ts");
    this.#panes.showTab("ts");
    this.#editor = new Editor(pane, this.#panes.text, () => void this.#run("play"));
    const scrollTop = pane.querySelector(".code")?.scrollTop ?? 0;
    pane.classList.add("editing");
    buttonById("edit").hidden = true;
    buttonById("reset").hidden = false;
    this.#editor.focus();
    this.#editor.scrollTop = scrollTop;
  }

  #closeEditor(): void {
    if (this.#editor === undefined) return;
    this.#editor.close();
    this.#editor = undefined;
    byId("pane-ts", HTMLElement).classList.remove("editing");
    buttonById("edit").hidden = false;
    buttonById("reset").hidden = true;
  }

  /** Runs what the address names. */
  async #followAddress(): Promise<void> {
    const address = parseAddress(location.hash, this.#mistakes.count);
    if (address === undefined) return;
    this.#setSeed(address.seed);
    if (address.mistake !== this.#mistakes.current) await this.#chooseMistake(address.mistake);
    await this.#run("play");
  }
}

new LessonPage();
