import { ascending, inOrder, type Order } from "../../scripts/order.ts";

const jobs = Array.from({ length: 10 }, (_, i) => i + 1);

export const order: Order = {
  patterns: ["P42"],
  lines: "any",
  // The scheduler decides which worker takes a job and which result comes first.
  masks: [
    [/^Worker \d/, "Worker W"],
    [/^Result \d+/, "Result I"],
  ],
  constraints: (lines) => [
    ...jobs.flatMap((j) =>
      inOrder(lines, [/ started job (\d+)$/, j], [/ finished job (\d+)$/, j], [/received: (\d+)$/, 2 * j]),
    ),
    ...ascending(lines, /^Result (\d+)/),
    ...checkConcurrency(lines),
    ...checkTurns(lines),
    ...(lines.slice(-2).join("\n") === "\n--- All jobs processed. ---"
      ? []
      : ["the last line comes last, below an empty one"]),
  ],
};

function checkConcurrency(lines: readonly string[]): string[] {
  let running = 0;
  let max = 0;
  for (const line of lines) {
    if (line.includes("started")) running++;
    if (line.includes("finished")) running--;
    max = Math.max(max, running);
  }
  return max <= 3 ? [] : [`${max} jobs ran at once`];
}

function checkTurns(lines: readonly string[]): string[] {
  return ["1", "2", "3"].flatMap((worker) => {
    const workerLines = lines.filter((line) => line.startsWith(`Worker ${worker} `));
    const wrong = workerLines.some((line, i) => line.includes("started") !== (i % 2 === 0));
    return wrong ? [`worker ${worker} does not start and finish in turn`] : [];
  });
}
