// Batching: values from a channel are collected until a batch is full, or until 50 ms have passed since its first value.
// A slow trickle is stored in time, and a burst is stored in few calls. With goro/pipeline, the collector is
// batch(events, { size: 3, interval: 50 }).
package main

import (
	"fmt"
	"time"
)

const (
	size     = 3
	interval = 50 * time.Millisecond
)

// collect sends the values from in as batches, and closes out after the last one.
func collect(in <-chan int, out chan<- []int) {
	defer close(out)
	var batch []int
	// A nil channel is never ready: no time is limited while the batch is empty.
	var timeout <-chan time.Time
	flush := func() {
		if len(batch) > 0 {
			out <- batch
		}
		batch = nil
		timeout = nil
	}
	for {
		select {
		case v, ok := <-in:
			if !ok {
				flush()
				return
			}
			batch = append(batch, v)
			if len(batch) == 1 {
				timeout = time.After(interval)
			}
			if len(batch) == size {
				flush()
			}
		case <-timeout:
			flush()
		}
	}
}

// produce sends a burst of seven values, then two values 20 ms apart, and a last one after a pause.
func produce(events chan<- int) {
	defer close(events)
	for v := 1; v <= 7; v++ {
		events <- v
	}
	time.Sleep(100 * time.Millisecond)
	events <- 8
	time.Sleep(20 * time.Millisecond)
	events <- 9
	time.Sleep(100 * time.Millisecond)
	events <- 10
}

func main() {
	events := make(chan int)
	batches := make(chan []int)
	go produce(events)
	go collect(events, batches)
	for batch := range batches {
		fmt.Println("stored", batch)
	}
}

// Try: an interval of 10 ms. Which batches change?
