// An undrained queue, fixed: a worker that fails stops working but keeps receiving. It drops the queued jobs and all
// later ones until the channel is closed, so a send never blocks forever.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const numJobs = 9

// Jobs 3 and 4 are broken. Each job takes 20 ms longer than the one before.
func process(n int) error {
	time.Sleep(time.Duration(n) * 20 * time.Millisecond)
	if n == 3 || n == 4 {
		return fmt.Errorf("job %d is broken", n)
	}
	return nil
}

func main() {
	jobs := make(chan int, 3)

	// The workers share the counters, so they are atomic.
	var done, dropped atomic.Int64
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for n := range jobs {
				if err := process(n); err != nil {
					fmt.Printf("%v: its worker drops the rest\n", err)
					for range jobs {
						dropped.Add(1)
					}
					return
				}
				done.Add(1)
			}
		})
	}

	// Two jobs are done, two fail, and the others are dropped after the first failure.
	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	wg.Wait()
	fmt.Printf("%d jobs submitted, %d done, %d dropped\n", numJobs, done.Load(), dropped.Load())
}

// Try: let job 4 succeed. How many jobs are done then, and is that the intended result?
