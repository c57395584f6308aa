// Sending after close: a closed channel accepts no more values, and a send on it panics, which ends the program. Here
// one more job is sent after the close.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	jobs := make(chan int, 5)

	// The workers share the counter, so it is atomic.
	var done atomic.Int64
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range jobs {
				done.Add(1)
			}
		})
	}

	for j := 1; j <= 3; j++ {
		jobs <- j
	}
	close(jobs)
	fmt.Println("3 jobs sent, and the channel closed")

	// The buffer has room, but that does not matter.
	jobs <- 4

	wg.Wait()
	fmt.Printf("%d jobs done\n", done.Load())
}

// Try: close the channel twice instead. What is the message of the panic then?
