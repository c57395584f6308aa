// Reading after stop, fixed: a separate goroutine submits the jobs and stops the pool, while main reads. Stop can wait
// now, because the results have a reader.
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

	go func() {
		for n := 1; n <= numJobs; n++ {
			pool.submit(n)
		}
		fmt.Printf("%d jobs submitted\n", numJobs)
		pool.stop()
	}()

	sum := 0
	for r := range pool.results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

func main() {
	run(3)
	run(4)
	run(1000)
}

// Try: stop the pool twice. What does stop need, so that it may be called repeatedly?
