// Forgetting to close the jobs: when all jobs are done, the workers wait for one more, for ever. So whoever waits for
// the workers waits for ever too.
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
	fmt.Printf("%d jobs sent\n", numJobs)

	// The jobs will be done. The workers will not: nobody has told them that there are no more.
	wg.Wait()
	close(results)

	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

// Try: do not wait and close, but receive five results one by one. Who still waits when main returns, and who tells
// you?
