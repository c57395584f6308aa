// A forgotten close: when all jobs are done, the workers wait for another job forever. The goroutine that waits for the
// workers therefore also blocks forever.
package main

import (
	"fmt"
	"sync"
)

const numWorkers = 3
const numJobs = 5

// The loop ends when the channel is closed and empty. An empty channel alone does not end it.
func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * n
	}
}

func main() {
	// The buffers have room for all jobs and all results, so no send blocks.
	jobs := make(chan int, numJobs)
	results := make(chan int, numJobs)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}

	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	fmt.Printf("%d jobs sent\n", numJobs)

	// All jobs will be done, but the workers will not return, because the channel was not closed.
	wg.Wait()
	close(results)

	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

// Try: receive five results one by one, without the wait and the close. Which goroutines are still blocked when main
// returns, and what reports them?
