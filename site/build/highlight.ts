// Highlighting of code when the site is built, so that the page loads no parser.

import { parser as goParser } from "@lezer/go";
import { highlightCode } from "@lezer/highlight";
import { parser as javaScriptParser } from "@lezer/javascript";
import { tokenClasses } from "../page/token-classes.ts";
import { escapeText, Markup } from "./markup.ts";

/** The language of a program. */
export type Language = "go" | "ts";

const parsers = { go: goParser, ts: javaScriptParser.configure({ dialect: "ts" }) };

/** Returns the lines of a program with its tokens marked. */
export function highlight(code: string, language: Language): Markup[] {
  const lines = [""];
  const append = (text: string): void => {
    lines.push(`${lines.pop() ?? ""}${text}`);
  };
  const text = code.replace(/\n$/, "");
  highlightCode(
    text,
    parsers[language].parse(text),
    tokenClasses,
    (token, classes) => append(classes === "" ? escapeText(token) : `<i class="${classes}">${escapeText(token)}</i>`),
    () => lines.push(""),
  );
  return lines.map((line) => new Markup(line));
}
