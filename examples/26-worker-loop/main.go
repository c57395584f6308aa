// The loop of a worker that can be cancelled: it waits for a job or for the end of the context. Whichever way the run ends,
// all of its workers have ended when it returns.
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

// What the workers count. Plain numbers will not do: the workers run at the same time.
var live atomic.Int64
var taken atomic.Int64

func worker(ctx context.Context, jobs <-chan int) {
	live.Add(1)
	defer live.Add(-1)
	for {
		select {
		case <-ctx.Done():
			fmt.Println("  a worker ends: cancelled")
			return
		case _, ok := <-jobs:
			// A closed channel is always ready. If we did not ask, it would give us jobs that nobody has sent, without end.
			if !ok {
				fmt.Println("  a worker ends: no more jobs")
				return
			}
			taken.Add(1)
			process(ctx)
		}
	}
}

// A job takes 50 ms, unless the context ends before.
func process(ctx context.Context) {
	select {
	case <-time.After(50 * time.Millisecond):
	case <-ctx.Done():
	}
}

func run(parent context.Context, items []int) error {
	// Deferred calls run on every way out, the last one first: so the workers are cancelled, and then waited for.
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

	// On this way out the workers are to finish what they have: so wait for them before the context ends.
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

	// Nobody closes these jobs, and the caller does not cancel: only the deferred call does.
	fmt.Println("the fifth job is refused")
	report(context.Background(), []int{1, 2, 3, 4, -5, 6})
}

// Try: take the deferred cancel out of run, and name it _ there. Which of the three runs never ends, and who waits for whom?
