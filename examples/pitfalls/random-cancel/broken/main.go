// A random cancel: a select over the end of the context and the jobs. If both are ready it chooses at random, so jobs
// are still processed after the context is done.
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

// Try: make the jobs the first case of the select. Does the order of the cases matter?
