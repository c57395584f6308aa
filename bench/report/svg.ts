// What the charts have in common: paper and ink that follow the reader's light or dark scheme, text, marks.

/** The colors of a kind of contender are never all that tells it apart: there is its name, and a pattern or a mark. */
const style = `
  text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 13px; }
  .small { font-size: 11px; fill: #59636e; }
  .own { font-weight: 700; }
  .paper { fill: #ffffff; }
  .axis { stroke: #d1d9e0; fill: none; }
  .goro { fill: #0969da; stroke: #0969da; }
  .peer { fill: #b6c0cb; stroke: #b6c0cb; }
  .go { fill: url(#hatch); stroke: #59636e; }
  .floor { fill: none; stroke: #59636e; stroke-dasharray: 3 2; }
  .hatch { stroke: #59636e; stroke-width: 2; }
  .line { fill: none; stroke: #59636e; stroke-width: 1.5; }
  .line.goro { stroke: #0969da; stroke-width: 3; fill: none; }
  .mark { fill: #ffffff; stroke: #59636e; stroke-width: 1.5; }
  .mark.goro { fill: #0969da; stroke: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .small { fill: #9198a1; }
    .paper { fill: #0d1117; }
    .axis { stroke: #3d444d; }
    .goro { fill: #4493f8; stroke: #4493f8; }
    .peer { fill: #656c76; stroke: #656c76; }
    .go, .floor, .hatch, .line, .mark { stroke: #9198a1; }
    .line.goro { stroke: #4493f8; }
    .mark { fill: #0d1117; }
    .mark.goro { fill: #4493f8; stroke: #4493f8; }
  }`;

/** A whole document of that size, with `title` for those who cannot see it. */
export function document(width: number, height: number, title: string, body: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<title>${escape(title)}</title>
<style>${style}
</style>
<defs><pattern id="hatch" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse"><path class="hatch" d="M0 0V6"/></pattern></defs>
<rect class="paper" width="${width}" height="${height}" rx="6"/>
${body.join("\n")}
</svg>
`;
}

/** Text that begins at `x`, or ends there. */
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

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
