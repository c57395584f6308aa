// A dedicated error channel: what succeeds goes to one channel, what fails to another, and the main goroutine reads both
// until both are closed.
package main

import (
	"fmt"
	"sync"
)

const numWorkers = 3
const numJobs = 10

// Every third job fails.
func process(job int) (int, error) {
	if job%3 == 0 {
		return 0, fmt.Errorf("job %d: multiples of 3 are refused", job)
	}
	return job * job, nil
}

func worker(jobs <-chan int, results chan<- int, errs chan<- error) {
	for job := range jobs {
		square, err := process(job)
		if err != nil {
			errs <- err
			continue
		}
		results <- square
	}
}

// A closed channel is always ready, so once it is closed its case must be switched off: nil does that. When both are off,
// there is nothing left to wait for.
func collect(results <-chan int, errs <-chan error) (succeeded, failed int) {
	for results != nil || errs != nil {
		select {
		case result, ok := <-results:
			if !ok {
				fmt.Println("no more results")
				results = nil
				continue
			}
			fmt.Printf("result: %d\n", result)
			succeeded++
		case err, ok := <-errs:
			if !ok {
				fmt.Println("no more errors")
				errs = nil
				continue
			}
			fmt.Printf("error: %v\n", err)
			failed++
		}
	}
	return succeeded, failed
}

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan int)
	errs := make(chan error)
	for job := 1; job <= numJobs; job++ {
		jobs <- job
	}
	close(jobs)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results, errs) })
	}

	// Any worker may send to either channel, so both stay open until the last worker has ended.
	go func() {
		wg.Wait()
		close(results)
		close(errs)
	}()

	succeeded, failed := collect(results, errs)
	fmt.Printf("%d results + %d errors = %d jobs\n", succeeded, failed, succeeded+failed)
}

// Try: read all results first, and the errors after them. Who waits for whom?
