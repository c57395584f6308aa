// The loop of a cancelable worker: it waits for a job or for the end of the context. However the run ends, all of its
// workers have returned when it returns.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const numWorkers = 2

var errRefused = errors.New("negative numbers are refused")

// The workers share these counters and run in parallel, so the counters are atomic.
var live atomic.Int64
var taken atomic.Int64

func worker(ctx context.Context, jobs <-chan int) {
	live.Add(1)
	defer live.Add(-1)
	for {
		select {
		case <-ctx.Done():
			fmt.Println("  a worker ends: canceled")
			return
		case _, ok := <-jobs:
			// A receive from a closed channel is always ready. Without this check, the worker would receive jobs that were
			// never sent.
			if !ok {
				fmt.Println("  a worker ends: no more jobs")
				return
			}
			taken.Add(1)
			process(ctx)
		}
	}
}

// A job takes 50 ms, unless the context is done first.
func process(ctx context.Context) {
	select {
	case <-time.After(50 * time.Millisecond):
	case <-ctx.Done():
	}
}

func run(parent context.Context, items []int) error {
	// Deferred calls run on every exit path, in reverse order: the workers are canceled first, and then run waits for
	// them.
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(parent)
	defer cancel()

	jobs := make(chan int)
	for range numWorkers {
		wg.Go(func() { worker(ctx, jobs) })
	}
	for _, item := range items {
		if item < 0 {
			return errRefused
		}
		select {
		case jobs <- item:
			continue
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}

	// On this path the workers finish the jobs that they have, so the wait comes before the cancel.
	close(jobs)
	wg.Wait()
	return nil
}

func report(ctx context.Context, items []int) {
	taken.Store(0)
	err := run(ctx, items)
	fmt.Printf("  %d of %d jobs taken, %d workers live\n", taken.Load(), len(items), live.Load())
	if err != nil {
		fmt.Printf("  %v\n", err)
	}
}

func main() {
	fmt.Println("all is well")
	report(context.Background(), []int{1, 2, 3, 4, 5, 6})

	fmt.Println("the caller cancels after 125 ms")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	time.AfterFunc(125*time.Millisecond, cancel)
	report(ctx, []int{1, 2, 3, 4, 5, 6, 7, 8})

	// These jobs are not closed, and the caller does not cancel: only the deferred cancel ends the workers.
	fmt.Println("the fifth job is refused")
	report(context.Background(), []int{1, 2, 3, 4, -5, 6})
}

// Try: remove the deferred cancel from run, and assign it to _. Which of the three runs never ends, and which goroutine
// waits for which?
