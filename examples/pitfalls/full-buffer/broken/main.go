// A full buffer: "a buffer prevents blocking", but only until it is full. The next send then blocks, here forever,
// because the worker that would make room has not been started yet.
package main

import (
	"fmt"
	"sync"
)

const numJobs = 101

func main() {
	jobs := make(chan int, 100)

	// The jobs are sent first: the buffer is large.
	for j := 1; j <= numJobs; j++ {
		jobs <- j
		if j >= 100 {
			fmt.Printf("%d jobs submitted\n", j)
		}
	}
	close(jobs)

	// The worker is started after that.
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

// Try: 100 jobs. The program works, until there is one more job.
