// A rate limit: one ticker serves the whole pool, and each job starts with a tick. More workers do not start more jobs,
// and the wait for a tick also ends when the context is done.
package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const tick = 50 * time.Millisecond

// Waits until a job may start or the context is done.
func wait(ctx context.Context, limiter *time.Ticker) error {
	select {
	case <-limiter.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Runs five jobs, and returns the tick in which each job started.
func run(ctx context.Context, numWorkers int) ([]int, error) {
	const numJobs = 5
	jobs := make(chan int, numJobs)
	for j := 1; j <= numJobs; j++ {
		jobs <- j
	}
	close(jobs)

	start := time.Now()
	limiter := time.NewTicker(tick)
	defer limiter.Stop()

	var starts []int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() {
			for range jobs {
				if wait(ctx, limiter) != nil {
					return
				}
				mu.Lock()
				starts = append(starts, int(time.Since(start).Round(tick)/tick))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return starts, ctx.Err()
}

func main() {
	starts, _ := run(context.Background(), 1)
	fmt.Printf("1 worker: jobs start in ticks %v\n", starts)

	// The workers share the ticker: each tick goes to one of them.
	starts, _ = run(context.Background(), 3)
	fmt.Printf("3 workers: jobs start in ticks %v\n", starts)

	// The workers that wait for the third tick return at the cancel.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	time.AfterFunc(5*tick/2, cancel)
	start := time.Now()
	started, err := run(ctx, 3)
	fmt.Printf("canceled: jobs start in ticks %v, then %v\n", started, err)
	fmt.Printf("over before the third tick: %t\n", time.Since(start) < 3*tick)
}

// Try: give each worker its own ticker. How many jobs start in each tick?
