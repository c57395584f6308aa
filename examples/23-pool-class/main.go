// A worker pool as a class. Start and stop may be called repeatedly, an accepted job is always done, and a late submit
// returns an error instead of panicking.
package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

var errStopped = errors.New("the pool has been stopped")

// The number of workers started.
var workers atomic.Int64

type WorkerPool struct {
	numWorkers int
	jobs       chan int
	results    chan int
	quit       chan struct{}
	wg         sync.WaitGroup
	started    sync.Once
	stopped    sync.Once
}

func NewWorkerPool(numWorkers int) *WorkerPool {
	return &WorkerPool{
		numWorkers: numWorkers,
		jobs:       make(chan int),
		results:    make(chan int, numWorkers),
		quit:       make(chan struct{}),
	}
}

func (p *WorkerPool) Start() {
	p.started.Do(func() {
		for range p.numWorkers {
			p.wg.Go(p.worker)
		}
	})
}

// The jobs channel is never closed, because a submit may be in progress. It has no buffer: a job is accepted only when
// a worker receives it, so no accepted job is left over.
func (p *WorkerPool) worker() {
	workers.Add(1)
	for {
		select {
		case job := <-p.jobs:
			time.Sleep(50 * time.Millisecond)
			p.results <- job * job
		case <-p.quit:
			return
		}
	}
}

func (p *WorkerPool) Submit(job int) error {
	select {
	case p.jobs <- job:
		return nil
	case <-p.quit:
		return errStopped
	}
}

func (p *WorkerPool) Results() <-chan int {
	return p.results
}

// Stop waits for the workers, and the workers wait for the reader: read until the results are closed.
func (p *WorkerPool) Stop() {
	p.stopped.Do(func() {
		close(p.quit)
		p.wg.Wait()
		close(p.results)
	})
}

func main() {
	pool := NewWorkerPool(3)
	pool.Start()
	pool.Start()

	// The goroutine that submits also stops the pool, which ends the loop over the results.
	go func() {
		for job := 1; job <= 5; job++ {
			pool.Submit(job)
		}
		pool.Stop()
	}()
	var squares []int
	for r := range pool.Results() {
		squares = append(squares, r)
	}
	slices.Sort(squares)
	fmt.Printf("%v from %d workers, started twice\n", squares, workers.Load())

	pool.Stop()
	fmt.Printf("stopped twice, and submit returns: %v\n", pool.Submit(6))

	// The pool is stopped while a goroutine submits and all workers are busy: each accepted job still has its result.
	other := NewWorkerPool(3)
	other.Start()
	accepted := 0
	var submitter sync.WaitGroup
	submitter.Go(func() {
		for other.Submit(7) == nil {
			accepted++
		}
	})
	time.AfterFunc(125*time.Millisecond, other.Stop)
	results := 0
	for range other.Results() {
		results++
	}
	submitter.Wait()
	fmt.Printf("stopped while at work: %d jobs accepted, %d results\n", accepted, results)
}

// Try: give the jobs channel a buffer of 10, and stop the pool while it is at work. Where are the jobs without a
// result?
