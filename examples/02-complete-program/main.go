// The complete program: three workers with numbers, ten jobs of a second each, and results that are collected by counting
// them.
package main

import (
	"fmt"
	"time"
)

// Each worker receives jobs until there are no more, and sends a result for each.
func worker(id int, jobs <-chan int, results chan<- int) {
	for j := range jobs {
		fmt.Printf("Worker %d started job %d\n", id, j)
		// The work is simulated by sleeping.
		time.Sleep(time.Second)
		fmt.Printf("Worker %d finished job %d\n", id, j)
		results <- j * 2
	}
}

func main() {
	const numJobs = 10
	const numWorkers = 3

	// Both channels have room for all jobs, so nobody here ever waits to send.
	jobs := make(chan int, numJobs)
	results := make(chan int, numJobs)

	// The workers start first, and wait.
	for w := 1; w <= numWorkers; w++ {
		go worker(w, jobs, results)
	}

	// Then the jobs are handed out. Closing the channel tells the workers to end when it is empty.
	for j := 1; j <= numJobs; j++ {
		jobs <- j
	}
	close(jobs)

	// Each job has exactly one result, so that many receives are the end of the work. (A job that could fail and send
	// nothing would leave us waiting here for ever.)
	for i := 1; i <= numJobs; i++ {
		fmt.Printf("Result %d received: %d\n", i, <-results)
	}

	fmt.Println("\n--- All jobs processed. ---")
}

// Try: 10 workers instead of 3. Which lines change, and what does the clock say?
