// Unbounded goroutines: with one goroutine per job, all jobs run at once. A goroutine is cheap, but the resources that
// it uses are limited.
package main

import (
	"fmt"
	"sync"
	"time"
)

const numJobs = 1000

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
	for range numJobs {
		wg.Go(func() { s.call() })
	}
	wg.Wait()
	fmt.Printf("%d jobs: %d connections at once, %d served, %d refused\n", numJobs, s.peak, s.served, s.refused)
}

// Try: 100 jobs, then 101.
