// Forgetting to close the jobs, mended: after the last job the channel is closed, and that tells the workers to go home
// when it is empty.
package main

import (
	"fmt"
	"sync"
)

const numWorkers = 3
const numJobs = 5

// The loop ends when the channel is closed and empty. To be empty is not enough.
func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * n
	}
}

func main() {
	// There is room for all jobs and all results, so nobody here waits to send.
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

	// Nobody sends results after this, so the results can be closed too.
	wg.Wait()
	close(results)

	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

// Try: leave out the other close, the one of the results. Who waits for ever now?
