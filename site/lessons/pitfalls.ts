// The pitfalls of the tour: for each a program with a mistake and the program without it.

/** A page of the tour about one mistake, with a switch between two programs. */
export interface Pitfall {
  /** The name in the address, which is also the name of the folder under examples/pitfalls/. */
  readonly slug: string;
  readonly title: string;
  /** What is wrong in the broken program, in one or two sentences. */
  readonly text: string;
  /** The folder of the program with the mistake, under examples/. */
  readonly broken: string;
  /** The folder of the program without it. */
  readonly fixed: string;
}

/** All pitfalls, in the order of their names. */
export const pitfalls: readonly Pitfall[] = [
  pitfall(
    "abandoned-pool",
    "An abandoned pool",
    "Only the function that makes the channels can reach them, and it neither sends jobs nor waits for the workers. It returns at once and leaves its workers blocked until the context is canceled.",
  ),
  pitfall(
    "all-workers-failed",
    "All workers have failed",
    "Each worker returns at its first error without notifying the submitter. The submitter then blocks forever in the next send, which has no receiver.",
  ),
  pitfall(
    "break-in-select",
    "Break inside a select",
    "A break inside a select leaves the select, not the loop around it. The loop therefore runs all of its iterations although the context is done.",
  ),
  pitfall(
    "closer-in-line",
    "Closing inline",
    "Close the jobs, wait, close the results: the order is right, but here it runs before the results are read. With one result more than the buffer has room for, a worker waits for a reader, and the reader waits for the worker.",
  ),
  pitfall(
    "counting-results",
    "Counting the results",
    "Ten jobs are sent and ten results expected, but a failed job sends none. Nine results arrive, and main waits for the tenth forever.",
  ),
  pitfall(
    "double-add",
    "Adding twice",
    "All workers are added before the loop, and each of them is added once more inside it. Each worker calls done once, so the counter does not reach 0, and the wait never returns.",
  ),
  pitfall(
    "error-never-set",
    "An error that is never set",
    "The result has an error field, and the reader checks it, but no code sets it. A failed job throws through the worker, and that is a panic, which ends the program.",
  ),
  pitfall(
    "first-error-only",
    "The first error only",
    "The pool keeps one error, and the run returns nothing else. The second error is lost, and so are all the good results.",
  ),
  pitfall(
    "forgotten-close",
    "A forgotten close",
    "When all jobs are done, the workers wait for another job forever. The goroutine that waits for the workers therefore also blocks forever.",
  ),
  pitfall(
    "full-buffer",
    "A full buffer",
    "A buffer prevents blocking only until it is full. The next send then blocks, here forever, because the worker that would make room has not been started yet.",
  ),
  pitfall(
    "length-as-load",
    "The length as the load",
    "The length of a channel counts the values in its buffer, not the blocked senders. The length of an unbuffered channel is always 0.",
  ),
  pitfall(
    "limiter-per-worker",
    "A limiter in each worker",
    "The rate is meant for the pool, but each of the three workers has a ticker of its own, which triples it. In addition, the wait for a tick does not end when the context is done.",
  ),
  pitfall(
    "lines-run-together",
    "Lines that run together",
    "The output of a failure has no newline at its end, so the next output continues on the same line. In addition, the job is named twice, because the error already names it.",
  ),
  pitfall(
    "lost-error",
    "A lost error",
    "The error is sent only if the channel can take it at once, and no goroutine receives yet. The error is dropped, and the pool returns without an error.",
  ),
  pitfall(
    "negative-workers",
    "A negative number of workers",
    "The number becomes the capacity of a channel, which cannot be negative. The panic mentions a size, not the number of workers.",
  ),
  pitfall(
    "no-reader",
    "Results without a reader",
    "A send on an unbuffered channel blocks until another goroutine receives. No goroutine receives, so the workers block forever, and so does the goroutine that waits for them.",
  ),
  pitfall(
    "no-workers",
    "No workers",
    "The channels exist and the jobs are sent, but no worker was started to receive them. Three jobs fit into the buffer, and the fourth send blocks forever.",
  ),
  pitfall(
    "nothing-waits",
    "Nothing waits",
    "The channels, the workers and the jobs are there, but main returns at once, and the program ends with it. It has done nothing and reports success.",
  ),
  pitfall(
    "panicking-worker",
    "One panicking worker",
    "A panic that is not recovered ends the whole program, with exit code 2, and not only the worker. The jobs of the other workers are lost too.",
  ),
  pitfall(
    "phantom-jobs",
    "Phantom jobs",
    "The worker receives in a select and does not check whether the channel is closed. A receive from a closed channel is always ready, so the worker receives jobs that were never sent, until the context is done.",
  ),
  pitfall(
    "quit-channel",
    "An ignored quit channel",
    "The worker waits for its quit channel only together with the jobs. While it is blocked in the send of a result that is never read, stop has no effect.",
  ),
  pitfall(
    "random-cancel",
    "A random cancel",
    "The worker selects over the end of the context and the jobs. If both are ready, select chooses at random, so jobs are still processed after the context is done.",
  ),
  pitfall(
    "random-priority",
    "Random priority",
    "One select over both queues is meant to prefer the important jobs. But select has no preference: if both queues have jobs, each is equally likely.",
  ),
  pitfall(
    "read-after-stop",
    "Reading after stop",
    "Stop waits for the workers, and the workers wait for a reader, which comes after stop. Three results fit into the buffer, and the send of the fourth blocks forever.",
  ),
  pitfall(
    "results-closed-early",
    "Results closed too early",
    "The reader gets no result, and the first worker that finishes a job panics, because it sends on a closed channel.",
  ),
  pitfall(
    "send-after-close",
    "Sending after close",
    "A closed channel accepts no more values, and a send on it panics, which ends the program. Here one more job is sent after the close.",
  ),
  pitfall(
    "send-all-then-read",
    "Sending everything before reading anything",
    "All jobs are sent before the first result is read, which works while each job fits into a buffer or a worker. Three queued jobs, three in the workers and three results are nine; the tenth send blocks forever.",
  ),
  pitfall(
    "silent-cancel",
    "A silent cancel",
    "The context ends in the middle of the run, and the run returns the results so far without an error. A partial result looks complete.",
  ),
  pitfall(
    "start-twice",
    "Starting twice",
    "Each start adds workers, so a pool of 3 workers has 6, without a warning. The resource that the limit of 3 protects gets twice the load.",
  ),
  pitfall(
    "stop-twice",
    "Stopping twice",
    "Stop closes a channel, and a second close panics. Here one stop is deferred for safety, and the other is called when the work is done.",
  ),
  pitfall(
    "submit-after-stop",
    "Submitting after stop",
    "Stop has closed the jobs channel, so a late submit sends on a closed channel, which panics.",
  ),
  pitfall(
    "test-that-fits",
    "A test that fits",
    "Ten jobs fit into buffers of ten, so the test passes even if the jobs are sent before the results are read. With 24 jobs the same test blocks forever: 10 queued jobs, 3 in the workers and 10 results are 23.",
  ),
  pitfall(
    "timeout-around-a-call",
    "A timeout around a call",
    "The call is in a case of a select, beside time.after. Select starts when the call has returned, so the timeout interrupts nothing and has no effect.",
  ),
  pitfall(
    "unbounded",
    "Unbounded goroutines",
    "With one goroutine per job, all jobs run at once. A goroutine is cheap, but the resources that it uses are limited.",
  ),
  pitfall(
    "undrained-queue",
    "An undrained queue",
    "A worker returns at its first error and leaves the queued jobs in the channel. When all workers have returned, the queue stays full, and the next send blocks forever.",
  ),
  pitfall(
    "unguarded-result",
    "An unguarded result",
    "The workers check the context when they receive, but not when they send. When main stops reading the results, the workers block in their sends forever, and the pool waits for them.",
  ),
  pitfall(
    "waits-in-caller",
    "Waiting in the caller",
    "The pool returns when all workers have returned, and the workers return when their results are read. The goroutine that would read them waits for the pool.",
  ),
  pitfall(
    "zero-workers",
    "Zero workers",
    "The number of workers is a parameter, and no code checks it. With 0 workers, no goroutine receives a job, and the first send blocks forever.",
  ),
];

function pitfall(slug: string, title: string, text: string): Pitfall {
  return { slug, title, text, broken: `pitfalls/${slug}/broken`, fixed: `pitfalls/${slug}/fixed` };
}
