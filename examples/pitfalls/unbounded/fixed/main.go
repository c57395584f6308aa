// Unbounded goroutines, fixed: a pool takes the jobs from a channel, with no more workers than the service can handle.
// The number of jobs now affects only the time that the run takes.
package main

import (
	"fmt"
	"sync"
	"time"
)

const numJobs = 1000
const numWorkers = 50

// A service that accepts 100 connections at once and refuses the others. A response takes 50 ms in either case.
type service struct {
	mu      sync.Mutex
	open    int
	peak    int
	served  int
	refused int
}

func (s *service) call() {
	s.mu.Lock()
	s.open++
	s.peak = max(s.peak, s.open)
	if s.open <= 100 {
		s.served++
	} else {
		s.refused++
	}
	s.mu.Unlock()
	time.Sleep(50 * time.Millisecond)
	s.mu.Lock()
	s.open--
	s.mu.Unlock()
}

func main() {
	var s service
	var wg sync.WaitGroup
	jobs := make(chan int)
	for range numWorkers {
		wg.Go(func() {
			for range jobs {
				s.call()
			}
		})
	}
	for j := range numJobs {
		jobs <- j
	}
	close(jobs)
	wg.Wait()
	fmt.Printf("%d jobs: %d connections at once, %d served, %d refused\n", numJobs, s.peak, s.served, s.refused)
}

// Try: 100 workers, then 101.
