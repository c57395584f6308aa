// Broadcast: a value that is sent on a channel goes to one receiver, but a close goes to all. For values, every subscriber
// has a channel of its own.
package main

import (
	"fmt"
	"sync"
)

const (
	runners = 3
	readers = 2
)

// Every runner waits for the same channel. Closing it releases all of them at once.
func race() {
	start := make(chan struct{})
	ready := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	released := 0
	for id := 1; id <= runners; id++ {
		wg.Go(func() {
			ready <- id
			<-start
			mu.Lock()
			released++
			mu.Unlock()
		})
	}
	for range runners {
		<-ready
	}
	fmt.Printf("%d ready, %d released\n", runners, released)
	close(start)
	wg.Wait()
	fmt.Printf("closed: %d released\n", released)
}

// A fan-out: each reader has a channel, and each value is sent to every channel. The send waits for the slowest reader.
func fanOut() {
	readings := make([]chan int, readers)
	sums := make([]int, readers)
	var wg sync.WaitGroup
	for r := range readings {
		readings[r] = make(chan int, 1)
		wg.Go(func() {
			for reading := range readings[r] {
				sums[r] += reading
			}
		})
	}
	for _, reading := range []int{20, 21, 23} {
		for _, ch := range readings {
			ch <- reading
		}
	}
	for _, ch := range readings {
		close(ch)
	}
	wg.Wait()
	for r, sum := range sums {
		fmt.Printf("reader %d: %d\n", r+1, sum)
	}
}

// A reader that needs only the latest value has a buffer of one, and the sender replaces an old value in it.
func latest() {
	last := make(chan int, 1)
	for _, reading := range []int{20, 21, 23} {
		select {
		case last <- reading:
		default:
			<-last
			last <- reading
		}
	}
	fmt.Printf("latest: %d\n", <-last)
}

func main() {
	race()
	fanOut()
	latest()
}

// Try: send one value on start instead of the close. How many runners does it release?
