// An executor, as in Python's standard library: each job that is submitted gives a future of its own, so that each caller
// gets the result, or the error, of their own job and of no other.
package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const numJobs = 9

// The later the job, the sooner it is done. Job 2 fails.
func work(_ context.Context, n int) (int, error) {
	time.Sleep(time.Duration(numJobs-n) * 20 * time.Millisecond)
	if n == 2 {
		return 0, errors.New("boom")
	}
	return n * 2, nil
}

func main() {
	var done atomic.Int64
	func() {
		// At the end of this block everything that was submitted has been done.
		executor, _ := newExecutor(3, 0, func() { done.Add(1) })
		defer executor.stop()
		for n := 1; n <= numJobs; n++ {
			executor.submit(n)
		}
	}()
	fmt.Printf("%d jobs done when the block was left\n", done.Load())

	// Submit waits while all workers are busy and the queue is full, and gives a task: that is the future. This queue
	// has room for all nine.
	executor, _ := newExecutor(3, numJobs, func() {})
	var tasks []*task
	for n := 1; n <= numJobs; n++ {
		t, _ := executor.submit(n)
		tasks = append(tasks, t)
	}

	// Awaited in the order in which they were submitted, whatever the order in which they are done. A job that fails
	// spoils only its own task.
	var answers []string
	for _, t := range tasks {
		result, err := t.result()
		if err != nil {
			answers = append(answers, fmt.Sprintf("error: %v", err))
			continue
		}
		answers = append(answers, fmt.Sprint(result))
	}
	fmt.Println(strings.Join(answers, ", "))

	// After the end nothing is taken any more.
	executor.stop()
	_, err := executor.submit(10)
	if err != nil {
		fmt.Printf("job 10: %v\n", err)
	}

	// And an executor without workers would never do anything.
	_, err = newExecutor(0, 0, func() {})
	if err != nil {
		fmt.Println(err)
	}
}

// Try: panic with the first error instead of keeping it, as Promise.all does. What is left of the other results then?

// Go's library has no executor. What follows is there what a WorkerPool is in goro.

type task struct {
	n     int
	value int
	err   error
	ended chan struct{}
}

func (t *task) result() (int, error) {
	<-t.ended
	return t.value, t.err
}

type executor struct {
	tasks   chan *task
	workers sync.WaitGroup
	mu      sync.Mutex
	stopped bool
}

func newExecutor(workers, queue int, onEnded func()) (*executor, error) {
	if workers < 1 {
		return nil, fmt.Errorf("WorkerPool: workers must be a whole number, 1 or more, got %d", workers)
	}
	e := &executor{tasks: make(chan *task, queue)}
	for range workers {
		e.workers.Go(func() {
			for t := range e.tasks {
				t.value, t.err = work(context.Background(), t.n)
				close(t.ended)
				onEnded()
			}
		})
	}
	return e, nil
}

func (e *executor) submit(n int) (*task, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return nil, errors.New("WorkerPool.submit: the pool has been stopped")
	}
	t := &task{n: n, ended: make(chan struct{})}
	e.tasks <- t
	return t, nil
}

func (e *executor) stop() {
	e.mu.Lock()
	if !e.stopped {
		e.stopped = true
		close(e.tasks)
	}
	e.mu.Unlock()
	e.workers.Wait()
}
