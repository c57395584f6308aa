// A worker pool as a class. Starting and stopping may be repeated, a job that was accepted is always done, and whoever
// submits too late gets an error and no panic.
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

// How many workers have been started.
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

// The jobs are never closed, because somebody may be sending. Nor have they a buffer: a job is accepted when a worker has
// it in its hands, so that none is left over in the end.
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

// Stop waits for the workers, and they for whoever reads: so go on reading until the results are closed.
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

	// Whoever submits also stops, and the loop over the results ends with that.
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
	fmt.Printf("stopped twice, and submit says: %v\n", pool.Submit(6))

	// Stopped while somebody submits and all workers are busy: each job that was accepted still has its result.
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

// Try: give the jobs a buffer of 10, and stop while at work. Where are the jobs that have no result?
