// Goroutines that wait, for each other and for the clock.
package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

func waitGroup(n int, _ *meter) int {
	const batch = 1_000
	var count atomic.Int64
	for left := n; left > 0; left -= batch {
		var wg sync.WaitGroup
		for range min(left, batch) {
			wg.Add(1)
			go func() {
				count.Add(1)
				wg.Done()
			}()
		}
		wg.Wait()
	}
	return int(count.Load())
}

// Many receivers of one channel. The row measures the waking.
func wake(n int, m *meter) int {
	ch := make(chan int)
	var sum atomic.Int64
	var wg sync.WaitGroup
	parked := newLatch(n)
	for range n {
		wg.Go(func() {
			parked.pass()
			sum.Add(int64(<-ch))
		})
	}
	parked.wait()
	m.start()
	feed(ch, n)
	wg.Wait()
	m.stop()
	return int(sum.Load())
}

func parkedHeap(n int, m *meter) int {
	ch := make(chan int)
	var count atomic.Int64
	var wg sync.WaitGroup
	parked := newLatch(n)
	m.start()
	for range n {
		wg.Go(func() {
			parked.pass()
			<-ch
			count.Add(1)
		})
	}
	parked.wait()
	m.stop()
	feed(ch, n)
	wg.Wait()
	return int(count.Load())
}

// The delay of a timer of 10 ms beside two busy goroutines: the longest of five.
func timer(_ int, m *meter) int {
	const timers, delay = 5, 10 * time.Millisecond
	ch := make(chan int)
	var over atomic.Bool
	go func() {
		for !over.Load() {
			ch <- 1
		}
		close(ch)
	}()
	fired := make(chan time.Duration, timers)
	go func() {
		for range timers {
			set := time.Now()
			<-time.After(delay)
			fired <- time.Since(set)
		}
		over.Store(true)
	}()
	for range ch {
	}
	var latest time.Duration
	for range timers {
		latest = max(latest, <-fired)
	}
	m.record(float64(latest) / float64(time.Millisecond))
	return 1
}

// A latch lets one goroutine wait until n others are about to park.
type latch struct {
	left atomic.Int64
	open chan struct{}
}

func newLatch(n int) *latch {
	l := &latch{open: make(chan struct{})}
	l.left.Store(int64(n))
	return l
}

func (l *latch) pass() {
	if l.left.Add(-1) == 0 {
		close(l.open)
	}
}

func (l *latch) wait() {
	<-l.open
	runtime.Gosched()
}
