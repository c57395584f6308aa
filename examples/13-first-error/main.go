// A slot for the first error: a channel with capacity 1, and a send that never blocks. The slot keeps the first error,
// and a worker with a later error does not wait.
package main

import (
	"fmt"
	"sync"
	"time"
)

// Returns whether the error was the first one. Without the default case, the second job that fails would block.
func report(errs chan<- error, err error) bool {
	select {
	case errs <- err:
		return true
	default:
		return false
	}
}

// Reads the slot, which may be empty, so this select must not block either.
func first(errs <-chan error) error {
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// Runs five jobs at once and returns the first error, if any.
func run(broken bool) error {
	errs := make(chan error, 1)
	var wg sync.WaitGroup
	for i, turn := range []time.Duration{3, 1, 5, 2, 4} {
		wg.Go(func() {
			time.Sleep(turn * 30 * time.Millisecond)
			if !broken {
				return
			}
			kept := report(errs, fmt.Errorf("job %d is broken", i+1))
			fmt.Printf("job %d failed, kept: %t\n", i+1, kept)
		})
	}

	// The errors are not read during this wait, but all five jobs return.
	wg.Wait()
	fmt.Printf("all jobs have ended, errors in the slot: %d\n", len(errs))
	return first(errs)
}

func main() {
	err := run(true)
	fmt.Printf("first error: %v\n\n", err)

	err = run(false)
	fmt.Printf("is there an error? %t\n", err != nil)
}

// Try: make the channel unbuffered. Which error is kept then?
