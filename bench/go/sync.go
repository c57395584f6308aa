// Locks and semaphores. Where many contend, each holds what it has across a yield, because that is when others want it.
package main

import (
	"runtime"
	"sync"
)

const (
	contenders = 100
	units      = 10
)

func mutex(n int, _ *meter) int {
	var mu sync.Mutex
	count := 0
	for range n {
		mu.Lock()
		count++
		mu.Unlock()
	}
	return count
}

// The count is right only if nobody else was in between.
func mutexContended(n int, _ *meter) int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	count := 0
	for g := range contenders {
		wg.Go(func() {
			for i := g; i < n; i += contenders {
				mu.Lock()
				before := count
				runtime.Gosched()
				count = before + 1
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return count
}

// A semaphore is a channel with room for as many as may hold it.
func semaphore(n int, _ *meter) int {
	sem := make(chan struct{}, units)
	count := 0
	for range n {
		sem <- struct{}{}
		count++
		<-sem
	}
	return count
}

func semaphoreContended(n int, _ *meter) int {
	sem := make(chan struct{}, units)
	var mu sync.Mutex
	var wg sync.WaitGroup
	count, holders := 0, 0
	for g := range contenders {
		wg.Go(func() {
			for i := g; i < n; i += contenders {
				sem <- struct{}{}
				mu.Lock()
				holders++
				if holders <= units {
					count++
				}
				mu.Unlock()
				runtime.Gosched()
				mu.Lock()
				holders--
				mu.Unlock()
				<-sem
			}
		})
	}
	wg.Wait()
	return count
}
