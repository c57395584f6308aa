// A full buffer, fixed: the worker is started before the jobs are submitted. A full buffer now only makes the sender
// wait for room, which keeps it from running ahead of the worker.
package main

import (
	"fmt"
	"sync"
)

const numJobs = 101

func main() {
	jobs := make(chan int, 100)

	// The worker is started first.
	sum := 0
	var wg sync.WaitGroup
	wg.Go(func() {
		for j := range jobs {
			sum += j
		}
	})

	// Then the jobs are sent. A large buffer, a small one or none works.
	for j := 1; j <= numJobs; j++ {
		jobs <- j
		if j >= 100 {
			fmt.Printf("%d jobs submitted\n", j)
		}
	}
	close(jobs)

	wg.Wait()
	fmt.Printf("all done, sum %d\n", sum)
}

// Try: no buffer. Does the program still end?
