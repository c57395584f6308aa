// Lines that run together, fixed: each failure is one line with a newline at its end, and only the error names the job.
// The original error can still be checked.
package main

import (
	"errors"
	"fmt"
)

type result struct {
	job   int
	value int
	err   error
}

var errBoom = errors.New("boom")

func square(j int) (int, error) {
	if j == 7 || j == 8 {
		return 0, errBoom
	}
	return j * j, nil
}

// The error names its job and wraps the original error.
func worker(jobs <-chan int, results chan<- result) {
	for j := range jobs {
		value, err := square(j)
		if err != nil {
			err = fmt.Errorf("processing job %d: %w", j, err)
		}
		results <- result{j, value, err}
	}
	close(results)
}

func main() {
	jobs := make(chan int, 4)
	results := make(chan result)

	// One worker, so that the results arrive in the order of the jobs.
	go worker(jobs, results)
	for j := 6; j <= 9; j++ {
		jobs <- j
	}
	close(jobs)

	booms := 0
	for r := range results {
		if r.err != nil {
			fmt.Printf("Failed: %v\n", r.err)
			if errors.Is(r.err, errBoom) {
				booms++
			}
			continue
		}
		fmt.Printf("Job %d: %d\n", r.job, r.value)
	}
	fmt.Printf("%d failures because of %v\n", booms, errBoom)
}

// Try: wrap with %v instead of %w. What changes in the output?
