// No workers, mended: the workers are started before the first job is sent, and each job finds somebody to take it.
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

	// Five jobs and their results find room in the buffers and with the workers; for many, somebody would have to read
	// by now.
	for j := 1; j <= numJobs; j++ {
		jobs <- fmt.Sprintf("job-%d", j)
		fmt.Printf("job-%d sent\n", j)
	}
	close(jobs)

	for range numJobs {
		fmt.Printf("result: %s\n", <-results)
	}
}

// Try: one worker instead of three, and so buffers of 1. Where does it stop then, and why?
