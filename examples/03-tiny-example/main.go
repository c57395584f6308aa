// The tiny example: three workers do nine jobs and send the results through a channel. It is short because both channels
// have room for everything.
package main

import (
	"fmt"
	"sync"
	"time"
)

const numWorkers = 3
const numJobs = 9

// How many jobs are being done, and how many at most were done at once. Goroutines share the counters, so they lock.
var mu sync.Mutex
var running, peak int

func process(job int) int {
	mu.Lock()
	running++
	peak = max(peak, running)
	mu.Unlock()

	time.Sleep(30 * time.Millisecond)

	mu.Lock()
	running--
	mu.Unlock()
	return job * 2
}

// The whole pattern is in these lines: take a job, do it, send the result.
func worker(jobs <-chan int, results chan<- int) {
	for job := range jobs {
		results <- process(job)
	}
}

func main() {
	jobs := make(chan int, 100)
	results := make(chan int, 100)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}

	for job := 1; job <= numJobs; job++ {
		jobs <- job
	}
	close(jobs)

	// No worker has to wait for us to take its results, so we may wait for the workers first and read afterwards.
	wg.Wait()
	close(results)

	// The results stand in the order in which the jobs were done.
	for result := range results {
		fmt.Printf("result %d\n", result)
	}
	fmt.Printf("%d jobs, %d workers, at most %d jobs at once\n", numJobs, numWorkers, peak)
}

// Try: 101 jobs instead of 9. Who waits for whom at the end?
