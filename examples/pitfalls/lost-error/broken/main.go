// A lost error: the send to an unbuffered error channel does not block, and no goroutine receives yet. The error is
// dropped, and the pool returns without an error.
package main

import (
	"errors"
	"fmt"
	"sync"
)

func process(job int) error {
	if job == 2 {
		fmt.Println("job 2 fails")
		return errors.New("job 2 is broken")
	}
	return nil
}

func pool(jobs <-chan int) error {
	var wg sync.WaitGroup
	errc := make(chan error)
	for range 3 {
		wg.Go(func() {
			for job := range jobs {
				err := process(job)
				if err != nil {
					// Only the first error counts: a worker with a later error must not block here.
					select {
					case errc <- err:
					default:
					}
					return
				}
			}
		})
	}
	wg.Wait()

	// The pool reads the error only now.
	select {
	case err := <-errc:
		return err
	default:
		return nil
	}
}

func main() {
	jobs := make(chan int, 3)
	for job := 1; job <= 3; job++ {
		jobs <- job
	}
	close(jobs)

	err := pool(jobs)
	if err != nil {
		fmt.Printf("the pool returns: %v\n", err)
	} else {
		fmt.Println("the pool returns: no error")
	}
}

// Try: send without select and default. Which goroutine waits for which?
