// Load balance: one job is long and many are short. Workers that share a queue take a job whenever they are free, so a
// worker is idle only if the queue is empty. Workers with a fixed share of the jobs cannot take over jobs from each
// other.
package main

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

const numWorkers = 3
const long = 40
const unit = 10 * time.Millisecond

// queue returns a closed channel that contains the given jobs.
func queue(jobs []int) <-chan int {
	q := make(chan int, len(jobs))
	for _, units := range jobs {
		q <- units
	}
	close(q)
	return q
}

// run starts one worker per queue. The queues may all be the same channel.
func run(name string, queues []<-chan int) {
	done := make([]int, len(queues))
	worked := make([]int, len(queues))
	busiest := 0
	var wg sync.WaitGroup
	for w, jobs := range queues {
		wg.Go(func() {
			for units := range jobs {
				if units == long {
					busiest = w
				}
				// A worker sleeps one unit at a time, so a slow machine delays long and short jobs equally.
				for range units {
					time.Sleep(unit)
				}
				done[w]++
				worked[w] += units
			}
		})
	}
	wg.Wait()

	// A worker never pauses between two jobs, so the run takes as long as the worker with the most work.
	maxUnits := slices.Max(worked)
	others := 0
	for w, n := range done {
		if w != busiest {
			others += n
		}
	}
	fmt.Printf("%s: %d units; the worker with the long job did %d, the others %d\n", name, maxUnits, done[busiest], others)
}

func main() {
	// A job is its number of units: one long job, and 60 jobs of one unit each.
	jobs := []int{long}
	for range 60 {
		jobs = append(jobs, 1)
	}

	// One queue for all workers: the other two workers share the short jobs.
	shared := queue(jobs)

	// Each worker gets every third job: the short jobs of one worker wait behind the long one.
	shares := make([][]int, numWorkers)
	for i, units := range jobs {
		shares[i%numWorkers] = append(shares[i%numWorkers], units)
	}
	var fixed []<-chan int
	for _, share := range shares {
		fixed = append(fixed, queue(share))
	}

	// Both runs start at once. The run that finishes first prints first.
	var wg sync.WaitGroup
	wg.Go(func() { run("fixed split", fixed) })
	wg.Go(func() { run("shared queue", []<-chan int{shared, shared, shared}) })
	wg.Wait()
}

// Try: make the long job 200 units long. How much faster is the shared queue then?
