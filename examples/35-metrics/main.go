// Metrics: all workers share counters of the processed and the failed jobs. No update is lost, whatever the order in
// which the workers run.
package main

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const numJobs = 100

// The workers run on several threads, so plain numbers would lose updates: these are atomic. (A variable named errors
// would shadow the package of that name.)
type metrics struct {
	processed atomic.Int64
	failed    atomic.Int64
}

// Every seventh job fails, and the jobs take between 0 and 4 ms, so that the workers interleave.
func process(job int) error {
	time.Sleep(time.Duration(job%5) * time.Millisecond)
	if job%7 == 0 {
		return errors.New("seven is unlucky")
	}
	return nil
}

func worker(jobs <-chan int, m *metrics) {
	for job := range jobs {
		err := process(job)
		m.processed.Add(1)
		if err != nil {
			m.failed.Add(1)
		}
	}
}

func run(numWorkers int) {
	jobs := make(chan int, numJobs)
	m := &metrics{}
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, m) })
	}
	for j := 1; j <= numJobs; j++ {
		jobs <- j
	}
	close(jobs)

	// The counters can be read at any time, but only now are they final.
	wg.Wait()
	fmt.Printf("%d at work: %d processed, %d failed\n", numWorkers, m.processed.Load(), m.failed.Load())
}

func main() {
	for _, numWorkers := range []int{1, 3, 10, 100} {
		run(numWorkers)
	}
}

// Try: read the counter before the job, and write it plus one after the job. How many jobs are counted then?
