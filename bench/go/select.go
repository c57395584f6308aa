// The first of several operations.
package main

import (
	"context"
	"sync"
	"sync/atomic"
)

func selectOf2(n int, _ *meter) int {
	busy, idle := make(chan int), make(chan int)
	go feed(busy, n)
	sum := 0
	for range n {
		select {
		case v := <-idle:
			sum -= v
		case v := <-busy:
			sum += v
		}
	}
	return sum
}

func selectOf8(n int, _ *meter) int {
	var chs [8]chan int
	for i := range chs {
		chs[i] = make(chan int)
	}
	go feed(chs[7], n)
	sum := 0
	for range n {
		select {
		case v := <-chs[0]:
			sum -= v
		case v := <-chs[1]:
			sum -= v
		case v := <-chs[2]:
			sum -= v
		case v := <-chs[3]:
			sum -= v
		case v := <-chs[4]:
			sum -= v
		case v := <-chs[5]:
			sum -= v
		case v := <-chs[6]:
			sum -= v
		case v := <-chs[7]:
			sum += v
		}
	}
	return sum
}

func selectDone(n int, _ *meter) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	jobs := make(chan int)
	go feed(jobs, n)
	sum := 0
	for range n {
		select {
		case v := <-jobs:
			sum += v
		case <-ctx.Done():
			return -1
		}
	}
	return sum
}

// Every goroutine waits for its own channel and for a shared one. The row measures the sends that wake them.
func selectsShared(n int, m *meter) int {
	done := make(chan struct{})
	own := make([]chan int, n)
	var sum atomic.Int64
	var wg sync.WaitGroup
	parked := newLatch(n)
	for i := range own {
		own[i] = make(chan int)
		wg.Go(func() {
			parked.pass()
			select {
			case v := <-own[i]:
				sum.Add(int64(v))
			case <-done:
			}
		})
	}
	parked.wait()
	m.start()
	for i, ch := range own {
		ch <- i
	}
	wg.Wait()
	m.stop()
	return int(sum.Load())
}
