// The pool under test: its workers double numbers.
package main

import (
	"sync"
	"time"
)

func worker(jobs <-chan int, results chan<- int) {
	for j := range jobs {
		// Within a group of ten, later jobs take less time.
		time.Sleep(time.Duration(10-j%10) * time.Millisecond)
		results <- j * 2
	}
}

// run returns the results of the jobs 1 to numJobs, in the order in which they arrive.
func run(numWorkers, numJobs int) []int {
	jobs := make(chan int, 10)
	results := make(chan int, 10)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}

	// The jobs are sent while the results are read, so that buffers of any size are enough.
	go func() {
		for j := 1; j <= numJobs; j++ {
			jobs <- j
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()

	var collected []int
	for r := range results {
		collected = append(collected, r)
	}
	return collected
}
