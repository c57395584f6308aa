// Sending after close, fixed: the late job is sent before the close. Only the sender can determine which job is the
// last, so the sender closes the channel and sends nothing after that.
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
	jobs <- 4
	close(jobs)
	fmt.Println("4 jobs sent, and the channel closed")

	wg.Wait()
	fmt.Printf("%d jobs done\n", done.Load())
}

// Try: send the late job from a separate goroutine. Is it in time?
