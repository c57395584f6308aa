// HTML as a tagged template: values are escaped, unless they are markup.

/** A piece of HTML. */
export class Markup {
  readonly text: string;

  /** @param text - well-formed HTML */
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may contain. `false` and `undefined` are left out. */
export type Value = Markup | string | number | false | undefined | readonly Value[];

/** Returns the markup of a template. Texts are escaped, for elements and for attributes in double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.map((part, index) => part + toText(values[index])).join(""));
}

/** Escapes a text. */
export function escapeText(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character] as string);
}

function toText(value: Value): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "string" || typeof value === "number") return escapeText(String(value));
  return value.map(toText).join("");
}
