// Reading a stack as V8 and JavaScriptCore write it: one frame a line.

// The folder of the library's own files. In a bundle this is the folder of everything, and nothing is left out then.
const own = /^(.*\/)goroutine\/stack\.[jt]s$/.exec(import.meta.url.split("?")[0] as string)?.[1];

/** The frames of an error's stack, without the message above them. */
export function frames(error: Error): string[] {
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at |^\S*@\S+:\d+:\d+$/.test(line))
    .map((line) => line.trim());
}

/** Where the library was called from: the frames of the caller's program, without the library's own. */
export function callers(): string[] {
  const all = frames(new Error());
  if (own === undefined) return all;
  const path = own.replace(/^file:\/\//, "");
  return all.filter((frame) => !frame.includes(own) && !frame.includes(path) && !frame.includes("(node:"));
}
