// What the pictures have in common: paper and ink that follow the reader's light or dark scheme, text that cannot break
// the file.

/** Who is told apart by colour is told apart by a pattern or a letter too. */
export const colours = {
  running: ["#1a7f37", "#3fb950"],
  send: ["#bf3989", "#db61a2"],
  receive: ["#0969da", "#4493f8"],
  select: ["#8250df", "#ab7df8"],
  sleep: ["#6e7781", "#8b949e"],
  lock: ["#9a6700", "#d29922"],
  wait: ["#57606a", "#656c76"],
  failed: ["#cf222e", "#f85149"],
} as const;

const names = Object.keys(colours) as (keyof typeof colours)[];

const style = `
  text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 14px; }
  .small { font-size: 11px; fill: #59636e; }
  .mono { font-family: ui-monospace, monospace; }
  .paper { fill: #ffffff; }
  .axis { stroke: #d1d9e0; fill: none; }
  .ink { stroke: #1f2328; fill: none; }
${names.map((name) => `  .${name} { fill: ${colours[name][0]}; stroke: ${colours[name][0]}; }`).join("\n")}
  @media screen and (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .small { fill: #9198a1; }
    .paper { fill: #0d1117; }
    .axis { stroke: #3d444d; }
    .ink { stroke: #f0f6fc; }
${names.map((name) => `    .${name} { fill: ${colours[name][1]}; stroke: ${colours[name][1]}; }`).join("\n")}
  }`;

/**
 * A whole document of that size; `title` is for those who cannot see it, `own` what style and definitions it needs
 * besides.
 */
export function document(
  width: number,
  height: number,
  title: string,
  body: readonly string[],
  own: { readonly style?: string; readonly definitions?: string } = {},
): string {
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escape(title)}">
<title>${escape(title)}</title>
<style>${style}${own.style ?? ""}
</style>
<defs>${own.definitions ?? ""}</defs>
<rect class="paper" width="${width}" height="${height}" rx="6"/>
${body.join("\n")}
</svg>
`;
}

/** Text that begins at `x`, or ends there. It must fit for a file: see shown.ts. */
export function text(
  x: number,
  y: number,
  content: string,
  classes = "",
  anchor: "start" | "end" | "middle" = "start",
): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${classes}" text-anchor="${anchor}">${escape(content)}</text>`;
}

/** A tenth of a pixel is as exact as anybody sees. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

// For text and attributes.
function escape(content: string): string {
  return content
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** About how many pixels `content` takes; rather too many than too few. */
export function widthOf(content: string, size = 11): number {
  let width = 0;
  for (const character of content) width += (character.codePointAt(0) as number) >= 0x2e80 ? 1.1 : 0.58;
  return width * size;
}

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

/** A pattern that shapes are filled with, as a definition. */
export function pattern(id: string, width: number, shape: string): string {
  return `<pattern id="${id}" width="${width}" height="6" patternUnits="userSpaceOnUse">${shape}</pattern>`;
}
