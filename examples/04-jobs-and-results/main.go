// Jobs and results as structs: a job has an ID, and its result carries the same ID, so that each result can be matched
// with its job.
package main

import (
	"fmt"
	"strings"
	"sync"
)

const numWorkers = 3
const numJobs = 5

type Job struct {
	ID   int
	Data any
}

type Result struct {
	JobID int
	Data  any
	Error error
}

// The data can be of any type, so a worker checks the type first. A job that cannot be done also has a result: its
// Error names the worker and the reason.
func process(id int, job Job) Result {
	text, ok := job.Data.(string)
	if !ok {
		return Result{JobID: job.ID, Error: fmt.Errorf("worker %d: not a string", id)}
	}
	return Result{JobID: job.ID, Data: strings.ToUpper(text)}
}

func worker(id int, jobs <-chan Job, results chan<- Result) {
	for job := range jobs {
		results <- process(id, job)
	}
}

func main() {
	jobs := make(chan Job, numWorkers)
	results := make(chan Result, numWorkers)

	var wg sync.WaitGroup
	for id := 1; id <= numWorkers; id++ {
		wg.Go(func() { worker(id, jobs, results) })
	}

	// The jobs are sent from a separate goroutine: if there are more jobs than the channels and the workers can hold, the
	// results must be read at the same time.
	go func() {
		for j := 1; j <= numJobs; j++ {
			jobs <- Job{ID: j, Data: fmt.Sprintf("job-%d", j)}
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()

	// The verb %+v prints a struct with its field names.
	for result := range results {
		fmt.Printf("Result: %+v\n", result)
	}
}

// Try: send j itself as Data instead of a string. What do the results look like?
