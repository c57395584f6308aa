// Collecting by count: if each job has exactly one result, the work is complete after as many results as jobs, and no
// WaitGroup is needed. A failed job must also send a result.
package main

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

const numWorkers = 3
const numJobs = 9

type result struct {
	job   int
	value int
	err   error
}

// Every third job fails, after the same work.
func process(job int) (int, error) {
	time.Sleep(20 * time.Millisecond)
	if job%3 == 0 {
		return 0, errors.New("multiples of 3 are refused")
	}
	return job * job, nil
}

// This loop has one path and one send: a failed job is counted like any other.
func worker(jobs <-chan int, results chan<- result) {
	for job := range jobs {
		value, err := process(job)
		results <- result{job, value, err}
	}
}

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan result)

	for range numWorkers {
		go worker(jobs, results)
	}
	for job := 1; job <= numJobs; job++ {
		jobs <- job
	}
	close(jobs)

	// The results are never closed, because no goroutine waits for the workers. The count is the only end condition.
	var collected []result
	for range numJobs {
		collected = append(collected, <-results)
	}

	// The results arrive in any order. After sorting, each job appears once.
	slices.SortFunc(collected, func(a, b result) int { return a.job - b.job })
	failed := 0
	for _, r := range collected {
		if r.err != nil {
			fmt.Printf("job %d failed: %v\n", r.job, r.err)
			failed++
			continue
		}
		fmt.Printf("job %d: %d\n", r.job, r.value)
	}
	fmt.Printf("%d results of %d jobs, %d failed\n", len(collected), numJobs, failed)
}

// Try: let the worker skip the send when a job has failed. What does main wait for?
