// File processing: a pool reads files and counts their lines, words and bytes. A file that cannot be read also has a
// result, an error, so that one bad file does not end the batch.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Channel, defer, go, main, WaitGroup } from "goro";

const numWorkers = 3;

type Result =
  | { name: string; lines: number; words: number; bytes: number; err?: undefined }
  | { name: string; err: NodeJS.ErrnoException };

// The program writes the files that it reads, so it does not depend on existing files.
async function writeFiles(folder: string): Promise<void> {
  const files = {
    "empty.txt": "",
    "greek.txt": "καλημέρα κόσμε\n",
    "large.txt": "a line like any other\n".repeat(10_000),
    "poem.txt": "Roses are red,\nviolets are blue,\nresults are closed\nwhen the workers are through.\n",
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), content);
  }
}

// A line ends with a newline, words are separated by white space, and the bytes are those on the disk.
async function count(folder: string, name: string): Promise<Result> {
  try {
    const content = await readFile(join(folder, name));
    const text = content.toString();
    const lines = text.split("\n").length - 1;
    const words = text.split(/\s+/).filter((word) => word !== "").length;
    return { name, lines, words, bytes: content.length };
  } catch (err) {
    return { name, err: err as NodeJS.ErrnoException };
  }
}

main(async () => {
  const folder = await mkdtemp(join(tmpdir(), "goro-files-"));
  await using _ = defer(() => rm(folder, { recursive: true }));
  await writeFiles(folder);

  const names = ["large.txt", "missing.txt", "poem.txt", "greek.txt", "empty.txt"];
  const jobs = new Channel<string>();
  const results = new Channel<Result>();

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(async () => {
      for await (const name of jobs) {
        await results.send(await count(folder, name));
      }
    });
  }
  go(async () => {
    for (const name of names) {
      await jobs.send(name);
    }
    jobs.close();
    await wg.wait();
    results.close();
  });

  // The disk determines which file is read first, so the results are sorted.
  const collected: Result[] = [];
  for await (const r of results) {
    collected.push(r);
  }
  collected.sort((a, b) => (a.name < b.name ? -1 : 1));

  let read = 0;
  let size = 0;
  for (const r of collected) {
    if (r.err?.code === "ENOENT") {
      console.log(`${r.name}: no such file`);
    } else if (r.err) {
      console.log(`${r.name}: ${r.err.message}`);
    } else {
      console.log(`${r.name}: ${r.lines} lines, ${r.words} words, ${r.bytes} bytes`);
      read++;
      size += r.bytes;
    }
  }
  console.log(`${read} of ${names.length} read, ${size} bytes`);
});

// Try: add "." to the names. Which error is that, and what happens to the other files?
