// A timeout per task. A goroutine cannot be stopped from outside, so each task runs in its own goroutine, and after the
// timeout the worker continues without it.
package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const timeout = 200 * time.Millisecond

type job struct {
	id           int
	duration     time.Duration
	isCancelable bool
}

type result struct {
	job job
	err error
}

var tasks sync.WaitGroup

// Tasks run in parallel, so the counters are atomic.
var running atomic.Int64
var abandoned atomic.Int64

// A cancelable task also waits for its context. The other kind ignores its context and duration its full time.
func task(ctx context.Context, j job) error {
	if !j.isCancelable {
		time.Sleep(j.duration)
		return nil
	}
	select {
	case <-time.After(j.duration):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func process(j job) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()

	// The slot has room for one result, so a late task can leave its result there and return.
	slot := make(chan error, 1)
	tasks.Go(func() {
		running.Add(1)
		err := task(ctx, j)
		running.Add(-1)
		slot <- err
	})

	select {
	case err := <-slot:
		return err
	case <-ctx.Done():
		abandoned.Add(1)
		return ctx.Err()
	}
}

// There is only one worker, so it can close the results itself.
func worker(jobs <-chan job, results chan<- result) {
	for j := range jobs {
		results <- result{j, process(j)}
	}
	close(results)
}

func main() {
	jobs := make(chan job, 5)
	results := make(chan result)
	jobs <- job{id: 1, duration: 100 * time.Millisecond, isCancelable: true}
	jobs <- job{id: 2, duration: 900 * time.Millisecond, isCancelable: false}
	jobs <- job{id: 3, duration: 100 * time.Millisecond, isCancelable: true}
	jobs <- job{id: 4, duration: 900 * time.Millisecond, isCancelable: true}
	jobs <- job{id: 5, duration: 100 * time.Millisecond, isCancelable: true}
	close(jobs)

	start := time.Now()
	go worker(jobs, results)
	for r := range results {
		at := time.Since(start).Round(100 * time.Millisecond).Milliseconds()
		if r.err != nil {
			fmt.Printf("after %d ms: job %d: %v\n", at, r.job.id, r.err)
			continue
		}
		fmt.Printf("after %d ms: job %d: done\n", at, r.job.id)
	}
	fmt.Printf("%d tasks abandoned, %d still running\n", abandoned.Load(), running.Load())

	// No task is blocked forever, so this wait returns.
	tasks.Wait()
	fmt.Printf("at the end: %d still running\n", running.Load())
}

// Try: an unbuffered slot. Which tasks never return, and what does the program report?
