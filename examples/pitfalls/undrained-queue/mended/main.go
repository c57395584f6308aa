// A queue that nobody drains, mended: a worker that fails stops working but not receiving. It drops what is queued and
// what still comes, until the channel is closed, so whoever submits is never held up for ever.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const numJobs = 9

// Jobs 3 and 4 are broken. Each job takes a little longer than the one before.
func process(n int) error {
	time.Sleep(time.Duration(n) * 20 * time.Millisecond)
	if n == 3 || n == 4 {
		return fmt.Errorf("job %d is broken", n)
	}
	return nil
}

func main() {
	jobs := make(chan int, 3)

	// The workers count together, so the counters are atomic.
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

	// Two jobs are done, two fail, and the others are dropped as soon as the first has failed.
	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	wg.Wait()
	fmt.Printf("%d jobs submitted, %d done, %d dropped\n", numJobs, done.Load(), dropped.Load())
}

// Try: let job 4 succeed. How many jobs are done then, and is that what you want?
