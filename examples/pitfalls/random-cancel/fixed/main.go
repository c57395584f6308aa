// A random cancel, fixed: the worker checks the context before each select. The select is still needed for a context
// that ends while the worker waits.
package main

import (
	"context"
	"fmt"
)

const numRuns = 1000
const numJobs = 5

// worker returns the number of jobs that it has processed.
func worker(ctx context.Context, jobs <-chan int) int {
	processed := 0
	for {
		if ctx.Err() != nil {
			return processed
		}
		select {
		case <-ctx.Done():
			return processed
		case _, ok := <-jobs:
			if !ok {
				return processed
			}
			processed++
		}
	}
}

func main() {
	processed := 0
	for range numRuns {
		jobs := make(chan int, numJobs)
		for job := 1; job <= numJobs; job++ {
			jobs <- job
		}
		close(jobs)

		// The context is done before the worker starts.
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		processed += worker(ctx, jobs)
	}

	fmt.Printf("no job was processed: %t\n", processed == 0)
	fmt.Printf("more than 100 jobs were processed: %t\n", processed > 100)
}

// Try: move the check below the select. What is printed then?
