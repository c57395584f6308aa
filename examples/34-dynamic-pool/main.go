// A dynamic pool: it hires a worker when a job is left waiting, and a worker who has had nothing to do for a while goes
// home. There are always at least minWorkers, and never more than maxWorkers.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const minWorkers = 2
const maxWorkers = 10
const idle = 20 * time.Millisecond

type pool struct {
	jobs chan func()
	wg   sync.WaitGroup

	// How many workers there are, and the fewest and the most that there have been.
	mu      sync.Mutex
	workers int
	fewest  int
	most    int
}

func newPool() *pool {
	p := &pool{jobs: make(chan func(), 100), fewest: minWorkers}
	p.mu.Lock()
	defer p.mu.Unlock()
	for range minWorkers {
		p.hire()
	}
	return p
}

// A job that an idle worker takes is never seen in the queue. One that is seen there waits, and is a reason to grow.
func (p *pool) submit(job func()) {
	p.jobs <- job
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.jobs) > 0 && p.workers < maxWorkers {
		p.hire()
	}
}

// Looking at the number and changing it is one step: whoever calls this holds the mutex.
func (p *pool) hire() {
	p.workers++
	p.most = max(p.most, p.workers)
	p.wg.Go(p.worker)
}

// Says whether a worker who is idle may go home.
func (p *pool) dismiss() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.workers == minWorkers {
		return false
	}
	p.workers--
	p.fewest = min(p.fewest, p.workers)
	return true
}

// A worker goes home between two jobs only, so a job that was begun is always finished.
func (p *pool) worker() {
	for {
		select {
		case job, ok := <-p.jobs:
			if !ok {
				return
			}
			job()
		case <-time.After(idle):
			if p.dismiss() {
				return
			}
		}
	}
}

// Waits until all jobs are done, and all workers have gone.
func (p *pool) close() {
	close(p.jobs)
	p.wg.Wait()
}

func (p *pool) size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.workers
}

func main() {
	pool := newPool()
	fmt.Printf("at the start: %d workers\n", pool.size())

	// A job takes longer than a worker may be idle. Nobody is sent home in the middle of one.
	var begun, finished atomic.Int64
	var pending sync.WaitGroup
	job := func() {
		begun.Add(1)
		time.Sleep(30 * time.Millisecond)
		finished.Add(1)
		pending.Done()
	}

	pending.Add(100)
	for range 100 {
		pool.submit(job)
	}
	fmt.Printf("100 jobs queued: %d workers\n", pool.size())

	pending.Wait()
	fmt.Printf("%d jobs begun, %d finished\n", begun.Load(), finished.Load())

	time.Sleep(90 * time.Millisecond)
	fmt.Printf("after a rest: %d workers\n", pool.size())

	// An idle worker takes it, and nobody is hired.
	pending.Add(1)
	pool.submit(job)
	fmt.Printf("one more job: %d workers\n", pool.size())

	pool.close()
	fmt.Printf("%d jobs begun, %d finished\n", begun.Load(), finished.Load())
	fmt.Printf("never fewer than %d workers, never more than %d\n", pool.fewest, pool.most)
}

// Try: an idle time of 200 ms. How many workers are there after the rest?
