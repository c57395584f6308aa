// The clock and the heap of a program.
package main

import (
	"runtime"
	"time"
)

type unit int

const (
	ns    unit = iota // for one operation
	bytes             // for one operation
	ms                // recorded by the program
)

// A meter measures from the call of the program to its end, or from start to stop, or takes a value from the program.
type meter struct {
	unit     unit
	begin    float64
	total    float64
	stopped  bool
	recorded bool
}

func measure(r row, n int, least time.Duration) (value float64, sum int) {
	// Otherwise the objects that the warm-up has left would be counted.
	if r.unit == ns {
		run(r, max(1, n/5))
	}
	total := 0.0
	for rounds := 1; ; rounds++ {
		m, sum := run(r, n)
		if m.recorded {
			return m.total, sum
		}
		total += m.total
		if r.unit != ns || total >= float64(least) {
			return total / float64(rounds) / float64(n), sum
		}
	}
}

func run(r row, n int) (m *meter, sum int) {
	m = &meter{unit: r.unit}
	m.start()
	sum = r.program(n, m)
	if !m.stopped && !m.recorded {
		m.stop()
	}
	return m, sum
}

func (m *meter) start() { m.begin = m.read() }

func (m *meter) stop() { m.total, m.stopped = m.read()-m.begin, true }

// Sets the value in the unit of the row.
func (m *meter) record(value float64) { m.total, m.recorded = value, true }

func (m *meter) read() float64 {
	if m.unit == bytes {
		return float64(inUse())
	}
	return float64(time.Since(processStart))
}

var processStart = time.Now()

// The bytes in use, including stacks: most of the memory of a goroutine in Go is its stack.
func inUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc + stats.StackInuse
}
