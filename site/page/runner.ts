// The part of the page that is loaded with the first run.

import "../view/view.css";

export { declaredOutcome } from "../../scripts/declared-outcome.ts";
export { compile, type ProgramRun, startRun } from "../run/host.ts";
export { createRunView } from "../view/run-view.ts";
export { judge, type Verdict } from "./verdict.ts";
