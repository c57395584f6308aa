// One panicking worker, fixed: a panic of a job is recovered around that job and becomes its failed result. The worker
// and the other workers continue.
package main

import (
	"fmt"
	"time"
)

const numWorkers = 3
const numJobs = 6

type result struct {
	job   int
	value int
	err   error
}

// Job n takes n times 40 ms. Job 4 panics.
func process(j int) int {
	time.Sleep(time.Duration(j) * 40 * time.Millisecond)
	if j == 4 {
		panic("boom in worker")
	}
	return j * 2
}

// The recover surrounds one job. Around the whole loop, it would save the program and lose the worker.
func attempt(j int) (r result) {
	defer func() {
		if v := recover(); v != nil {
			r = result{job: j, err: fmt.Errorf("panic: %v", v)}
		}
	}()
	return result{job: j, value: process(j)}
}

func worker(jobs <-chan int, results chan<- result) {
	for j := range jobs {
		results <- attempt(j)
	}
}

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan result, numJobs)
	for range numWorkers {
		go worker(jobs, results)
	}
	for j := 1; j <= numJobs; j++ {
		jobs <- j
	}
	close(jobs)

	done, failed := 0, 0
	for range numJobs {
		r := <-results
		if r.err != nil {
			fmt.Printf("job %d failed: %v\n", r.job, r.err)
			failed++
			continue
		}
		fmt.Printf("job %d: %d\n", r.job, r.value)
		done++
	}
	fmt.Printf("%d done, %d failed\n", done, failed)
}

// Try: recover in the worker, around its loop. Which job has no result then, and which goroutine waits for it?
