// The complete program: three numbered workers do ten jobs of one second each, and main collects the results by
// counting them.
package main

import (
	"fmt"
	"time"
)

// Each worker receives jobs until the channel is closed and empty, and sends one result per job.
func worker(id int, jobs <-chan int, results chan<- int) {
	for j := range jobs {
		fmt.Printf("Worker %d started job %d\n", id, j)
		// A sleep simulates the work.
		time.Sleep(time.Second)
		fmt.Printf("Worker %d finished job %d\n", id, j)
		results <- j * 2
	}
}

func main() {
	const numJobs = 10
	const numWorkers = 3

	// Both channels have room for all jobs, so no send blocks.
	jobs := make(chan int, numJobs)
	results := make(chan int, numJobs)

	// The workers start first and wait for jobs.
	for w := 1; w <= numWorkers; w++ {
		go worker(w, jobs, results)
	}

	// Then the jobs are sent. After the close, each worker returns once the channel is empty.
	for j := 1; j <= numJobs; j++ {
		jobs <- j
	}
	close(jobs)

	// Each job has exactly one result, so the work is complete after numJobs receives. (If a job could fail without
	// sending a result, the last receive would block forever.)
	for i := 1; i <= numJobs; i++ {
		fmt.Printf("Result %d received: %d\n", i, <-results)
	}

	fmt.Println("\n--- All jobs processed. ---")
}

// Try: 10 workers instead of 3. Which lines change, and how long does the program run?
