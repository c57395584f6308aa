// Results closed too early: the reader gets no result, and the first worker that finishes a job panics, because it
// sends on a closed channel.
package main

import (
	"fmt"
	"time"
)

const numWorkers = 3
const numJobs = 6

// Job n takes n times 40 ms.
func worker(jobs <-chan int, results chan<- int) {
	for j := range jobs {
		time.Sleep(time.Duration(j) * 40 * time.Millisecond)
		results <- j * 2
	}
}

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan int, numJobs)
	for range numWorkers {
		go worker(jobs, results)
	}
	for j := 1; j <= numJobs; j++ {
		jobs <- j
	}
	close(jobs)

	// All jobs have been sent, but they have not been done.
	close(results)

	// The loop ends at once, as if there had been no jobs.
	count, sum := 0, 0
	for r := range results {
		count++
		sum += r
	}
	fmt.Printf("%d results, sum %d\n", count, sum)

	// The program continues with other work, and panics before it ends.
	time.Sleep(200 * time.Millisecond)
	fmt.Println("the end")
}

// Try: remove the other work. What reports the mistake then?
