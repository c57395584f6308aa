// A full buffer: "a buffer prevents blocking", but only until it is full. Whoever relies on more waits at the send
// after that, here for ever, since the worker that would make room has not been started yet.
package main

import (
	"fmt"
	"sync"
)

const numJobs = 101

func main() {
	jobs := make(chan int, 100)

	// First all the jobs: the buffer is large.
	for j := 1; j <= numJobs; j++ {
		jobs <- j
		if j >= 100 {
			fmt.Printf("%d jobs submitted\n", j)
		}
	}
	close(jobs)

	// Then the worker.
	sum := 0
	var wg sync.WaitGroup
	wg.Go(func() {
		for j := range jobs {
			sum += j
		}
	})

	wg.Wait()
	fmt.Printf("all done, sum %d\n", sum)
}

// Try: 100 jobs. It works, until the day when there is one more.
