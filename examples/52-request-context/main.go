// Request context: each job carries the context of its request through a pool. Whatever a worker calls logs with the id
// of the request, and ends with the request, although the worker serves all requests.
package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const unit = 25 * time.Millisecond

type requestID struct{}

// A job has the context of its request, and the channel on which the request waits.
type Job struct {
	ctx  context.Context
	part string
	done chan<- error
}

func log(ctx context.Context, message string) {
	fmt.Printf("[%s] %s\n", ctx.Value(requestID{}), message)
}

// Loading takes 4 units, unless the request ends first. No caller passes an id.
func load(ctx context.Context, part string) error {
	select {
	case <-time.After(4 * unit):
		log(ctx, part+" is loaded")
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func worker(jobs <-chan Job) {
	for job := range jobs {
		job.done <- load(job.ctx, job.part)
	}
}

// handle loads both parts of one request. The workers may be busy: the request must not wait longer than its context.
func handle(ctx context.Context, jobs chan<- Job) {
	for _, part := range []string{"user", "orders"} {
		done := make(chan error, 1)
		select {
		case jobs <- Job{ctx, part, done}:
		case <-ctx.Done():
			log(ctx, ctx.Err().Error())
			return
		}
		if err := <-done; err != nil {
			log(ctx, part+": "+err.Error())
			return
		}
	}
	log(ctx, "done")
}

func main() {
	jobs := make(chan Job)
	var workers, requests sync.WaitGroup
	for range 2 {
		workers.Go(func() { worker(jobs) })
	}

	// The third request comes late and has 6 units for its two parts.
	starts := map[string]time.Duration{"a": 0, "b": 2 * unit, "c": 9 * unit}
	limits := map[string]time.Duration{"a": time.Second, "b": time.Second, "c": 6 * unit}
	for id, start := range starts {
		requests.Go(func() {
			time.Sleep(start)
			ctx, cancel := context.WithTimeout(context.Background(), limits[id])
			defer cancel()
			handle(context.WithValue(ctx, requestID{}, id), jobs)
		})
	}
	requests.Wait()
	close(jobs)
	workers.Wait()
	fmt.Println("all requests are done")
}

// Try: let the workers use a context of their own. Which id do they log, and when does the third request end?
