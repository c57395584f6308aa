// Retry: a failed job is retried up to three times, with a pause that doubles each time. A pause also ends when the
// context is done.
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

// A worker would call retry for each job that it receives; here main calls it. It returns the number of attempts, and
// the error if the last attempt failed or the context is done.
func retry(ctx context.Context, j job) (attempts int, err error) {
	start := time.Now()
	pause := unit
	for attempt := 1; ; attempt++ {
		err := process(j, attempt)
		if err == nil {
			return attempt, nil
		}

		// Each failure is logged immediately, because a later success hides it.
		at := time.Since(start).Round(unit) / unit
		fmt.Printf("job %d: attempt %d, at %d x 50 ms: %v\n", j.id, attempt, at, err)
		if attempt > retries {
			return attempt, err
		}

		// A plain sleep would not end when the context is done.
		select {
		case <-time.After(pause):
			pause *= 2
		case <-ctx.Done():
			return attempt, ctx.Err()
		}
	}
}

func main() {
	// The fourth job starts at 10 x 50 ms, and the deadline expires during its second pause.
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
			fmt.Printf("job %d: failed, attempts: %d: %v\n", j.id, attempts, err)
			continue
		}
		fmt.Printf("job %d: done, attempts: %d\n", j.id, attempts)
	}
}

// Try: keep the pause constant. How does the fourth job end then?
