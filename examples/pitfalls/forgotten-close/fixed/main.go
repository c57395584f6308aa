// A forgotten close, fixed: the jobs channel is closed after the last job, so each worker returns once it is empty.
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
	close(jobs)
	fmt.Printf("%d jobs sent, and the channel closed\n", numJobs)

	// No more results are sent after this wait, so the results can be closed too.
	wg.Wait()
	close(results)

	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

// Try: remove the other close, that of the results. Which goroutine blocks forever now?
