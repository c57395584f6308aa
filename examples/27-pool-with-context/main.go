// A pool that lives as long as its context. Whoever waits, be it to submit a job, to read a result or to deliver one, waits
// for the end of the context too; so nobody is left behind, and everybody learns the cause.
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

// How many workers live.
var live atomic.Int64

// A job is the time that it takes, and so is its result.
type WorkerPool struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	jobs    chan time.Duration
	results chan time.Duration
	wg      sync.WaitGroup
}

// The pool has a context of its own, below the caller's: so stopping is nothing but one more way to cancel.
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

// Stop waits for the workers. The first cause stays: if the caller has cancelled already, this one says nothing new.
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
	// The sixth result is not read: its worker waits to deliver it when the pool is stopped.
	time.Sleep(100 * time.Millisecond)
	first.Stop()
	fmt.Printf("5 results, %d ms of work; stopped with %d workers live\n", sum.Milliseconds(), live.Load())
	fmt.Printf("submit says: %v\n", first.Submit(10*time.Millisecond))

	// The caller cancels while the workers are at work, somebody waits to submit, and we wait for a result.
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
	fmt.Printf("result says: %v\n", err)
	fmt.Printf("submit says: %v\n", <-third)
	second.Stop()
	fmt.Printf("cancelled with %d workers live\n", live.Load())
}

// Try: let the worker deliver with a plain send. Which stop waits for ever then, and for whom?
