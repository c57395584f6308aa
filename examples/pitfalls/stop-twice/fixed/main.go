// Stopping twice, fixed: the first call stops the pool, and every later call only waits for its end. A stop that may be
// called repeatedly can be deferred safely.
package main

import (
	"fmt"
	"sync"
)

type pool struct {
	numWorkers int
	jobs       chan int
	results    chan int
	wg         sync.WaitGroup
	once       sync.Once
}

func newPool(numWorkers int) *pool {
	return &pool{numWorkers: numWorkers, jobs: make(chan int, numWorkers), results: make(chan int, numWorkers)}
}

func (p *pool) start() {
	for range p.numWorkers {
		p.wg.Go(func() {
			for j := range p.jobs {
				p.results <- j * 2
			}
		})
	}
}

// A call during the first call waits for it.
func (p *pool) stop() {
	fmt.Println("stop")
	p.once.Do(p.shutDown)
}

func (p *pool) shutDown() {
	close(p.jobs)
	p.wg.Wait()
	close(p.results)
	fmt.Println("stopped")
}

func main() {
	p := newPool(3)
	p.start()
	defer p.stop()

	for j := 1; j <= 3; j++ {
		p.jobs <- j
	}
	sum := 0
	for range 3 {
		sum += <-p.results
	}
	fmt.Printf("3 results, sum %d\n", sum)

	p.stop()
}

// Try: return early, before the last stop. Is the pool still stopped?
