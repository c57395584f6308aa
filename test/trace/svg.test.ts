import { expect, test } from "@jest/globals";
import { layoutTimeline } from "../../src/trace/layout/timeline-layout.ts";
import { palette } from "../../src/trace/layout/theme.ts";
import { toSvg } from "../../src/trace/svg.ts";
import { recordings } from "../support/traces.ts";

const layouts = (await recordings()).map(([name, trace]) => {
  return [name, layoutTimeline(trace, { title: "", width: 800, from: 0, to: Infinity })] as const;
});

test.each(layouts)("a picture of %s has the colors of the page, if the page has colors", (_name, layout) => {
  const svg = toSvg(layout, { colorOf: (color) => `var(--${color})` });
  expect(svg).toContain("fill: var(--foreground);");
  expect(svg).not.toContain("prefers-color-scheme");
  for (const color of Object.values(palette).flat()) expect(svg).not.toContain(color);
  const names = Array.from(svg.matchAll(/var\(--([\w-]+)\)/g), ([, name]) => name);
  expect(Object.keys(palette)).toEqual(expect.arrayContaining(names));
});

test.each(layouts)("a picture of %s in a file has the colors of both schemes", (_name, layout) => {
  const svg = toSvg(layout);
  for (const color of palette.foreground) expect(svg).toContain(color);
  expect(svg).toContain("prefers-color-scheme: dark");
});
