// The frame that all pages share.

import { html, type Markup } from "./markup.ts";

/** The files of the bundle that a page loads, as addresses relative to the page. */
export interface Assets {
  readonly script: string;
  readonly styles: readonly string[];
}

/** The parts of a page. */
export interface PageParts {
  readonly title: string;
  readonly description: string;
  /** The attributes of the body. */
  readonly attributes: Markup;
  readonly content: Markup;
}

/** Returns the text of an HTML file. */
export function toDocument({ title, description, attributes, content }: PageParts, { script, styles }: Assets): string {
  const links = styles.map((href) => html`<link rel="stylesheet" href="${href}" />${"\n"}`);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
        <meta name="description" content="${description}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link
          rel="icon"
          href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 20'%3E%3Cpath fill='%230a7a5c' d='M5 3v14l12-7z'/%3E%3C/svg%3E"
        />
        <script>
          document.documentElement.className = "js";
        </script>
        ${links}
        <script type="module" src="${script}"></script>
      </head>
      <body ${attributes}>
        ${content}
      </body>
    </html> `.text;
}
