// The icons of the page, as inline SVG: emoji need a font that some systems do not have.

import type { Markup } from "./markup.ts";
import { html } from "./markup.ts";

const paths = {
  run: "M5 3v14l12-7z",
  dice: "M4 2h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zm2.5 3a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zm7 0a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM10 8.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM6.5 12a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zm7 0a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
  first: "M3 4h2v12H3zM11 4v12l-6-6zM17 4v12l-6-6z",
  back: "M5 4h2v12H5zM15 4v12l-8-6z",
  step: "M13 4h2v12h-2zM5 4v12l8-6z",
  last: "M15 4h2v12h-2zM9 4v12l6-6zM3 4v12l6-6z",
  play: "M6 3v14l11-7z",
  pause: "M5 4h4v12H5zM11 4h4v12h-4z",
  previous: "M13 3 6 10l7 7 1.5-1.5L9 10l5.5-5.5z",
  next: "m7 3-1.5 1.5L11 10l-5.5 5.5L7 17l7-7z",
} as const;

/** Returns an icon. It is hidden from assistive technology; the button around it has the name. */
export function icon(name: keyof typeof paths): Markup {
  return html`<svg class="icon ${name}-icon" viewBox="0 0 20 20" aria-hidden="true">
    <path fill-rule="evenodd" d="${paths[name]}" />
  </svg>`;
}
