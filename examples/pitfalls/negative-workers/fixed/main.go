// A negative number of workers, fixed: the number is checked before it is used, and the error mentions workers. The
// caller can handle the error.
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

func newWorkerPool(numWorkers int) (*workerPool, error) {
	if numWorkers < 1 {
		return nil, fmt.Errorf("at least 1 worker is needed, not %d", numWorkers)
	}
	return &workerPool{
		numWorkers: numWorkers,
		jobs:       make(chan int, numWorkers),
		results:    make(chan int, numWorkers),
	}, nil
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
		pool, err := newWorkerPool(processors - reserved)
		if err != nil {
			fmt.Printf("error: %v\n", err)
			continue
		}
		fmt.Printf("the sum is %d\n", pool.run(5))
	}
}

// Try: continue with one worker instead of an error. How would the user detect that the machine is too small?
