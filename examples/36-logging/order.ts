import { inOrder, type Order } from "../../scripts/order.ts";

const jobs = Array.from({ length: 9 }, (_, i) => i + 1);

export const order: Order = {
  patterns: ["P48"],
  lines: "any",
  // The scheduler decides which worker takes a job.
  masks: [[/^worker \d/, "worker W"]],
  constraints: (lines) => [
    ...jobs.flatMap((j) => inOrder(lines, [/job (\d+) started$/, j], [/job (\d+) f(?:inish|ail)ed/, j])),
    ...jobs.flatMap((j) => checkSameWorker(lines, j)),
    ...inOrder(lines, [/^queue: (\d+)/, 6], [/^queue: (\d+)/, 3], [/^queue: (\d+)/, 0]),
    // In the middle of a round three jobs run, and all jobs that have not started are in the queue.
    ...[6, 3, 0].flatMap((waiting) => {
      const before = lines.slice(0, lines.indexOf(`queue: ${waiting} waiting`));
      const started = before.filter((line) => line.endsWith("started")).length;
      return started === 9 - waiting ? [] : [`${started} jobs had started when ${waiting} waited`];
    }),
    ...(lines.at(-1) === "all workers have ended" ? [] : ["the last line comes last"]),
  ],
};

function checkSameWorker(lines: readonly string[], job: number): string[] {
  const workers = lines.flatMap((line) => new RegExp(`^(worker \\d): job ${job} `).exec(line)?.[1] ?? []);
  return workers.length === 2 && workers[0] === workers[1] ? [] : [`job ${job} is not logged twice by one worker`];
}
