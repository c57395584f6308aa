// A graceful shutdown: the pool accepts no new jobs and finishes the accepted ones. When the grace period expires, the
// remaining jobs are reported as not done.
package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const numWorkers = 3
const numJobs = 8
const unit = 50 * time.Millisecond

type result struct {
	job int
	err error
}

// Goroutines run in parallel, so the counter is atomic.
var running atomic.Int32

// A job takes two units, unless the context is done first.
func process(ctx context.Context) error {
	running.Add(1)
	defer running.Add(-1)
	select {
	case <-time.After(2 * unit):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The workers keep receiving after the context is done: each remaining job then gets its result immediately.
func worker(ctx context.Context, jobs <-chan int, results chan<- result) {
	for job := range jobs {
		results <- result{job, process(ctx)}
	}
}

func run(grace time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	// The buffer has room for all results, so the workers can return before main reads.
	jobs := make(chan int, numJobs)
	results := make(chan result, numJobs)
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(ctx, jobs, results) })
	}
	for job := 1; job <= numJobs; job++ {
		jobs <- job
	}

	// The pool is stopped in the middle of the first jobs.
	time.Sleep(unit)
	fmt.Printf("stop: %d running, %d queued\n", running.Load(), len(jobs))
	start := time.Now()
	close(jobs)
	timer := time.AfterFunc(grace, cancel)
	wg.Wait()
	timer.Stop()
	fmt.Printf("stopped after %d x 50 ms\n", time.Since(start).Round(unit)/unit)

	// The results are sorted, because jobs that end at the same time arrive in any order.
	close(results)
	var collected []result
	for r := range results {
		collected = append(collected, r)
	}
	slices.SortFunc(collected, func(a, b result) int { return a.job - b.job })

	done := 0
	for _, r := range collected {
		if r.err != nil {
			fmt.Printf("job %d is not done: %v\n", r.job, r.err)
			continue
		}
		fmt.Printf("job %d is done\n", r.job)
		done++
	}
	fmt.Printf("%d of %d done\n", done, numJobs)
}

func main() {
	// This grace period is long enough for all queued jobs.
	run(20 * unit)
	fmt.Println()

	// This grace period is long enough only for the running jobs.
	run(2 * unit)
}

// Try: let the jobs ignore the context. What effect does the grace period have then?
