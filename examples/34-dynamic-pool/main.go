// A dynamic pool: it adds a worker when a job waits in the queue, and a worker exits after 20 ms without a job. The
// number of workers stays between minWorkers and maxWorkers.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const minWorkers = 2
const maxWorkers = 10
const idleTimeout = 20 * time.Millisecond

type pool struct {
	jobs chan func()
	wg   sync.WaitGroup

	// The current number of workers, and its minimum and maximum so far.
	mu       sync.Mutex
	workers  int
	minCount int
	maxCount int
}

func newPool() *pool {
	p := &pool{jobs: make(chan func(), 100), minCount: minWorkers}
	p.mu.Lock()
	defer p.mu.Unlock()
	for range minWorkers {
		p.addWorker()
	}
	return p
}

// A job that an idle worker takes never appears in the queue. A job that appears there waits, and is a reason to add a
// worker.
func (p *pool) submit(job func()) {
	p.jobs <- job
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.jobs) > 0 && p.workers < maxWorkers {
		p.addWorker()
	}
}

// Reading the number and changing it is one step: the caller holds the mutex.
func (p *pool) addWorker() {
	p.workers++
	p.maxCount = max(p.maxCount, p.workers)
	p.wg.Go(p.worker)
}

// Removes an idle worker from the count and returns true, unless the minimum is reached.
func (p *pool) removeWorker() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.workers == minWorkers {
		return false
	}
	p.workers--
	p.minCount = min(p.minCount, p.workers)
	return true
}

// A worker exits only between two jobs, so a started job is always finished.
func (p *pool) worker() {
	for {
		select {
		case job, ok := <-p.jobs:
			if !ok {
				return
			}
			job()
		case <-time.After(idleTimeout):
			if p.removeWorker() {
				return
			}
		}
	}
}

// Waits until all jobs are done and all workers have exited.
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

	// A job takes longer than the idle timeout of a worker. A worker never exits during a job.
	var started, finished atomic.Int64
	var pending sync.WaitGroup
	job := func() {
		started.Add(1)
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
	fmt.Printf("%d jobs started, %d finished\n", started.Load(), finished.Load())

	time.Sleep(90 * time.Millisecond)
	fmt.Printf("after a pause: %d workers\n", pool.size())

	// An idle worker takes this job, and no worker is added.
	pending.Add(1)
	pool.submit(job)
	fmt.Printf("one more job: %d workers\n", pool.size())

	pool.close()
	fmt.Printf("%d jobs started, %d finished\n", started.Load(), finished.Load())
	fmt.Printf("never fewer than %d workers, never more than %d\n", pool.minCount, pool.maxCount)
}

// Try: an idle timeout of 200 ms. How many workers are there after the pause?
