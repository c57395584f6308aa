// The lessons of the tour, in the order of examples/README.md.

/** A page of the tour about one example. */
export interface Lesson {
  /** The name in the address, such as "rendezvous". */
  readonly slug: string;
  /** The folder under examples/, such as "first/3-rendezvous". */
  readonly example: string;
  readonly title: string;
  /** Two sentences; the second is a question that the run answers. */
  readonly text: string;
}

/** The eight first lessons, and the examples that can be followed step by step on a page. */
export const path: readonly Lesson[] = [
  {
    slug: "one-goroutine",
    example: "first/1-one-goroutine",
    title: "One goroutine",
    text: "The call of go starts boilWater and returns at once, so main and the kettle run side by side. Is the cup ready before or after the water boils?",
  },
  {
    slug: "main-does-not-wait",
    example: "first/2-main-does-not-wait",
    title: "Main does not wait",
    text: "The download has five parts and takes 1000 ms, but main returns after 500 ms. How many parts arrive?",
  },
  {
    slug: "rendezvous",
    example: "first/3-rendezvous",
    title: "A channel is a rendezvous",
    text: "A letter passes through the channel only when a sender and a receiver are both there, so the one that comes first waits for the other. Which of them waits at letter A, and which at letter B?",
  },
  {
    slug: "buffer",
    example: "first/4-buffer",
    title: "A buffer",
    text: "The tray has room for two plates, and main takes a plate every 100 ms. How many plates can the cook put on the tray before main takes the first one?",
  },
  {
    slug: "close-and-range",
    example: "first/5-close-and-range",
    title: "Close and range",
    text: "A loop over a channel receives one value after the other and ends when the channel is closed. Does main print its last line right after the number 1, or later?",
  },
  {
    slug: "no-receiver",
    example: "first/6-no-receiver",
    title: "No receiver",
    text: "Main sends a letter through a channel without a buffer, and no other goroutine runs. What does the program print after its first line?",
  },
  {
    slug: "select-and-timeout",
    example: "first/7-select-and-timeout",
    title: "Select and a timeout",
    text: "Main waits for each reply for at most 200 ms; the server needs 100 ms for the first reply and 300 ms more for the second. Which of the two does main receive?",
  },
  {
    slug: "wait-group",
    example: "first/8-wait-group",
    title: "Waiting for a group",
    text: "Main starts three workers and waits until the counter of the WaitGroup is back at zero. In which order do the workers finish, and is the order the same with another seed?",
  },
  {
    slug: "basic-pool",
    example: "01-basic-pool",
    title: "A pool of three workers",
    text: "Three workers receive nine jobs from one channel, and a worker that is idle takes the next job. Do the squares arrive in the order of the jobs?",
  },
  {
    slug: "complete-program",
    example: "02-complete-program",
    title: "Ten jobs of one second",
    text: "Three numbered workers do ten jobs of one second each, and main counts the results. After how many seconds does the last result arrive?",
  },
  {
    slug: "worker-ids",
    example: "05-worker-ids",
    title: "Numbered workers",
    text: "The WaitGroup counts three workers before the first of them starts, and a separate goroutine waits for it. How many workers are still live when that wait returns?",
  },
  {
    slug: "result-order",
    example: "10-result-order",
    title: "The order of the results",
    text: "Each of the six jobs takes less time than the one before it, and three workers share them. In which order do the results arrive?",
  },
  {
    slug: "results-with-errors",
    example: "11-results-with-errors",
    title: "A failed job has a result",
    text: "A job with an even number fails, and its result carries an error instead of a value. How many of the ten results does main get?",
  },
  {
    slug: "error-channel",
    example: "12-error-channel",
    title: "A channel for errors",
    text: "Values go to one channel and errors to another, and main reads both in one select until both are closed. How many values and how many errors does it receive?",
  },
  {
    slug: "first-error",
    example: "13-first-error",
    title: "A slot for the first error",
    text: "Five jobs fail one after the other, and the slot has room for one error. Which error is kept, and does a job with a later error have to wait?",
  },
  {
    slug: "panicking-jobs",
    example: "15-panicking-jobs",
    title: "Jobs that panic",
    text: "Three of the eight jobs panic, which is more jobs than there are workers. How many jobs have a result at the end?",
  },
  {
    slug: "closing-order",
    example: "17-closing-order",
    title: "The order of closing",
    text: "First the jobs are closed, then a goroutine waits for the workers, and then it closes the results. How many jobs are done after the jobs channel has been closed?",
  },
  {
    slug: "wait-for-workers",
    example: "18-wait-for-workers",
    title: "Work after the last result",
    text: "Each worker cleans up after its last job, and the pool returns when all workers have returned. How many workers are still live when main has received every result?",
  },
  {
    slug: "collect-by-count",
    example: "20-collect-by-count",
    title: "Collecting by count",
    text: "Main receives as many results as there are jobs, and the results channel is never closed. Is one result missing for each job that fails?",
  },
  {
    slug: "call-chain",
    example: "25-call-chain",
    title: "A context for a chain of calls",
    text: "The context is passed from report to section to query, and main cancels it after 100 ms. Does the query, which takes one second, still finish?",
  },
  {
    slug: "worker-loop",
    example: "26-worker-loop",
    title: "The loop of a cancelable worker",
    text: "The pool runs three times and ends in three ways: after all jobs, by a cancel of the caller, and by an error. How many workers are live after each run?",
  },
  {
    slug: "deadline",
    example: "28-deadline",
    title: "A deadline for a batch",
    text: "Two workers need 150 ms for each of ten jobs, and the deadline for all of them is after 500 ms. How many jobs are done by then, and what is the result of the others?",
  },
  {
    slug: "task-timeout",
    example: "29-task-timeout",
    title: "A timeout for each task",
    text: "Each task has 200 ms, and the task of job 2 takes 900 ms and ignores its context. When does the worker start job 3?",
  },
  {
    slug: "back-pressure",
    example: "30-back-pressure",
    title: "Back-pressure",
    text: "The producer sends its jobs as fast as it can to two busy workers, and the queue has room for three. How many jobs is it ahead of the workers at most?",
  },
  {
    slug: "rate-limit",
    example: "33-rate-limit",
    title: "A rate limit",
    text: "Each job starts with a tick of one ticker, which all workers share. Do three workers start the five jobs sooner than one worker?",
  },
];
