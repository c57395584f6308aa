// No workers: the channels exist and the jobs are sent, but no worker was started to receive them. Three jobs fit into
// the buffer, and the fourth send blocks forever.
package main

import "fmt"

// A worker function that is never started does nothing.
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

	for j := 1; j <= numJobs; j++ {
		jobs <- fmt.Sprintf("job-%d", j)
		fmt.Printf("job-%d sent\n", j)
	}
	close(jobs)

	for range numJobs {
		fmt.Printf("result: %s\n", <-results)
	}
}

// Try: three jobs instead of five. All of them can be sent: where does the program block then?
