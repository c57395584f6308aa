// Submitting after stop: stop has closed the jobs channel, so a late submit sends on a closed channel, which panics.
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
	return &pool{numWorkers: numWorkers, jobs: make(chan int), results: make(chan int, numWorkers)}
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

func (p *pool) submit(j int) {
	p.jobs <- j
}

func (p *pool) stop() {
	close(p.jobs)
	p.wg.Wait()
	close(p.results)
}

func main() {
	p := newPool(3)
	p.start()
	for j := 1; j <= 3; j++ {
		p.submit(j)
	}
	sum := 0
	for range 3 {
		sum += <-p.results
	}
	p.stop()
	fmt.Printf("stopped after 3 results, sum %d\n", sum)

	// Another part of the program submits after the stop.
	p.submit(4)
	fmt.Println("job 4 submitted")
}

// Try: start no workers, submit in a goroutine, and stop a little later. What happens to the blocked submit?
