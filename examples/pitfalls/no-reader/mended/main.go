// Results without a reader, mended: a goroutine of its own waits for the workers and closes the results, so that main
// is free to read them.
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

	go func() {
		wg.Wait()
		close(results)
	}()
	for r := range results {
		sum += r
	}
	fmt.Printf("all are read: %d of %d delivered, and the sum is %d\n", delivered.Load(), numJobs, sum)
}

// Try: leave out the close. All results are read, and yet: who waits for what?
