// Stopping twice: stop closes a channel, and a second close panics. Here one stop is deferred for safety, and the other
// is called when the work is done.
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

func (p *pool) stop() {
	fmt.Println("stop")
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

// Try: remove one stop, then the other. Which one is better to keep?
