// No workers, fixed: the workers are started before the first job is sent, so each job has a receiver.
package main

import "fmt"

func worker(jobs <-chan string, results chan<- string) {
	for job := range jobs {
		results <- job + " is done"
	}
}

func main() {
	const numWorkers = 3
	const numJobs = 5
	jobs := make(chan string, numWorkers)
	results := make(chan string, numWorkers)

	for range numWorkers {
		go worker(jobs, results)
	}

	// Five jobs and their results fit into the buffers and the workers. With more than nine jobs, the results would have
	// to be read at the same time.
	for j := 1; j <= numJobs; j++ {
		jobs <- fmt.Sprintf("job-%d", j)
		fmt.Printf("job-%d sent\n", j)
	}
	close(jobs)

	for range numJobs {
		fmt.Printf("result: %s\n", <-results)
	}
}

// Try: one worker instead of three, and therefore buffers of 1. Where does the program block then, and why?
