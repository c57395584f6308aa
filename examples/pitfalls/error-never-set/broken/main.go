// An error that is never set: the result has an error field, and the reader checks it, but no code sets it. A failed
// job can only panic, which ends the program.
package main

import (
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

func process(data string) string {
	time.Sleep(30 * time.Millisecond)
	if data == "" {
		panic("no data")
	}
	return data + " done"
}

func worker(jobs <-chan job, results chan<- result) {
	for j := range jobs {
		results <- result{jobID: j.id, data: process(j.data)}
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

// Try: return "" instead of the panic. How does the reader detect then that the job has failed?
