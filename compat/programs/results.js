// The results of the cases: by name, null for a case that passes, or the text of its error.

import { cases } from "./cases.js";

export async function results() {
  const errors = {};
  for (const [name, f] of Object.entries(cases)) {
    errors[name] = await Promise.resolve()
      .then(f)
      .then(
        () => null,
        (error) => String(error?.stack ?? error),
      );
  }
  return errors;
}
