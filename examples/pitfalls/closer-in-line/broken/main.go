// Closing inline: "close the jobs, wait, close the results" is the right order, but here it runs before the results are
// read. It works while all results fit into the buffer. With one more, a worker waits for a reader, and the reader for
// the worker.
package main

import (
	"fmt"
	"sync"
)

const bufferSize = 10

func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * n
	}
}

func run(numJobs int) {
	jobs := make(chan int, bufferSize)
	results := make(chan int, bufferSize)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { worker(jobs, results) })
	}

	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	fmt.Printf("%d jobs sent\n", numJobs)
	close(jobs)
	wg.Wait()
	close(results)

	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

func main() {
	run(10)
	run(11)
}

// Try: 13 jobs, and then 24. How many workers are blocked, and where does main wait?
