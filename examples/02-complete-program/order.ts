import { ascending, inOrder, type Order } from "../../scripts/order.ts";

const jobs = Array.from({ length: 10 }, (_, i) => i + 1);

export const order: Order = {
  patterns: ["P42"],
  lines: "any",
  // Which worker takes a job, and which result comes first, is up to the scheduler.
  masks: [
    [/^Worker \d/, "Worker W"],
    [/^Result \d+/, "Result I"],
  ],
  constraints: (lines) => [
    ...jobs.flatMap((j) =>
      inOrder(lines, [/ started job (\d+)$/, j], [/ finished job (\d+)$/, j], [/received: (\d+)$/, 2 * j]),
    ),
    ...ascending(lines, /^Result (\d+)/),
    ...atMostThreeAtOnce(lines),
    ...turnByTurn(lines),
    ...(lines.slice(-2).join("\n") === "\n--- All jobs processed. ---"
      ? []
      : ["the last line comes last, below an empty one"]),
  ],
};

function atMostThreeAtOnce(lines: readonly string[]): string[] {
  let running = 0;
  let most = 0;
  for (const line of lines) {
    if (line.includes("started")) running++;
    if (line.includes("finished")) running--;
    most = Math.max(most, running);
  }
  return most <= 3 ? [] : [`${most} jobs ran at once`];
}

function turnByTurn(lines: readonly string[]): string[] {
  return ["1", "2", "3"].flatMap((worker) => {
    const own = lines.filter((line) => line.startsWith(`Worker ${worker} `));
    const wrong = own.some((line, i) => line.includes("started") !== (i % 2 === 0));
    return wrong ? [`worker ${worker} does not start and finish in turn`] : [];
  });
}
