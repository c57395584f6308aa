// Jobs and results as structs: a job has a number, and its result carries the same number, so that each answer can be
// matched with its question.
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

// Data may be anything, so a worker looks before it starts. A job that cannot be done has a result too: its Error says
// why, and which worker says so.
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

	// Whoever submits is a goroutine of its own: there may be more jobs than both channels and the workers can hold, and
	// then the results must be read meanwhile.
	go func() {
		for j := 1; j <= numJobs; j++ {
			jobs <- Job{ID: j, Data: fmt.Sprintf("job-%d", j)}
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()

	// The verb %+v prints a struct with the names of its fields.
	for result := range results {
		fmt.Printf("Result: %+v\n", result)
	}
}

// Try: send j itself as Data, and not a string. What do the results look like?
