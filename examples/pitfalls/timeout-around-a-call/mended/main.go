// A timeout around a call, mended: each job runs as a goroutine of its own with a context, and leaves its result in a
// slot with room for it. The worker waits for the slot or the end of the context; a job that is late is abandoned, and
// counted.
package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

const timeout = 200 * time.Millisecond

// How many jobs have begun and not ended, those that are abandoned among them.
var running atomic.Int64

// A job takes 100 ms; job 2 hangs, and takes 600 ms. Nobody can stop it from outside: it has to look at the context
// itself.
func process(ctx context.Context, job int) int {
	half := 50 * time.Millisecond
	if job == 2 {
		half = 300 * time.Millisecond
	}
	for i := 0; i < 2 && ctx.Err() == nil; i++ {
		time.Sleep(half)
	}
	return job * job
}

// To the tenth of a second.
func msSince(start time.Time) int64 {
	return time.Since(start).Round(100 * time.Millisecond).Milliseconds()
}

// A worker gives how many jobs it has abandoned.
func worker(jobs <-chan int, results chan<- int) int {
	abandoned := 0
	for job := range jobs {
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		// Without room in the slot, a job that is late would wait for ever to send.
		slot := make(chan int, 1)
		running.Add(1)
		go func() {
			slot <- process(ctx, job)
			running.Add(-1)
		}()
		select {
		case result := <-slot:
			results <- result
			fmt.Printf("job %d: done after %d ms\n", job, msSince(start))
		case <-ctx.Done():
			abandoned++
			fmt.Printf("job %d: timed out after %d ms, %d still running\n",
				job, msSince(start), running.Load())
		}
		cancel()
	}
	return abandoned
}

func main() {
	jobs := make(chan int, 3)
	results := make(chan int, 3)
	for job := 1; job <= 3; job++ {
		jobs <- job
	}
	close(jobs)

	start := time.Now()
	abandoned := worker(jobs, results)
	fmt.Printf("%d results after %d ms\n", len(results), msSince(start))

	// By now job 2 has looked at its context, half way through, and given up.
	time.Sleep(200 * time.Millisecond)
	fmt.Printf("%d abandoned, %d still running\n", abandoned, running.Load())
}

// Try: give the slot no room. How many are still running at the end?
