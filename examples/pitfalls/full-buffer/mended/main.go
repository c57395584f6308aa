// A full buffer, mended: the worker is started before the jobs are submitted. A buffer that is full now only makes the
// submitter wait until there is room, which is what keeps it from running away from the worker.
package main

import (
	"fmt"
	"sync"
)

const numJobs = 101

func main() {
	jobs := make(chan int, 100)

	// First the worker.
	sum := 0
	var wg sync.WaitGroup
	wg.Go(func() {
		for j := range jobs {
			sum += j
		}
	})

	// Then all the jobs: a large buffer, a small one or none at all will do.
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

// Try: no buffer at all. Does the program still end?
