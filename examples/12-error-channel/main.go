// A separate error channel: values go to one channel and errors to another, and the main goroutine reads both until
// both are closed.
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

// A receive from a closed channel is always ready, so the case of a closed channel must be disabled. A receive from nil
// is never ready. The loop ends when both channels are nil.
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

	// Any worker may send on either channel, so both stay open until the last worker has returned.
	go func() {
		wg.Wait()
		close(results)
		close(errs)
	}()

	succeeded, failed := collect(results, errs)
	fmt.Printf("%d results + %d errors = %d jobs\n", succeeded, failed, succeeded+failed)
}

// Try: read all results first, and the errors after them. Which goroutine waits for which?
