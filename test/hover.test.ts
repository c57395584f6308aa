// What an editor shows for a public name: documentation that says what the name does, and units of durations. The list of names is computed
// from the types of the entry points.

import { expect, test } from "@jest/globals";
import ts from "typescript";
import { type PublicName, publicNames } from "./support/public-names.ts";

const { names, service } = publicNames();
const hovers = names.map((name) => ({ ...name, label: `${name.module} ${name.name}`, ...hoverOf(name) }));
const labelsOf = (found: readonly { readonly label: string }[]): string[] => found.map(({ label }) => label);

/** Returns the documentation that the language service shows for a name, and the same with its tags, such as `@param`. */
function hoverOf({ file, position }: PublicName): { signature: string; summary: string; text: string } {
  const info = service.getQuickInfoAtPosition(file, position);
  const summary = ts.displayPartsToString(info?.documentation);
  const tags = (info?.tags ?? []).map(({ text }) => ts.displayPartsToString(text));
  return { signature: ts.displayPartsToString(info?.displayParts), summary, text: [summary, ...tags].join("\n") };
}

test("the names of all entry points are read", () => {
  const sample = ["Channel.send", "SendChannel.send", "new Channel", "context.withCancel", "PoolOptions.timeout"];
  expect(labelsOf(hovers)).toEqual(expect.arrayContaining(sample.map((name) => `goro ${name}`)));
  const namespaces = ["time", "import time", "context", "import context"];
  expect(labelsOf(hovers)).toEqual(expect.arrayContaining(namespaces.map((name) => `goro ${name}`)));
  expect(labelsOf(hovers)).toEqual(
    expect.arrayContaining(["goro/trace TraceEvent.wait", "goro/bullmq QueueOptions.lease"]),
  );
});

test("each name has documentation", () => {
  expect(labelsOf(hovers.filter(({ summary }) => summary.trim() === ""))).toEqual([]);
});

test("the documentation begins with what the name does or is, and not with another name", () => {
  expect(labelsOf(hovers.filter(({ summary }) => /^(See|Like|As) /.test(summary)))).toEqual([]);
});

test("the operations of a LossyChannel have documentation of their own, because they never wait", () => {
  const summaries = hovers.filter(({ name }) => /^LossyChannel\.(send|trySend)$/.test(name)).map(({ text }) => text);
  expect(summaries).toEqual([expect.stringContaining("without waiting"), expect.stringContaining("dropped")]);
  expect(summaries.join("\n")).not.toMatch(/waiting until|while waiting/);
});

test("durations and instants have units", () => {
  const times = hovers.filter(
    ({ type, summary }) =>
      hasNumber(type) && /^(How long|When it|The ([\w]+ )?(pause|instant|latency|mean|median))|latencies/.test(summary),
  );
  expect(times.length).toBeGreaterThan(20);
  expect(labelsOf(times.filter(({ text }) => !/millisecond/.test(text)))).toEqual([]);

  const withMs = hovers.filter(({ signature }) => /\bms: number/.test(signature));
  expect(withMs.length).toBeGreaterThan(10);
  expect(labelsOf(withMs.filter(({ text }) => !/millisecond/.test(text)))).toEqual([]);
});

test("each of several strings is explained", () => {
  const unions = hovers.flatMap(({ label, type, summary }) =>
    stringsOf(type)
      .filter((text) => !summary.includes(`"${text}"`) && !/^Whether/.test(summary))
      .map((text) => `${label}: ${text}`),
  );
  expect(unions).toEqual([]);
});

function hasNumber(type: ts.Type | undefined): boolean {
  return partsOf(type).some(({ flags }) => (flags & ts.TypeFlags.NumberLike) !== 0);
}

/** Returns the strings of a type, if it has several. */
function stringsOf(type: ts.Type | undefined): string[] {
  const strings = partsOf(type).flatMap((part) => (part.isStringLiteral() ? [part.value] : []));
  return strings.length > 1 ? strings : [];
}

function partsOf(type: ts.Type | undefined): readonly ts.Type[] {
  return type === undefined ? [] : type.isUnion() ? type.types : [type];
}
