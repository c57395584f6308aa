// Phantom jobs, fixed: the worker checks whether it received a job, and returns when the channel is closed and empty.
// It does not have to wait for the context.
package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

var realJobs = 0
var phantomJobs = 0

// The jobs are numbered from 1. A receive from a closed channel returns 0.
func process(job int) {
	if job == 0 {
		phantomJobs++
	} else {
		realJobs++
	}
	time.Sleep(time.Millisecond)
}

func worker(ctx context.Context, jobs <-chan int) {
	for {
		select {
		case <-ctx.Done():
			return
		case job, ok := <-jobs:
			if !ok {
				return
			}
			process(job)
		}
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()

	jobs := make(chan int, 3)
	for job := 1; job <= 3; job++ {
		jobs <- job
	}
	close(jobs)

	var wg sync.WaitGroup
	wg.Go(func() { worker(ctx, jobs) })
	wg.Wait()

	// The worker returns after the last job, long before the context is done.
	fmt.Printf("real jobs: %d\n", realJobs)
	fmt.Printf("more than 100 phantom jobs: %t\n", phantomJobs > 100)
	fmt.Printf("the context had to end the worker: %t\n", ctx.Err() != nil)
}

// Try: when the channel is closed, set jobs to nil instead of returning. What ends the worker then?
