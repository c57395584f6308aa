// The closer is a goroutine that waits for all workers and then closes the results. With the jobs sent from a goroutine too,
// main is free to read, and the pool takes any number of jobs, however small its buffers are.
package main

import (
	"fmt"
	"sync"
)

const numWorkers = 3
const buffer = 4

func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- 2 * n
	}
}

// run puts the numbers from 1 to numJobs through a new pool, and says how many results came and what their sum is.
func run(numJobs int) (count, sum int) {
	jobs := make(chan int, buffer)
	results := make(chan int, buffer)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}

	// When the buffers are full, sending has to wait until results are read. So it must not keep us from reading.
	go func() {
		for n := 1; n <= numJobs; n++ {
			jobs <- n
		}
		close(jobs)
	}()

	// Only when the last worker has ended will nobody send any more. A close before that would make the next send a panic.
	go func() {
		wg.Wait()
		close(results)
	}()

	// The loop ends when the results are closed and empty: nothing is lost.
	for r := range results {
		count++
		sum += r
	}
	return count, sum
}

func main() {
	// Both buffers and the hands of all workers hold 11 jobs together.
	const full = buffer + numWorkers + buffer
	for _, numJobs := range []int{0, 2, buffer, full, full + 1, 10 * buffer} {
		count, sum := run(numJobs)
		fmt.Printf("%d jobs: %d results, sum %d\n", numJobs, count, sum)
	}
}

// Try: send the jobs without a goroutine of their own. Which number of jobs is too many, and why just that one?
