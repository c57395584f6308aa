// All workers have failed: each worker returns at its first error without notifying the submitter. The submitter then
// blocks forever in the next send, which has no receiver.
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

func worker(ctx context.Context, jobs <-chan int) error {
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
				return err
			}
		}
	}
}

// The pool returns the first error, if any.
func pool(ctx context.Context, jobs <-chan int) error {
	const numWorkers = 2
	errs := make(chan error, numWorkers)
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() {
			if err := worker(ctx, jobs); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

func run(ctx context.Context, items []int) (int, error) {
	jobs := make(chan int)
	poolErr := make(chan error, 1)
	go func() { poolErr <- pool(ctx, jobs) }()

	// This context is never canceled.
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

// Try: a context with a timeout of 300 ms. When does the first error reach main then?
