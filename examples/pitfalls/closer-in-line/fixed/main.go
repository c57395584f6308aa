// Closing inline, fixed: the same steps in the same order (send, close the jobs, wait, close the results) run in a
// separate goroutine, while main reads.
package main

import (
	"fmt"
	"sync"
)

const bufferSize = 10

func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * n
	}
}

func run(numJobs int) {
	jobs := make(chan int, bufferSize)
	results := make(chan int, bufferSize)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { worker(jobs, results) })
	}

	go func() {
		for n := 1; n <= numJobs; n++ {
			jobs <- n
		}
		fmt.Printf("%d jobs sent\n", numJobs)
		close(jobs)
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
	run(10)
	run(11)
	run(1000)
}

// Try: buffers of 0. Does the program still end, and which of the steps waits for the reader then?
