// An abandoned pool, fixed: the caller makes the channels, sends the jobs and reads the results. The pool waits for its
// workers and closes the results, so no worker is left when it returns.
package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

const numWorkers = 3
const numJobs = 6

func workerPool(ctx context.Context, jobs <-chan int, results chan<- int) {
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case job, ok := <-jobs:
					if !ok {
						return
					}
					results <- job * job
				}
			}
		})
	}
	wg.Wait()
	close(results)
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	fmt.Printf("before: %d workers live\n", runtime.NumGoroutine()-1)

	// The buffers have room for all jobs and all results, so the results need not be read while the pool runs.
	jobs := make(chan int, numJobs)
	results := make(chan int, numJobs)
	for job := 1; job <= numJobs; job++ {
		jobs <- job
	}
	close(jobs)
	workerPool(ctx, jobs, results)
	time.Sleep(50 * time.Millisecond)
	fmt.Printf("after the pool has returned: %d workers live\n", runtime.NumGoroutine()-1)

	sum := 0
	for square := range results {
		sum += square
	}
	fmt.Printf("the sum of the squares is %d\n", sum)
}

// Try: remove the close of the jobs. Which goroutine waits for which?
