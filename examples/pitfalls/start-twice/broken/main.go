// Starting twice: each start adds workers of its own, so a pool that was asked for 3 workers has 6, and nobody is told.
// Whatever the 3 were to protect gets twice the load.
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
	wg         sync.WaitGroup

	mu      sync.Mutex
	running int
	peak    int
}

func newPool(numWorkers int) *pool {
	return &pool{numWorkers: numWorkers, jobs: make(chan int)}
}

func (p *pool) start() {
	for range p.numWorkers {
		p.wg.Go(func() {
			for range p.jobs {
				p.process()
			}
		})
	}
}

// A job takes 50 ms, and counts how many run beside it.
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

	// Two parts of the program need the pool, and each makes sure that it runs.
	p.start()
	p.start()
	fmt.Printf("%d goroutines beside main\n", runtime.NumGoroutine()-1)

	for j := 1; j <= 12; j++ {
		p.jobs <- j
	}
	p.stop()
	fmt.Printf("%d workers, and %d jobs at once\n", p.numWorkers, p.peak)
}

// Try: start it once more when 6 jobs are submitted. How many run at once then?
