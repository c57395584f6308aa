// Cancellation: the first error, or the caller, ends the whole run. Every goroutine that waits for a channel also waits
// for the context, so no goroutine leaks.
package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Squaring takes 100 ms, unless the context is done first. Items 13 and 14 are broken.
func process(ctx context.Context, item int) (int, error) {
	if item > 12 {
		time.Sleep(time.Duration(item-12) * 50 * time.Millisecond)
		return 0, fmt.Errorf("item %d is broken", item)
	}
	select {
	case <-time.After(100 * time.Millisecond):
		return item * item, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// The first error cancels the shared context, with the error as its cause.
func worker(ctx context.Context, cancel context.CancelCauseFunc, jobs <-chan int, results chan<- int) {
	for {
		// Select chooses at random if both cases are ready, so the context is checked first.
		if ctx.Err() != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case item, ok := <-jobs:
			if !ok {
				return
			}
			result, err := process(ctx, item)
			if err != nil {
				cancel(err)
				return
			}
			// Here the buffer has room for all results. With a smaller buffer, this send could block after the reader has
			// stopped reading.
			select {
			case results <- result:
			case <-ctx.Done():
				return
			}
		}
	}
}

func pool(ctx context.Context, cancel context.CancelCauseFunc, jobs <-chan int, results chan<- int) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { worker(ctx, cancel, jobs, results) })
	}
	wg.Wait()
	close(results)
}

// run returns the squares computed, and the error if the run was canceled.
func run(parent context.Context, items []int) ([]int, error) {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	jobs := make(chan int)
	results := make(chan int, len(items))
	go pool(ctx, cancel, jobs, results)

	// A plain break would leave the select, not the loop.
submit:
	for _, item := range items {
		select {
		case jobs <- item:
		case <-ctx.Done():
			break submit
		}
	}
	close(jobs)

	var squares []int
	for result := range results {
		squares = append(squares, result)
	}
	slices.Sort(squares)
	return squares, context.Cause(ctx)
}

func report(name string, squares []int, err error) {
	if err != nil {
		fmt.Printf("%s: %v after %v\n", name, err, squares)
	} else {
		fmt.Printf("%s: %v\n", name, squares)
	}
}

func main() {
	squares, err := run(context.Background(), []int{1, 2, 3, 4, 5, 6})
	report("all is well", squares, err)

	// One item fails: the workers and the loop that submits stop.
	squares, err = run(context.Background(), []int{1, 2, 3, 4, 13, 14, 7, 8})
	report("one fails", squares, err)

	// The caller cancels in the middle of the run.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	time.AfterFunc(250*time.Millisecond, cancel)
	squares, err = run(ctx, []int{1, 2, 3, 4, 5, 6, 7, 8})
	report("canceled", squares, err)
}

// Try: break without the label, delete the label, and count the iterations. How many come after the end?
