// An error that is never set, fixed: process returns the error, and the worker puts it into the result. The reader gets
// the error, and the following jobs are done.
package main

import (
	"errors"
	"fmt"
	"time"
)

type job struct {
	id   int
	data string
}

type result struct {
	jobID int
	data  string
	err   error
}

func process(data string) (string, error) {
	time.Sleep(30 * time.Millisecond)
	if data == "" {
		return "", errors.New("no data")
	}
	return data + " done", nil
}

func worker(jobs <-chan job, results chan<- result) {
	for j := range jobs {
		data, err := process(j.data)
		results <- result{jobID: j.id, data: data, err: err}
	}
}

func main() {
	jobs := make(chan job, 5)
	results := make(chan result, 5)

	// One worker, so that the results arrive in the order of the jobs.
	go worker(jobs, results)
	for id, data := range []string{"tea", "milk", "", "jam", "salt"} {
		jobs <- job{id + 1, data}
	}
	close(jobs)

	for range 5 {
		r := <-results
		if r.err != nil {
			fmt.Printf("job %d failed: %v\n", r.jobID, r.err)
			continue
		}
		fmt.Printf("job %d: %s\n", r.jobID, r.data)
	}
}

// Try: send no result for a failed job. Which goroutine waits for it?
