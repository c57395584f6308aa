// Closing the jobs means that no more will come. A worker learns of it in one of two ways, which are equal: by ranging
// over the channel, or by asking for ok with each receive.
package main

import (
	"fmt"
	"slices"
	"sync"
)

const numWorkers = 3

// The loop ends by itself.
func byRange(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * n
	}
}

// When ok is false, the channel is closed and empty, and there was no job. This form fits into a select.
func byOk(jobs <-chan int, results chan<- int) {
	for {
		n, ok := <-jobs
		if !ok {
			return
		}
		results <- n * n
	}
}

func run(worker func(jobs <-chan int, results chan<- int), numJobs int) []int {
	jobs := make(chan int, numJobs)
	results := make(chan int, numJobs)

	// All jobs are in the queue and it is closed before any worker starts: what is queued is done all the same.
	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}
	wg.Wait()
	close(results)

	squares := []int{}
	for square := range results {
		squares = append(squares, square)
	}
	slices.Sort(squares)
	return squares
}

func main() {
	for _, numJobs := range []int{0, 1, 100} {
		ranged := run(byRange, numJobs)
		asked := run(byOk, numJobs)
		same := slices.Equal(ranged, asked)
		fmt.Printf("jobs: %d, by range: %d, by ok: %d, the same results: %t\n", numJobs, len(ranged), len(asked), same)
	}
}

// Try: leave out the close of the jobs. What do the workers wait for?
