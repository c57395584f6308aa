// A pool with the lifetime of its context. Each operation that waits (to submit a job, to send a result or to read one)
// also waits for the end of the context, so no goroutine leaks, and each caller gets the cause.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

var errStopped = errors.New("the pool has been stopped")
var errPower = errors.New("the power is out")

// The number of running workers.
var live atomic.Int64

// A job is the time that it takes, and its result is the same time.
type WorkerPool struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	jobs    chan time.Duration
	results chan time.Duration
	wg      sync.WaitGroup
}

// The pool has its own context, derived from the caller's. Stopping the pool is one more way to cancel it.
func NewWorkerPool(parent context.Context, numWorkers int) *WorkerPool {
	p := &WorkerPool{jobs: make(chan time.Duration), results: make(chan time.Duration)}
	p.ctx, p.cancel = context.WithCancelCause(parent)
	for range numWorkers {
		p.wg.Go(p.worker)
	}
	return p
}

func (p *WorkerPool) worker() {
	live.Add(1)
	defer live.Add(-1)
	for {
		select {
		case job := <-p.jobs:
			select {
			case <-time.After(job):
			case <-p.ctx.Done():
				return
			}
			select {
			case p.results <- job:
			case <-p.ctx.Done():
				return
			}
		case <-p.ctx.Done():
			return
		}
	}
}

func (p *WorkerPool) Submit(job time.Duration) error {
	select {
	case p.jobs <- job:
		return nil
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

func (p *WorkerPool) Result() (time.Duration, error) {
	select {
	case job := <-p.results:
		return job, nil
	case <-p.ctx.Done():
		return 0, context.Cause(p.ctx)
	}
}

// Stop waits for the workers. The first cause is kept: if the caller has already canceled the context, this cancel has
// no effect.
func (p *WorkerPool) Stop() {
	p.cancel(errStopped)
	p.wg.Wait()
}

func main() {
	first := NewWorkerPool(context.Background(), 3)
	go func() {
		for n := 1; n <= 6; n++ {
			first.Submit(time.Duration(10*n) * time.Millisecond)
		}
	}()
	var sum time.Duration
	for range 5 {
		job, _ := first.Result()
		sum += job
	}
	// The sixth result is not read: its worker is blocked in the send when the pool is stopped.
	time.Sleep(100 * time.Millisecond)
	first.Stop()
	fmt.Printf("5 results, %d ms of work; stopped with %d workers live\n", sum.Milliseconds(), live.Load())
	fmt.Printf("submit returns: %v\n", first.Submit(10*time.Millisecond))

	// The caller cancels while the workers are busy, a goroutine waits to submit, and main waits for a result.
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	second := NewWorkerPool(ctx, 2)
	third := make(chan error)
	go func() {
		second.Submit(time.Second)
		second.Submit(time.Second)
		third <- second.Submit(time.Second)
	}()
	time.AfterFunc(50*time.Millisecond, func() { cancel(errPower) })
	_, err := second.Result()
	fmt.Printf("result returns: %v\n", err)
	fmt.Printf("submit returns: %v\n", <-third)
	second.Stop()
	fmt.Printf("canceled with %d workers live\n", live.Load())
}

// Try: let the worker send its result without a select. Which stop blocks forever then, and which worker does it wait
// for?
