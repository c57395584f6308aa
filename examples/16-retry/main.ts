// Retry: a failed job is retried up to three times, with a pause that doubles each time. A pause also ends when the
// context is done.

import { type Context, context, defer, main, receive, select, time } from "goro";

const retries = 3;
const unit = 50 * time.millisecond;

interface Job {
  id: number;
  goodFrom: number; // the first attempt that succeeds
}

function process(j: Job, attempt: number): Error | undefined {
  if (attempt < j.goodFrom) {
    return new Error("not ready");
  }
  return undefined;
}

// A worker would call retry for each job that it receives; here main calls it. It returns the number of attempts, and
// the error if the last attempt failed or the context is done.
async function retry(ctx: Context, j: Job): Promise<[attempts: number, err: Error | undefined]> {
  const start = time.now();
  let pause = unit;
  for (let attempt = 1; ; attempt++) {
    const err = process(j, attempt);
    if (!err) {
      return [attempt, undefined];
    }

    // Each failure is logged immediately, because a later success hides it.
    const at = Math.round(time.since(start) / unit);
    console.log(`job ${j.id}: attempt ${attempt}, at ${at} x 50 ms: ${err.message}`);
    if (attempt > retries) {
      return [attempt, err];
    }

    // A plain sleep would not end when the context is done.
    const s = await select({ after: receive(time.after(pause)), done: receive(ctx.done()) });
    switch (s.case) {
      case "after":
        pause *= 2;
        continue;
      case "done":
        return [attempt, ctx.err()];
    }
  }
}

main(async () => {
  // The fourth job starts at 10 x 50 ms, and the deadline expires during its second pause.
  const [ctx, cancel] = context.withTimeout(context.background(), 12 * unit);
  using _ = defer(cancel);

  const jobs: Job[] = [
    { id: 1, goodFrom: 1 },
    { id: 2, goodFrom: 3 },
    { id: 3, goodFrom: 9 },
    { id: 4, goodFrom: 9 },
  ];
  for (const j of jobs) {
    const [attempts, err] = await retry(ctx, j);
    if (err) {
      console.log(`job ${j.id}: failed, attempts: ${attempts}: ${err.message}`);
      continue;
    }
    console.log(`job ${j.id}: done, attempts: ${attempts}`);
  }
});

// Try: keep the pause constant. How does the fourth job end then?
