// The ready-made pool: runPool does what the previous programs do by hand. It takes a channel of jobs and a channel of
// outcomes, closes the outcomes when the run has ended, and reports the cause if the run was cut short.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const numWorkers = 2

// A job takes 50 ms per unit, unless the context is done first. Job 3 is broken.
func work(ctx context.Context, units int) (int, error) {
	select {
	case <-time.After(time.Duration(units) * 50 * time.Millisecond):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if units == 3 {
		return 0, errors.New("three is broken")
	}
	return units * 10, nil
}

func run(parent context.Context, units []int, onError string) {
	ctx, cancel := context.WithCancel(parent)
	jobs := make(chan int)
	results := make(chan outcome)

	// A pool that is cut short takes no more jobs, so the sender also waits for the context, which is canceled when the
	// pool has ended.
	sent := make(chan int, 1)
	go func() {
		taken := 0
		defer func() { sent <- taken }()
		defer close(jobs)
		for _, u := range units {
			select {
			case jobs <- u:
				taken++
			case <-ctx.Done():
				return
			}
		}
	}()

	// The pool runs in its own goroutine. Its error comes after the end of the results.
	ended := make(chan error, 1)
	go func() {
		err := runPool(ctx, jobs, results, onError)
		cancel()
		ended <- err
	}()

	// Each job has exactly one outcome: done, failed or canceled.
	for r := range results {
		if r.err != nil {
			fmt.Printf("  job %d %s: %v\n", r.job, r.status, r.err)
		} else {
			fmt.Printf("  job %d %s: %d\n", r.job, r.status, r.value)
		}
	}
	if err := <-ended; err != nil {
		fmt.Printf("  %v\n", err)
	} else {
		fmt.Println("  all is done")
	}
	fmt.Printf("  %d of %d jobs were taken\n", <-sent, len(units))
}

func main() {
	// A failed job does not affect the others.
	fmt.Println("collect:")
	run(context.Background(), []int{1, 3, 5, 2}, "collect")

	// A failed job cancels the others, and the sender stops too.
	fmt.Println("cancel:")
	run(context.Background(), []int{1, 3, 5, 2, 1, 1}, "cancel")

	// A run that is cut short reports the cause, and the jobs done by then keep their results.
	fmt.Println("too late:")
	ctx, cancel := context.WithTimeout(context.Background(), 225*time.Millisecond)
	defer cancel()
	run(ctx, []int{1, 2, 5}, "collect")
}

// Try: one worker. Which lines change in each of the three runs, and which run stays the same?

// The code below does what runPool does in goro.

type outcome struct {
	job    int
	status string
	value  int
	err    error
}

func runPool(parent context.Context, jobs <-chan int, results chan<- outcome, onError string) error {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(ctx, cancel, jobs, results, onError) })
	}
	wg.Wait()
	close(results)

	return context.Cause(ctx)
}

func worker(ctx context.Context, cancel context.CancelCauseFunc, jobs <-chan int, results chan<- outcome, onError string) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case job, ok := <-jobs:
			if !ok {
				return
			}
			value, err := work(ctx, job)
			o := outcome{job, "done", value, err}
			switch {
			case ctx.Err() != nil:
				o = outcome{job, "canceled", 0, context.Cause(ctx)}
			case err != nil:
				o.status = "failed"
			}
			results <- o
			if o.status == "failed" && onError == "cancel" {
				cancel(err)
			}
		}
	}
}
