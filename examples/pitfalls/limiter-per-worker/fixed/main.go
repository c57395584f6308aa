// A limiter in each worker, fixed: all workers share one ticker, so the rate is the rate of the pool. They wait for the
// tick and the end of the context at once.
package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const tick = 100 * time.Millisecond
const numWorkers = 3
const numJobs = 15

// The number of jobs started at each tick, and the number started after the context was done.
var mu sync.Mutex
var starts [numJobs + 1]int
var late = 0

func process(ctx context.Context, start time.Time) {
	mu.Lock()
	defer mu.Unlock()
	now := time.Since(start).Round(tick) / tick
	starts[now]++
	if ctx.Err() != nil {
		late++
	}
}

func worker(ctx context.Context, start time.Time, limiter *time.Ticker, jobs <-chan int) {
	for range jobs {
		// Select chooses at random if both cases are ready, so the context is checked first.
		if ctx.Err() != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-limiter.C:
			process(ctx, start)
		}
	}
}

func main() {
	jobs := make(chan int, numJobs)
	for job := 1; job <= numJobs; job++ {
		jobs <- job
	}
	close(jobs)

	// The context is done between the fourth tick and the fifth.
	ctx, cancel := context.WithTimeout(context.Background(), tick*9/2)
	defer cancel()
	start := time.Now()
	limiter := time.NewTicker(tick)
	defer limiter.Stop()
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(ctx, start, limiter, jobs) })
	}
	wg.Wait()

	for i, n := range starts {
		if n > 0 {
			fmt.Printf("tick %d: %d started\n", i, n)
		}
	}
	fmt.Printf("%d started after the end of the context\n", late)
}

// Try: let each worker sleep for 200 ms after a job. Do the three workers keep up with the ticker?
