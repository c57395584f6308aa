// Tests of the pool. In a bubble, time advances when all goroutines are blocked, and a test fails if a goroutine is
// left when it ends.
package main

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestEachJobHasItsResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		results := run(3, 10)
		slices.Sort(results)
		if want := []int{2, 4, 6, 8, 10, 12, 14, 16, 18, 20}; !slices.Equal(results, want) {
			t.Errorf("got %v, want %v", results, want)
		}
	})
}

// Ten jobs fit into the buffers, even without a reader. A test must use more jobs than all buffers and workers can
// hold.
func TestMoreJobsThanFitIntoTheBuffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if got := len(run(3, 1000)); got != 1000 {
			t.Errorf("got %d results, want 1000", got)
		}
	})
}

func TestResultsComeWhenTheyAreReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if got := run(3, 3); !slices.Equal(got, []int{6, 4, 2}) {
			t.Errorf("got %v, want [6 4 2]", got)
		}
	})
}

func TestMoreWorkersNeedLessTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var took []time.Duration
		for _, numWorkers := range []int{1, 10} {
			start := time.Now()
			run(numWorkers, 10)
			took = append(took, time.Since(start))
		}
		if want := []time.Duration{55 * time.Millisecond, 10 * time.Millisecond}; !slices.Equal(took, want) {
			t.Errorf("took %v, want %v", took, want)
		}
	})
}
