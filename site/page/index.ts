// The first page: shows the progress on the path.

import "./page.css";
import { showProgress } from "./progress.ts";

showProgress();
