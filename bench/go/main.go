// The rows of the benchmark in Go. One process does one row, and prints one line of JSON:
//
//	bench ROW N [SAMPLE]
//
// It warms up with a fifth of the work, and then repeats the work until SAMPLE milliseconds have passed.
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"
)

// A row is a piece of work with the unit of its value: nanoseconds or bytes for one operation, or milliseconds.
type row struct {
	unit    unit
	program program
}

// A program does the work of a row n times, and returns a sum or a count that proves it.
type program func(n int, m *meter) int

var rows = map[string]row{
	"unbuffered":   {ns, unbuffered},
	"ping-pong":    {ns, pingPong},
	"buffered":     {ns, buffered},
	"buffered-hot": {ns, buffered},
	"buffered-4-4": {ns, manyToMany},
	"range":        {ns, rangeUntilClosed},
	"channel-heap": {bytes, channelHeap},
	"broadcast":    {ns, broadcast},

	"select-2":       {ns, selectOf2},
	"select-8":       {ns, selectOf8},
	"select-done":    {ns, selectDone},
	"selects-shared": {ns, selectsShared},

	"waitgroup":   {ns, waitGroup},
	"wake":        {ns, wake},
	"parked-heap": {bytes, parkedHeap},
	"timer":       {ms, timer},

	"pool-channels": {ns, poolOfChannels},
	"pool-map":      {ns, poolMap},

	"context-make":    {ns, contextMake},
	"context-tree":    {ns, contextTree},
	"context-timeout": {ns, contextTimeout},

	"mutex":               {ns, mutex},
	"mutex-contended":     {ns, mutexContended},
	"semaphore":           {ns, semaphore},
	"semaphore-contended": {ns, semaphoreContended},

	"daisy-chain": {ns, daisyChain},
	"prime-sieve": {ns, primeSieve},
}

// The printed line.
type result struct {
	Row   string  `json:"row"`
	N     int     `json:"n"`
	Value float64 `json:"value"`
	Sum   int     `json:"sum"`
}

func main() {
	if len(os.Args) < 3 || len(os.Args) > 4 {
		fail("usage: bench ROW N [SAMPLE]")
	}
	name := os.Args[1]
	row, ok := rows[name]
	if !ok {
		fail("bench: no row %q; there are %v", name, slices.Sorted(maps.Keys(rows)))
	}
	n := number("N", os.Args[2], 1)
	sample := 0
	if len(os.Args) == 4 {
		sample = number("SAMPLE", os.Args[3], 0)
	}
	value, sum := measure(row, n, time.Duration(sample)*time.Millisecond)
	if err := json.NewEncoder(os.Stdout).Encode(result{name, n, value, sum}); err != nil {
		fail("bench: %v", err)
	}
}

func number(name, text string, least int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		fail("bench: %s must be a whole number from %d, got %q", name, least, text)
	}
	return n
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(2)
}
