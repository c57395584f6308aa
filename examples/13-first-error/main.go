// A slot for the first error: a channel with room for one value, and a send that never waits. Of all who fail the first is
// heard, and nobody is held up.
package main

import (
	"fmt"
	"sync"
	"time"
)

// Says whether the error was the first. Without the default, whoever fails second would wait for a reader.
func report(errs chan<- error, err error) bool {
	select {
	case errs <- err:
		return true
	default:
		return false
	}
}

// Looks into the slot, which may be empty: that must not wait either.
func first(errs <-chan error) error {
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// Runs five jobs at once and gives the first error, if there is one.
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

	// Nobody reads the errors while we wait here, and yet all five jobs end.
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

// Try: make the channel without room. Which error is kept then?
