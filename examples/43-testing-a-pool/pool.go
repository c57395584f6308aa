// The pool that is tested: workers that double numbers.
package main

import (
	"sync"
	"time"
)

func worker(jobs <-chan int, results chan<- int) {
	for j := range jobs {
		// The later the job, the sooner it is done, within a group of ten.
		time.Sleep(time.Duration(10-j%10) * time.Millisecond)
		results <- j * 2
	}
}

// run gives the results of the jobs 1 to numJobs, in the order in which they came.
func run(numWorkers, numJobs int) []int {
	jobs := make(chan int, 10)
	results := make(chan int, 10)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}

	// Jobs are sent beside the reading, so that no number of them is too much for the buffers.
	go func() {
		for j := 1; j <= numJobs; j++ {
			jobs <- j
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()

	var all []int
	for r := range results {
		all = append(all, r)
	}
	return all
}
