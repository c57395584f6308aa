// Starting twice, fixed: the workers are started once, and every later start does nothing. The pool has 3 workers.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

type pool struct {
	numWorkers int
	jobs       chan int
	started    sync.Once
	wg         sync.WaitGroup

	mu      sync.Mutex
	running int
	peak    int
}

func newPool(numWorkers int) *pool {
	return &pool{numWorkers: numWorkers, jobs: make(chan int)}
}

func (p *pool) start() {
	p.started.Do(func() {
		for range p.numWorkers {
			p.wg.Go(func() {
				for range p.jobs {
					p.process()
				}
			})
		}
	})
}

// A job takes 50 ms, and counts the jobs that run at the same time.
func (p *pool) process() {
	p.mu.Lock()
	p.running++
	p.peak = max(p.peak, p.running)
	p.mu.Unlock()
	time.Sleep(50 * time.Millisecond)
	p.mu.Lock()
	p.running--
	p.mu.Unlock()
}

func (p *pool) stop() {
	close(p.jobs)
	p.wg.Wait()
}

func main() {
	p := newPool(3)

	// Two parts of the program need the pool, and each of them starts it.
	p.start()
	p.start()
	fmt.Printf("%d goroutines besides main\n", runtime.NumGoroutine()-1)

	for j := 1; j <= 12; j++ {
		p.jobs <- j
	}
	p.stop()
	fmt.Printf("%d workers, and %d jobs at once\n", p.numWorkers, p.peak)
}

// Try: start the workers in newPool, and remove start. Which mistakes become impossible?
