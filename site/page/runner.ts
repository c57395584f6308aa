// The part of the page that is loaded with the first run.

import "../view/view.css";

export { compile, type ProgramRun, startRun } from "../run/host.ts";
export { createRunView } from "../view/run-view.ts";
export { expectationOf, judge, type Verdict } from "./verdict.ts";
