// Results without a reader: a send on an unbuffered channel blocks until another goroutine receives. No goroutine
// receives, so the workers block forever, and so does the goroutine that waits for them.
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

	// The workers share the counter, so it is atomic.
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

	// Each worker holds a result that it cannot send.
	time.Sleep(50 * time.Millisecond)
	fmt.Printf("no reader: %d of %d delivered\n", delivered.Load(), numJobs)

	// One receive unblocks one worker, until its next result.
	sum := <-results
	time.Sleep(50 * time.Millisecond)
	fmt.Printf("one result read: %d of %d delivered\n", delivered.Load(), numJobs)

	wg.Wait()
	close(results)
	for r := range results {
		sum += r
	}
	fmt.Printf("all results read: %d of %d delivered, and the sum is %d\n", delivered.Load(), numJobs, sum)
}

// Try: results with a buffer of 4. What is the largest number of jobs that works then?
