// The closer is a goroutine that waits for all workers and then closes the results. The jobs are sent from a goroutine
// too, so main is free to read, and the pool handles any number of jobs with buffers of any size.
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

// run sends the numbers from 1 to numJobs through a new pool, and returns the number of results and their sum.
func run(numJobs int) (count, sum int) {
	jobs := make(chan int, buffer)
	results := make(chan int, buffer)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}

	// When the buffers are full, a send blocks until a result is read, so the jobs are not sent by the goroutine that
	// reads.
	go func() {
		for n := 1; n <= numJobs; n++ {
			jobs <- n
		}
		close(jobs)
	}()

	// After the last worker has returned, no more sends follow. If the channel were closed earlier, the next send would
	// panic.
	go func() {
		wg.Wait()
		close(results)
	}()

	// The loop ends when the results are closed and empty, so no result is lost.
	for r := range results {
		count++
		sum += r
	}
	return count, sum
}

func main() {
	// The two buffers and the three workers hold 11 jobs in total.
	const full = buffer + numWorkers + buffer
	for _, numJobs := range []int{0, 2, buffer, full, full + 1, 10 * buffer} {
		count, sum := run(numJobs)
		fmt.Printf("%d jobs: %d results, sum %d\n", numJobs, count, sum)
	}
}

// Try: send the jobs without a goroutine. What is the smallest number of jobs that blocks, and why?
