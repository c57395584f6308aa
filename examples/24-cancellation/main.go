// Cancellation: the first error, or the caller, ends the whole run. Everybody who waits for a channel waits for the end of
// the context too, so nobody is left behind.
package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Squaring takes a while, and gives up when the context ends. Items 13 and 14 are broken.
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

// The first error cancels the context that all share, with the error as its cause.
func worker(ctx context.Context, cancel context.CancelCauseFunc, jobs <-chan int, results chan<- int) {
	for {
		// Select chooses at random when both are ready: so first ask for the end alone.
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
			// There is room for all results here. Where there is not, perhaps nobody reads any more.
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

// run gives what was done, and why it was not more.
func run(parent context.Context, items []int) ([]int, error) {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	jobs := make(chan int)
	results := make(chan int, len(items))
	go pool(ctx, cancel, jobs, results)

	// A plain break would leave the select and not the loop.
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

	// One item fails: the workers stop, and so does whoever submits.
	squares, err = run(context.Background(), []int{1, 2, 3, 4, 13, 14, 7, 8})
	report("one fails", squares, err)

	// The caller loses patience in the middle.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	time.AfterFunc(250*time.Millisecond, cancel)
	squares, err = run(ctx, []int{1, 2, 3, 4, 5, 6, 7, 8})
	report("called off", squares, err)
}

// Try: break without the label, delete it, and count the turns. How many come after the end?
