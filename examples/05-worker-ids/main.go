// Workers with numbers: each has an id from 1 to N, and each result tells which worker did the job. The WaitGroup counts all
// of them before the first one starts.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const numWorkers = 3
const numJobs = 9

type result struct {
	job    int
	worker int
}

// How many workers live.
var live atomic.Int32

// A worker says Done when it leaves, by whatever way. What is deferred last runs first, so by then it does not live.
func worker(id int, wg *sync.WaitGroup, jobs <-chan int, results chan<- result) {
	defer wg.Done()
	live.Add(1)
	defer live.Add(-1)
	for job := range jobs {
		time.Sleep(20 * time.Millisecond)
		results <- result{job, id}
	}
}

func main() {
	jobs := make(chan int)
	results := make(chan result)

	// One Add for all. A worker that added itself could be too late: Wait might find 0 before it has started.
	var wg sync.WaitGroup
	wg.Add(numWorkers)
	for id := 1; id <= numWorkers; id++ {
		go worker(id, &wg, jobs, results)
	}

	go func() {
		for job := 1; job <= numJobs; job++ {
			jobs <- job
		}
		close(jobs)
	}()

	// The counter comes to 0 once, when the last worker leaves.
	go func() {
		wg.Wait()
		fmt.Printf("waited for %d workers, %d live\n", numWorkers, live.Load())
		close(results)
	}()

	done := 0
	for r := range results {
		fmt.Printf("job %d by worker %d\n", r.job, r.worker)
		done++
	}
	fmt.Printf("%d jobs done\n", done)
}

// Try: write wg.Add(1) into the loop as well, so that each worker is counted twice. Who waits for ever?
