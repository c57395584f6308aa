// Closing the jobs channel means that no more jobs follow. A worker can detect the close in two equivalent ways: by
// ranging over the channel, or by checking ok after each receive.
package main

import (
	"fmt"
	"slices"
	"sync"
)

const numWorkers = 3

// The loop ends when the channel is closed and empty.
func byRange(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * n
	}
}

// If ok is false, the channel is closed and empty, and no job was received. This form also works in a select.
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

	// All jobs are queued, and the channel is closed, before the first worker starts. The workers still receive the
	// queued jobs.
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
		checked := run(byOk, numJobs)
		same := slices.Equal(ranged, checked)
		fmt.Printf("jobs: %d, by range: %d, by ok: %d, the same results: %t\n", numJobs, len(ranged), len(checked), same)
	}
}

// Try: remove the close of the jobs channel. What do the workers wait for?
