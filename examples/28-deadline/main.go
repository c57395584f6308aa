// A deadline for the whole batch: the jobs done by then count, and each other job has a result that states the reason.
package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const numWorkers = 2
const numJobs = 10

type result struct {
	job int
	err error
}

// A job takes 150 ms, unless the context is done first.
func process(ctx context.Context, _ int) error {
	select {
	case <-time.After(150 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// After the deadline the workers keep receiving: each remaining job gets its result immediately, and none is lost.
func worker(ctx context.Context, jobs <-chan int, results chan<- result) {
	for job := range jobs {
		if err := ctx.Err(); err != nil {
			results <- result{job, err}
			continue
		}
		results <- result{job, process(ctx, job)}
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()

	jobs := make(chan int, numJobs)
	results := make(chan result)
	for job := 1; job <= numJobs; job++ {
		jobs <- job
	}
	close(jobs)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(ctx, jobs, results) })
	}
	go func() {
		wg.Wait()
		close(results)
	}()

	// Two workers do three rounds of 150 ms within 500 ms: six jobs.
	done := 0
	for r := range results {
		if r.err != nil {
			fmt.Printf("job %d: %v\n", r.job, r.err)
			continue
		}
		fmt.Printf("job %d: done\n", r.job)
		done++
	}
	fmt.Printf("%d of %d done: %v\n", done, numJobs, context.Cause(ctx))
}

// Try: a third worker. How many jobs are done in time then?
