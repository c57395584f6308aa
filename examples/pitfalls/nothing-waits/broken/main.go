// Nothing waits: the channels, the workers and the jobs are there, but main returns at once, and the program ends with
// it. It has done nothing and reports success.
package main

import (
	"fmt"
	"time"
)

const numWorkers = 3
const numJobs = 9

func worker(jobs <-chan int, results chan<- int) {
	for j := range jobs {
		time.Sleep(50 * time.Millisecond)
		results <- j * 2
	}
}

func main() {
	jobs := make(chan int, 100)
	results := make(chan int, 100)
	for range numWorkers {
		go worker(jobs, results)
	}
	for j := 1; j <= numJobs; j++ {
		jobs <- j
	}
	fmt.Printf("%d jobs, %d results\n", numJobs, len(results))
}

// Try: channels without a buffer. How far does main get?
