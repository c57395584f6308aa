// A test that fits, fixed: a separate goroutine sends the jobs, and the test runs with more jobs than the buffers and
// the workers can hold. It would fail if all jobs were sent before the first result is read.
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
	go func() {
		for n := 1; n <= numJobs; n++ {
			jobs <- n
		}
		close(jobs)
	}()

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
	testWorkerPool(1000)
}

// Try: let one job send two results. Does the test detect it?
