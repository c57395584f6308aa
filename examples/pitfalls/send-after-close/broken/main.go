// Sending after close: a closed channel takes no more values, and a send on it is a panic that ends the program. Here
// one more job comes after what was said to be the last.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	jobs := make(chan int, 5)

	// The workers count together, so the counter is atomic.
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

	// There is room in the buffer; it does not matter.
	jobs <- 4

	wg.Wait()
	fmt.Printf("%d jobs done\n", done.Load())
}

// Try: close the channel twice instead. What does the panic say then?
