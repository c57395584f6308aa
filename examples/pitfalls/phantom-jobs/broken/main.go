// Phantom jobs: a receive in a select that does not ask whether the channel is closed. A closed channel can always be
// received from, so the worker goes on with jobs that nobody has sent, until the context ends.
package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

var realJobs = 0
var phantomJobs = 0

// The jobs are numbered from 1; what comes out of a closed channel is 0.
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
		case job := <-jobs:
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

	// The worker should have ended with the jobs, long before the context.
	fmt.Printf("real jobs: %d\n", realJobs)
	fmt.Printf("more than 100 phantom jobs: %t\n", phantomJobs > 100)
	fmt.Printf("the context had to end the worker: %t\n", ctx.Err() != nil)
}

// Try: take the sleep away, and print the number of phantom jobs.
