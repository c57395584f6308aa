// Submitting after stop, fixed: the jobs channel is never closed. Stop closes another channel, on which no values are
// sent, and submit also waits for that one. A late job is refused with an error, even if its submit is already waiting.
package main

import (
	"errors"
	"fmt"
	"sync"
)

var errStopped = errors.New("the pool has been stopped")

type pool struct {
	numWorkers int
	jobs       chan int
	results    chan int
	done       chan struct{}
	wg         sync.WaitGroup
}

func newPool(numWorkers int) *pool {
	return &pool{
		numWorkers: numWorkers, jobs: make(chan int), results: make(chan int, numWorkers), done: make(chan struct{}),
	}
}

func (p *pool) start() {
	for range p.numWorkers {
		p.wg.Go(func() {
			for {
				select {
				case j := <-p.jobs:
					p.results <- j * 2
				case <-p.done:
					return
				}
			}
		})
	}
}

// The jobs channel has no buffer: a submitted job has been received by a worker, which will do it.
func (p *pool) submit(j int) error {
	select {
	case p.jobs <- j:
		return nil
	case <-p.done:
		return errStopped
	}
}

func (p *pool) stop() {
	close(p.done)
	p.wg.Wait()
	close(p.results)
}

func main() {
	p := newPool(3)
	p.start()
	for j := 1; j <= 3; j++ {
		if err := p.submit(j); err != nil {
			fmt.Printf("job %d refused: %v\n", j, err)
		}
	}
	sum := 0
	for range 3 {
		sum += <-p.results
	}
	p.stop()
	fmt.Printf("stopped after 3 results, sum %d\n", sum)

	// Another part of the program submits after the stop.
	if err := p.submit(4); err != nil {
		fmt.Printf("job 4 refused: %v\n", err)
	}
}

// Try: give the jobs channel a buffer. Is a late job always refused then, and is every other job done?
