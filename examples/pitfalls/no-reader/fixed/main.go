// Results without a reader, fixed: a separate goroutine waits for the workers and closes the results, so main is free
// to read them.
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

	go func() {
		wg.Wait()
		close(results)
	}()
	for r := range results {
		sum += r
	}
	fmt.Printf("all results read: %d of %d delivered, and the sum is %d\n", delivered.Load(), numJobs, sum)
}

// Try: remove the close. All results are read, but which goroutine still waits, and for what?
