// A timeout around a call, fixed: each job runs in its own goroutine with a context, and sends its result to a slot
// with room for it. The worker waits for the slot or the end of the context. A late job is abandoned and counted.
package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

const timeout = 200 * time.Millisecond

// The number of jobs that have started and not ended, including the abandoned ones.
var running atomic.Int64

// A job takes 100 ms; job 2 would take 600 ms. A goroutine cannot be stopped from outside, so the job checks the
// context itself.
func process(ctx context.Context, job int) int {
	interval := 50 * time.Millisecond
	if job == 2 {
		interval = 300 * time.Millisecond
	}
	for i := 0; i < 2 && ctx.Err() == nil; i++ {
		time.Sleep(interval)
	}
	return job * job
}

// Rounded to 100 ms.
func msSince(start time.Time) int64 {
	return time.Since(start).Round(100 * time.Millisecond).Milliseconds()
}

// worker returns the number of jobs that it has abandoned.
func worker(jobs <-chan int, results chan<- int) int {
	abandoned := 0
	for job := range jobs {
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		// Without room in the slot, a late job would block forever in its send.
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

	// By now job 2 has checked its context, half way through, and returned.
	time.Sleep(200 * time.Millisecond)
	fmt.Printf("%d abandoned, %d still running\n", abandoned, running.Load())
}

// Try: an unbuffered slot. How many jobs are still running at the end?
