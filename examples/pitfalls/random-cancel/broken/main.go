// A random cancel: a select over the end of the context and the jobs. When both are ready it chooses at random, so jobs
// are still processed after the context has ended.
package main

import (
	"context"
	"fmt"
)

const numRuns = 1000
const numJobs = 5

// A worker gives how many jobs it has processed.
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

		// The context ends before the worker begins.
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		processed += worker(ctx, jobs)
	}

	fmt.Printf("no job was processed: %t\n", processed == 0)
	fmt.Printf("more than 100 jobs were processed: %t\n", processed > 100)
}

// Try: let the jobs be the first case of the select. Does the order of the cases matter?
