// Sending everything before reading anything, fixed: a separate goroutine sends the jobs, while main reads. The buffers
// now affect only how long a send waits, and not whether the program ends.
package main

import (
	"fmt"
	"sync"
)

func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * n
	}
}

func run(numJobs int) {
	const numWorkers = 3
	jobs := make(chan int, numWorkers)
	results := make(chan int, numWorkers)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}

	// When everything is full the sender blocks, but only until the next result is read.
	fmt.Printf("sending %d jobs\n", numJobs)
	go func() {
		for n := 1; n <= numJobs; n++ {
			jobs <- n
		}
		close(jobs)
	}()

	go func() {
		wg.Wait()
		close(results)
	}()

	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

func main() {
	run(9)
	run(10)
	run(1000)
}

// Try: remove the buffers. Does the output change?
