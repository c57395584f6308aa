// Sending everything before reading anything: this works while every job fits into a buffer or a worker. Three queued
// jobs, three in the workers and three results are nine; the tenth send blocks forever.
package main

import (
	"fmt"
	"sync"
)

func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * n
	}
}

func run(numJobs int) {
	const numWorkers = 3
	jobs := make(chan int, numWorkers)
	results := make(chan int, numWorkers)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}

	// When the results are full the workers block, then the jobs channel fills up, and then main blocks.
	fmt.Printf("sending %d jobs\n", numJobs)
	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	go func() {
		wg.Wait()
		close(results)
	}()

	// The results are read only from here on.
	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

func main() {
	run(9)
	run(10)
}

// Try: channels of 100, still with three workers. What is the largest number of jobs that works then?
