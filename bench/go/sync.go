// Locks and semaphores. Contending goroutines hold the lock across a yield, so that others wait for it.
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

// The count is right only under mutual exclusion.
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

// A semaphore is a channel whose capacity is the number of units.
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
