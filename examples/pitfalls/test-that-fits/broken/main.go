// A test that fits: ten jobs fit into buffers of ten, so the test passes even if the jobs are sent before the results
// are read. With 24 jobs the same test blocks forever: 10 queued jobs, 3 in the workers and 10 results are 23.
package main

import (
	"fmt"
	"sync"
)

func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * 2
	}
}

func testWorkerPool(numJobs int) {
	fmt.Printf("=== RUN: %d jobs\n", numJobs)
	jobs := make(chan int, 10)
	results := make(chan int, 10)

	// Start the pool.
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { worker(jobs, results) })
	}

	// Send the jobs.
	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	// Collect the results.
	go func() {
		wg.Wait()
		close(results)
	}()
	count := 0
	for range results {
		count++
	}

	// Check the number of results.
	if count != numJobs {
		fmt.Printf("--- FAIL: expected %d results, got %d\n", numJobs, count)
		return
	}
	fmt.Printf("--- PASS: %d results\n", count)
}

func main() {
	testWorkerPool(10)
	testWorkerPool(24)
}

// Try: 23 jobs, and then 23 with two workers. Which of the two passes, and why?
