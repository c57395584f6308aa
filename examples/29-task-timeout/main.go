// A limit of time for each task. A goroutine cannot be stopped from outside, so each task runs in one of its own, and when
// its time is over the worker goes on without it.
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
	id      int
	takes   time.Duration
	listens bool
}

type result struct {
	job job
	err error
}

var tasks sync.WaitGroup

// Plain numbers will not do: tasks run at the same time.
var running atomic.Int64
var abandoned atomic.Int64

// A good task listens to its context. The other kind hangs, for all we know.
func task(ctx context.Context, j job) error {
	if !j.listens {
		time.Sleep(j.takes)
		return nil
	}
	select {
	case <-time.After(j.takes):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func process(j job) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()

	// The slot has room for the one result: so a task that comes too late can leave it there and end.
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
	jobs <- job{id: 1, takes: 100 * time.Millisecond, listens: true}
	jobs <- job{id: 2, takes: 900 * time.Millisecond, listens: false}
	jobs <- job{id: 3, takes: 100 * time.Millisecond, listens: true}
	jobs <- job{id: 4, takes: 900 * time.Millisecond, listens: true}
	jobs <- job{id: 5, takes: 100 * time.Millisecond, listens: true}
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

	// Nobody is parked for ever, or this would be.
	tasks.Wait()
	fmt.Printf("in the end: %d still running\n", running.Load())
}

// Try: a slot without room. Which tasks never end, and what does the program say?
