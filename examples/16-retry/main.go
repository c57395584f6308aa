// Retry: a job that fails is tried again, up to three more times, with a pause that doubles each time. The end of the
// context ends the pause too.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const retries = 3
const unit = 50 * time.Millisecond

type job struct {
	id       int
	goodFrom int // the first attempt that succeeds
}

func process(j job, attempt int) error {
	if attempt < j.goodFrom {
		return errors.New("not ready")
	}
	return nil
}

// A worker would call this for each job that it receives; here main does. It gives the number of attempts, and why there
// were no more.
func retry(ctx context.Context, j job) (attempts int, err error) {
	start := time.Now()
	pause := unit
	for attempt := 1; ; attempt++ {
		err := process(j, attempt)
		if err == nil {
			return attempt, nil
		}

		// Each failure is logged where it happens, because a later success hides it.
		at := time.Since(start).Round(unit) / unit
		fmt.Printf("job %d: attempt %d, at %d x 50 ms: %v\n", j.id, attempt, at, err)
		if attempt > retries {
			return attempt, err
		}

		// A plain sleep would not hear the end of the context.
		select {
		case <-time.After(pause):
			pause *= 2
		case <-ctx.Done():
			return attempt, ctx.Err()
		}
	}
}

func main() {
	// The fourth job begins at 10 x 50 ms, and the deadline comes in its second pause.
	ctx, cancel := context.WithTimeout(context.Background(), 12*unit)
	defer cancel()

	jobs := []job{
		{id: 1, goodFrom: 1},
		{id: 2, goodFrom: 3},
		{id: 3, goodFrom: 9},
		{id: 4, goodFrom: 9},
	}
	for _, j := range jobs {
		attempts, err := retry(ctx, j)
		if err != nil {
			fmt.Printf("job %d: given up, attempts: %d: %v\n", j.id, attempts, err)
			continue
		}
		fmt.Printf("job %d: done, attempts: %d\n", j.id, attempts)
	}
}

// Try: let the pause stay the same. How does the fourth job end then?
