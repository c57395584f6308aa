// Bounded parallelism: with one goroutine per job, all jobs run at once. A pool reuses a few goroutines, whatever the
// number of jobs.
package main

import (
	"fmt"
	"sync"
	"time"
)

// counts holds the number of goroutines started, and the maximum number of jobs that ran at once.
type counts struct {
	mu      sync.Mutex
	started int
	running int
	peak    int
}

// Every job waits for the same event, which releases all jobs at once.
func (c *counts) work(ready <-chan struct{}) {
	c.mu.Lock()
	c.running++
	c.peak = max(c.peak, c.running)
	c.mu.Unlock()

	<-ready

	c.mu.Lock()
	c.running--
	c.mu.Unlock()
}

func readyAfter(d time.Duration) <-chan struct{} {
	ready := make(chan struct{})
	time.AfterFunc(d, func() { close(ready) })
	return ready
}

// One goroutine per job: all jobs run at once.
func unbounded(numJobs int) *counts {
	c := &counts{}
	ready := readyAfter(200 * time.Millisecond)
	var wg sync.WaitGroup
	for range numJobs {
		c.started++
		wg.Go(func() { c.work(ready) })
	}
	wg.Wait()
	return c
}

// One goroutine per worker: the other jobs wait for a free worker, and a waiting job needs no goroutine.
func pool(numWorkers, numJobs int) *counts {
	c := &counts{}
	ready := readyAfter(200 * time.Millisecond)
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range numWorkers {
		c.started++
		wg.Go(func() {
			for range jobs {
				c.work(ready)
			}
		})
	}
	for job := range numJobs {
		jobs <- job
	}
	close(jobs)
	wg.Wait()
	return c
}

func report(name string, numJobs int, c *counts) {
	fmt.Printf("%s: %d jobs, %d goroutines, at most %d jobs at once\n", name, numJobs, c.started, c.peak)
}

func main() {
	report("unbounded", 1000, unbounded(1000))
	report("pool of 5", 1000, pool(5, 1000))

	// With fewer jobs than workers, the number of jobs is the limit.
	report("pool of 5", 3, pool(5, 3))
}

// Try: pool(1000, 1000). How does it differ from unbounded now?
