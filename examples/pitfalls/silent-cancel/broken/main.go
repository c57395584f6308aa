// A silent cancel: the context ends in the middle of the run, and the run returns the results so far without an error.
// A partial result looks complete.
package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// The first four jobs are fast, the others slow. A slow job that has started runs to its end.
func process(job int) int {
	if job <= 4 {
		time.Sleep(10 * time.Millisecond)
	} else {
		time.Sleep(500 * time.Millisecond)
	}
	return job * job
}

func worker(ctx context.Context, jobs <-chan int, results chan<- int) {
	for {
		select {
		case <-ctx.Done():
			return
		case job, ok := <-jobs:
			if !ok {
				return
			}
			// The buffer has room for all results.
			results <- process(job)
		}
	}
}

func pool(ctx context.Context, jobs <-chan int, results chan<- int) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { worker(ctx, jobs, results) })
	}
	wg.Wait()
	close(results)
}

func run(ctx context.Context, items []int) ([]int, error) {
	jobs := make(chan int)
	results := make(chan int, len(items))
	go pool(ctx, jobs, results)

submit:
	for _, item := range items {
		select {
		case <-ctx.Done():
			break submit
		case jobs <- item:
		}
	}
	close(jobs)

	var squares []int
	for result := range results {
		squares = append(squares, result)
	}
	// No job has failed, but not all jobs have been done.
	return squares, nil
}

func main() {
	items := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	ctx, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond)
	defer cancel()

	squares, err := run(ctx, items)
	if err != nil {
		fmt.Printf("stopped with %d of %d squares: %v\n", len(squares), len(items), err)
	} else {
		fmt.Printf("success with %d of %d squares\n", len(squares), len(items))
	}
}

// Try: a timeout of three seconds. How can the caller distinguish the two runs?
