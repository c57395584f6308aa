// Results closed too early: the reader finds no result at all, and the first worker that is done panics, because it
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

	// All jobs are handed out; that does not mean that they are done.
	close(results)

	// The loop ends at once, and it looks as if there had been nothing to do.
	count, sum := 0, 0
	for r := range results {
		count++
		sum += r
	}
	fmt.Printf("%d results, sum %d\n", count, sum)

	// The program has other things to do. It does not come to their end.
	time.Sleep(200 * time.Millisecond)
	fmt.Println("the end")
}

// Try: take the other things away. Who learns of the mistake then?
