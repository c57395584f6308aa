// Bounded parallelism: a goroutine for each job means as many jobs at once as there are jobs. A pool has few goroutines,
// which are used again and again, however many jobs there are.
package main

import (
	"fmt"
	"sync"
	"time"
)

// counts has the number of goroutines started, and the greatest number of jobs that were running at once.
type counts struct {
	mu      sync.Mutex
	started int
	running int
	peak    int
}

// The jobs ask for something that takes a while to come, and then is there for all.
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

// One goroutine for each job: nothing keeps them from running all at once.
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

// One goroutine for each worker: the other jobs wait in line, and a waiting job costs next to nothing.
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

	// With fewer jobs than workers, the jobs are the bound.
	report("pool of 5", 3, pool(5, 3))
}

// Try: pool(1000, 1000). What is the difference to unbounded now?
