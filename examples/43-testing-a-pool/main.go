// Testing a pool: the pool is in pool.go and its tests are in pool_test.go, where a second of sleep takes no time and a
// test fails if it leaks a goroutine. This program only runs the pool once for each number of jobs.
package main

import "fmt"

func main() {
	for _, numJobs := range []int{10, 100} {
		results := run(3, numJobs)
		sum := 0
		for _, r := range results {
			sum += r
		}
		fmt.Printf("%d jobs, %d results, sum %d\n", numJobs, len(results), sum)
	}
}

// Try: send the jobs in the function itself, not in a goroutine. Which of the tests fails?
