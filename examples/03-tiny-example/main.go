// The tiny example: three workers do nine jobs and send the results through a channel. It is short because both
// channels have room for all values.
package main

import (
	"fmt"
	"sync"
	"time"
)

const numWorkers = 3
const numJobs = 9

// The number of running jobs, and its maximum. The goroutines share the counters, so a mutex guards them.
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

// These lines are the whole pattern: take a job, do it, send the result.
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

	// The buffer holds all results, so main can wait for the workers first and read the results afterwards.
	wg.Wait()
	close(results)

	// The results arrive in the order in which the jobs were completed.
	for result := range results {
		fmt.Printf("result %d\n", result)
	}
	fmt.Printf("%d jobs, %d workers, at most %d jobs at once\n", numJobs, numWorkers, peak)
}

// Try: 101 jobs instead of 9. Which goroutine waits for which at the end?
