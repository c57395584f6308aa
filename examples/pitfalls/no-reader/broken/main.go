// Results without a reader: a send on an unbuffered channel waits until somebody receives. Nobody does, so the workers
// wait for ever, and so does whoever waits for the workers.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const numJobs = 6

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan int)
	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	// The workers count together, so the counter is atomic.
	var delivered atomic.Int64
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for n := range jobs {
				results <- n * n
				delivered.Add(1)
			}
		})
	}

	// Each worker has a result in its hands, and cannot get rid of it.
	time.Sleep(50 * time.Millisecond)
	fmt.Printf("nobody reads: %d of %d delivered\n", delivered.Load(), numJobs)

	// One receive sets one worker free, until it has its next result.
	sum := <-results
	time.Sleep(50 * time.Millisecond)
	fmt.Printf("one is read: %d of %d delivered\n", delivered.Load(), numJobs)

	wg.Wait()
	close(results)
	for r := range results {
		sum += r
	}
	fmt.Printf("all are read: %d of %d delivered, and the sum is %d\n", delivered.Load(), numJobs, sum)
}

// Try: results with a buffer of 4. What is the largest number of jobs that works then?
