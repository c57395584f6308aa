// Numbered workers: each worker has an ID from 1 to N, and each result contains the ID of its worker. The WaitGroup
// counts all workers before the first one starts.
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

// The number of running workers.
var live atomic.Int32

// A worker calls Done on every exit path. Deferred calls run in reverse order, so live is decremented before Done.
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

	// One Add covers all workers. If each worker added itself, Wait could see 0 before the first worker has started.
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

	// The counter reaches 0 once, when the last worker returns.
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

// Try: call wg.Add(1) in the loop as well, so that each worker is counted twice. Which goroutine blocks forever?
