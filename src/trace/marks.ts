// Small pieces of SVG that several parts of a timeline are made of.

import { escape } from "./svg.ts";

/** What a pointer is told that rests on the element around it; nothing for "". It must fit for a file: see shown.ts. */
export function hint(content: string): string {
  return content === "" ? "" : `<title>${escape(content)}</title>`;
}

/** The head of an arrow, as a definition. */
export function arrowHead(id: string, classes: string, size: number): string {
  const attributes = `viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="${size}" markerHeight="${size}"`;
  const shape = `<path class="${classes}" d="M0 0.5L8 4L0 7.5z"/>`;
  return `<marker id="${id}" ${attributes} orient="auto" markerUnits="userSpaceOnUse">${shape}</marker>`;
}

/** A pattern that bars are filled with, as a definition. */
export function pattern(id: string, width: number, shape: string): string {
  return `<pattern id="${id}" width="${width}" height="6" patternUnits="userSpaceOnUse">${shape}</pattern>`;
}
