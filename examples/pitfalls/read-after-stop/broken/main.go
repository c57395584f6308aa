// Reading after stop: stop waits for the workers, and the workers for a reader, which comes after stop. This works
// while all results fit into the buffer: three do, and the fourth blocks forever.
package main

import (
	"fmt"
	"sync"
)

type workerPool struct {
	numWorkers int
	jobs       chan int
	results    chan int
	wg         sync.WaitGroup
}

func newWorkerPool(numWorkers int) *workerPool {
	return &workerPool{
		numWorkers: numWorkers,
		jobs:       make(chan int, numWorkers),
		results:    make(chan int, numWorkers),
	}
}

func (p *workerPool) start() {
	for range p.numWorkers {
		p.wg.Go(func() {
			for n := range p.jobs {
				p.results <- n * n
			}
		})
	}
}

func (p *workerPool) submit(n int) {
	p.jobs <- n
}

func (p *workerPool) stop() {
	close(p.jobs)
	p.wg.Wait()
	close(p.results)
}

func run(numJobs int) {
	pool := newWorkerPool(3)
	pool.start()

	for n := 1; n <= numJobs; n++ {
		pool.submit(n)
	}
	fmt.Printf("%d jobs submitted\n", numJobs)
	pool.stop()

	sum := 0
	for r := range pool.results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

func main() {
	run(3)
	run(4)
}

// Try: 10 jobs. The program does not reach stop: where does main wait then?
