// A failed job also has a result. Each result carries a value or an error, so a failure reaches the reader and the
// worker continues.
package main

import (
	"fmt"
	"sync"
)

type job struct {
	id int
}

// Exactly one of value and err is set.
type result struct {
	job   job
	value string
	err   error
}

// Errors are returned, with the ID of the job in the message.
func process(j job) (string, error) {
	if j.id%2 == 0 {
		return "", fmt.Errorf("job %d: even numbers are refused", j.id)
	}
	return fmt.Sprintf("number %d is fine", j.id), nil
}

func worker(jobs <-chan job, results chan<- result) {
	for j := range jobs {
		value, err := process(j)
		if err != nil {
			results <- result{job: j, err: err}
		} else {
			results <- result{job: j, value: value}
		}
	}
}

func main() {
	const numJobs = 10
	jobs := make(chan job, numJobs)
	results := make(chan result, numJobs)

	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { worker(jobs, results) })
	}

	for id := 1; id <= numJobs; id++ {
		jobs <- job{id}
	}
	close(jobs)

	// The closer is a separate goroutine: it waits for the workers while main reads.
	go func() {
		wg.Wait()
		close(results)
	}()

	succeeded, failed := 0, 0
	for r := range results {
		if r.err != nil {
			fmt.Printf("failed: %v\n", r.err)
			failed++
			continue
		}
		fmt.Printf("job %d succeeded: %s\n", r.job.id, r.value)
		succeeded++
	}
	fmt.Printf("%d succeeded, %d failed\n", succeeded, failed)
}

// Try: panic in process instead of returning an error. What happens to the other jobs?
