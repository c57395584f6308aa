// Jobs that panic: each job runs inside a guard that turns a panic into a result with an error. The worker continues,
// and the other jobs are not affected. Without the guard, one panic ends the program.
package main

import (
	"fmt"
	"sync"
)

const numWorkers = 2
const numJobs = 8

type result struct {
	job   int
	value int
	err   error
}

// Jobs 2, 4 and 6 fail: more jobs than there are workers.
func process(job int) int {
	switch job {
	case 2, 4:
		panic("no paper")
	case 6:
		closed := make(chan int, 1)
		close(closed)
		closed <- job
	}
	return job * job
}

// The guard surrounds one job, not the loop of the worker.
func runGuarded(job int) (r result) {
	defer func() {
		if p := recover(); p != nil {
			r = result{job: job, err: fmt.Errorf("panic: %v", p)}
		}
	}()
	return result{job: job, value: process(job)}
}

func worker(jobs <-chan int, results chan<- result) {
	for job := range jobs {
		results <- runGuarded(job)
	}
}

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan result)
	for job := 1; job <= numJobs; job++ {
		jobs <- job
	}
	close(jobs)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}
	go func() {
		wg.Wait()
		close(results)
	}()

	good, panicked := 0, 0
	for r := range results {
		if r.err != nil {
			fmt.Printf("job %d: %v\n", r.job, r.err)
			panicked++
			continue
		}
		fmt.Printf("job %d: %d\n", r.job, r.value)
		good++
	}
	fmt.Printf("%d workers, %d jobs: %d good, %d panicked\n", numWorkers, numJobs, good, panicked)
}

// Try: put the guard around the loop of the worker. How many results arrive then?
