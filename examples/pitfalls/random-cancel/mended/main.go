// A random cancel, mended: before each select the worker asks whether the context has ended. The select is still needed
// for the end that comes while the worker waits.
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

		// The context ends before the worker begins.
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		processed += worker(ctx, jobs)
	}

	fmt.Printf("no job was processed: %t\n", processed == 0)
	fmt.Printf("more than 100 jobs were processed: %t\n", processed > 100)
}

// Try: move the question below the select. What is printed then?
