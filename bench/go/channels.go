// Values from goroutine to goroutine.
package main

import (
	"runtime"
	"sync"
)

const capacity = 100

func unbuffered(n int, _ *meter) int { return transfer(make(chan int), n) }

func buffered(n int, _ *meter) int { return transfer(make(chan int, capacity), n) }

func transfer(ch chan int, n int) int {
	go feed(ch, n)
	sum := 0
	for range n {
		sum += <-ch
	}
	return sum
}

// One operation is there and back.
func pingPong(n int, _ *meter) int {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for range n {
			pong <- <-ping
		}
	}()
	sum := 0
	for i := range n {
		ping <- i
		sum += <-pong
	}
	return sum
}

func manyToMany(n int, _ *meter) int {
	const pairs = 4
	ch := make(chan int, capacity)
	var sums [pairs]int
	var wg sync.WaitGroup
	for pair := range pairs {
		wg.Go(func() {
			for i := pair; i < n; i += pairs {
				ch <- i
			}
		})
		wg.Go(func() {
			for i := pair; i < n; i += pairs {
				sums[pair] += <-ch
			}
		})
	}
	wg.Wait()
	return total(sums[:])
}

func rangeUntilClosed(n int, _ *meter) int {
	ch := make(chan int, capacity)
	go func() {
		feed(ch, n)
		close(ch)
	}()
	sum := 0
	for v := range ch {
		sum += v
	}
	return sum
}

func channelHeap(n int, m *meter) int {
	channels := make([]chan int, n)
	m.start()
	for i := range channels {
		channels[i] = make(chan int)
	}
	m.stop()
	runtime.KeepAlive(channels)
	return len(channels)
}

// Sends n values, from 0.
func feed(ch chan<- int, n int) {
	for i := range n {
		ch <- i
	}
}

func total(values []int) int {
	sum := 0
	for _, v := range values {
		sum += v
	}
	return sum
}

// A broadcast is a channel for each subscriber.
func broadcast(n int, _ *meter) int {
	const subscribers, buffer = 4, 16
	var subscriptions [subscribers]chan int
	var sums [subscribers]int
	var wg sync.WaitGroup
	for i := range subscribers {
		subscriptions[i] = make(chan int, buffer)
		wg.Go(func() {
			for value := range subscriptions[i] {
				sums[i] += value
			}
		})
	}
	for value := range n {
		for _, subscription := range subscriptions {
			subscription <- value
		}
	}
	for _, subscription := range subscriptions {
		close(subscription)
	}
	wg.Wait()
	return total(sums[:])
}
