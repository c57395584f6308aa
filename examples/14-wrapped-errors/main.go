// Wrapped errors: process adds the ID of the job to an error and wraps the original, so that the reader of the results
// can still check which error it was.
package main

import (
	"errors"
	"fmt"
	"sync"
)

type job struct {
	id int
}

type result struct {
	jobID int
	data  string
	err   error
}

var errBoom = errors.New("boom")
var errNoData = errors.New("no data")

func processJob(j job) (string, error) {
	switch j.id {
	case 4:
		return "", errNoData
	case 7:
		return "", errBoom
	default:
		return fmt.Sprintf("data of job %d", j.id), nil
	}
}

// The message reads from the outside in, and %w wraps the original error.
func process(j job) result {
	data, err := processJob(j)
	if err != nil {
		return result{jobID: j.id, err: fmt.Errorf("processing job %d: %w", j.id, err)}
	}
	return result{jobID: j.id, data: data}
}

type workerPool struct {
	jobs chan job
	out  chan result
	wg   sync.WaitGroup
}

func newWorkerPool(numWorkers int) *workerPool {
	p := &workerPool{jobs: make(chan job), out: make(chan result)}
	for range numWorkers {
		p.wg.Go(func() {
			for j := range p.jobs {
				p.out <- process(j)
			}
		})
	}
	return p
}

func (p *workerPool) submit(j job) {
	p.jobs <- j
}

// The results are closed after the last worker has returned.
func (p *workerPool) stop() {
	close(p.jobs)
	p.wg.Wait()
	close(p.out)
}

// Callers get only the receiving end: they can neither send nor close.
func (p *workerPool) results() <-chan result {
	return p.out
}

func main() {
	pool := newWorkerPool(3)
	go func() {
		for id := 1; id <= 8; id++ {
			pool.submit(job{id})
		}
		pool.stop()
	}()

	// One line per result, good or bad. The message already contains the ID of the job.
	good := 0
	for r := range pool.results() {
		if r.err != nil {
			fmt.Printf("%v (caused by boom: %t)\n", r.err, errors.Is(r.err, errBoom))
			continue
		}
		fmt.Println(r.data)
		good++
	}
	fmt.Printf("%d of 8 jobs are good\n", good)
}

// Try: use %v instead of %w. What does "caused by boom" print then?
