// A negative number of workers: the number becomes the capacity of a channel, which cannot be negative. The panic
// mentions a size, not the number of workers.
package main

import (
	"fmt"
	"sync"
)

type workerPool struct {
	numWorkers int
	jobs       chan int
	results    chan int
}

func newWorkerPool(numWorkers int) *workerPool {
	return &workerPool{
		numWorkers: numWorkers,
		jobs:       make(chan int, numWorkers),
		results:    make(chan int, numWorkers),
	}
}

// run returns the sum of the squares of 1 to numJobs.
func (p *workerPool) run(numJobs int) int {
	var wg sync.WaitGroup
	for range p.numWorkers {
		wg.Go(func() {
			for n := range p.jobs {
				p.results <- n * n
			}
		})
	}
	go func() {
		for n := 1; n <= numJobs; n++ {
			p.jobs <- n
		}
		close(p.jobs)
		wg.Wait()
		close(p.results)
	}()

	sum := 0
	for r := range p.results {
		sum += r
	}
	return sum
}

func main() {
	// Three processors stay free on every machine.
	const reserved = 3
	for _, processors := range []int{4, 2} {
		fmt.Printf("%d processors\n", processors)
		pool := newWorkerPool(processors - reserved)
		fmt.Printf("the sum is %d\n", pool.run(5))
	}
}

// Try: 3 processors. How does the program fail then?
