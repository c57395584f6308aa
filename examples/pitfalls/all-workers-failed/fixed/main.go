// All workers have failed, fixed: the first error cancels a context that the submitter and the workers share, so the
// submitter stops too.
package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Every item fails, and each takes 30 ms longer than the one before.
func process(item int) error {
	time.Sleep(time.Duration(item) * 30 * time.Millisecond)
	return fmt.Errorf("item %d is broken", item)
}

func worker(ctx context.Context, cancel context.CancelFunc, jobs <-chan int) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case item, ok := <-jobs:
			if !ok {
				return nil
			}
			if err := process(item); err != nil {
				fmt.Printf("%v: its worker returns\n", err)
				cancel()
				return err
			}
		}
	}
}

// The pool returns the first error, if any.
func pool(ctx context.Context, cancel context.CancelFunc, jobs <-chan int) error {
	const numWorkers = 2
	errs := make(chan error, numWorkers)
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() {
			if err := worker(ctx, cancel, jobs); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

func run(parent context.Context, items []int) (int, error) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()

	jobs := make(chan int)
	poolErr := make(chan error, 1)
	go func() { poolErr <- pool(ctx, cancel, jobs) }()

	// The first error cancels this context.
	submitted := 0
submit:
	for _, item := range items {
		select {
		case jobs <- item:
			submitted++
		case <-ctx.Done():
			break submit
		}
	}
	close(jobs)
	return submitted, <-poolErr
}

func main() {
	items := []int{1, 2, 3, 4, 5}
	submitted, err := run(context.Background(), items)
	fmt.Printf("%d of %d items submitted: %v\n", submitted, len(items), err)
}

// Try: let the items with odd numbers succeed. How many items are submitted before the end?
