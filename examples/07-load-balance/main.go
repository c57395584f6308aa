// Load balance: one job is long and many are short. Workers that share a queue take a job when they are free, so nobody
// is idle while there is work. Workers that have their shares beforehand cannot help each other.
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

// queue gives a channel that has all these jobs in it, and is closed.
func queue(jobs []int) <-chan int {
	q := make(chan int, len(jobs))
	for _, units := range jobs {
		q <- units
	}
	close(q)
	return q
}

// run starts one worker for each of the queues, which may all be the same.
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
				// All work unit by unit: if the machine is slow, it is so for long and short jobs alike.
				for range units {
					time.Sleep(unit)
				}
				done[w]++
				worked[w] += units
			}
		})
	}
	wg.Wait()

	// A worker never pauses between two jobs, so the run is as long as the work of whoever worked most.
	most := slices.Max(worked)
	others := 0
	for w, n := range done {
		if w != busiest {
			others += n
		}
	}
	fmt.Printf("%s: %d units; the worker with the long job did %d, the others %d\n", name, most, done[busiest], others)
}

func main() {
	// A job is the number of units that it takes: the long one, and 60 of one unit each.
	jobs := []int{long}
	for range 60 {
		jobs = append(jobs, 1)
	}

	// One queue for all: the other two share the short jobs between them.
	shared := queue(jobs)

	// Each worker gets every third job: the short ones of one worker wait behind the long one.
	shares := make([][]int, numWorkers)
	for i, units := range jobs {
		shares[i%numWorkers] = append(shares[i%numWorkers], units)
	}
	var fixed []<-chan int
	for _, share := range shares {
		fixed = append(fixed, queue(share))
	}

	// Both run at once, and whichever is done first prints first.
	var wg sync.WaitGroup
	wg.Go(func() { run("fixed split", fixed) })
	wg.Go(func() { run("shared queue", []<-chan int{shared, shared, shared}) })
	wg.Wait()
}

// Try: make the long job 200 units long. How much does the shared queue gain then?
