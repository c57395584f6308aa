// An abandoned pool, mended: the channels come from the caller, who sends the jobs and reads the results. The pool
// waits for its workers and closes the results, so nobody is left when it has returned.
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

	// There is room for all jobs and all results, so nobody has to read while the pool works.
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

// Try: leave out the close of the jobs. Who waits for whom?
