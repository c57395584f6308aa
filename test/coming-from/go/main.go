// The Go side of the table of docs/coming-from/go.md. A cell of the table is the second of the three paragraphs of a function. Each function returns what the row of ../go.ts returns.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

// row: a channel
func channel() string {
	var ch chan int

	ch = make(chan int)

	return fmt.Sprint(cap(ch))
}

// row: a channel with a buffer
func bufferedChannel() string {
	var ch chan int

	ch = make(chan int, 3)

	return fmt.Sprint(cap(ch))
}

// row: send
func send() string {
	ch := make(chan string, 1)

	ch <- "a"

	return fmt.Sprint(len(ch))
}

// row: receive
func receive() string {
	ch := make(chan string, 1)
	ch <- "a"

	v := <-ch

	return v
}

// row: receive, and whether the channel is open
func receiveOK() string {
	ch := make(chan string, 1)
	ch <- "a"

	v, ok := <-ch

	return fmt.Sprint(v, " ", ok)
}

// row: receive until the channel is closed
func receiveAll() string {
	ch := make(chan int, 3)
	go fill(ch)

	sum := 0
	for v := range ch {
		sum += v
	}

	return fmt.Sprint(sum)
}

// row: close
func closeChannel() string {
	ch := make(chan string)

	close(ch)

	_, ok := <-ch
	return fmt.Sprint(ok)
}

// row: length and capacity
func lengthAndCapacity() string {
	ch := make(chan string, 3)
	ch <- "a"

	text := fmt.Sprint(len(ch), "/", cap(ch))

	return text
}

// row: send without waiting
func trySend() string {
	ch := make(chan string, 1)
	ch <- "a"

	sent := true
	select {
	case ch <- "b":
	default:
		sent = false
	}

	return fmt.Sprint(sent)
}

// row: receive without waiting
func tryReceive() string {
	ch := make(chan string)

	text := "empty"
	select {
	case text = <-ch:
	default:
	}

	return text
}

// row: one end of a channel
func ends() string {
	ch := make(chan int, 1)

	double := func(in <-chan int, out chan<- int) {
		out <- 2 * <-in
	}

	ch <- 4
	double(ch, ch)
	return fmt.Sprint(<-ch)
}

// row: select
func selectStatement() string {
	a, b := make(chan string, 1), make(chan string)
	a <- "hello"
	text := ""

	select {
	case v := <-a:
		text = "from a: " + v
	case b <- "x":
		text = "sent to b"
	}

	return text
}

// row: select with a default
func selectDefault() string {
	a, b := make(chan string), make(chan string)
	text := ""

	select {
	case text = <-a:
	case text = <-b:
	default:
		text = "nothing"
	}

	return text
}

// row: a case that is disabled
func nilChannel() string {
	ch := make(chan string, 1)
	ch <- "a"
	text := ""

	var never chan string
	select {
	case text = <-never:
	case text = <-ch:
	}

	return text
}

// row: receive with a timeout
func timeout() string {
	ch := make(chan string)
	text := ""

	select {
	case text = <-ch:
	case <-time.After(10 * time.Millisecond):
		text = "timeout"
	}

	return text
}

// row: start a goroutine
func start() string {
	ch := make(chan int, 3)

	go fill(ch)

	return fmt.Sprint(<-ch)
}

// row: defer
func deferred() string {
	text := ""
	func() {
		finish := func() { text += "end" }

		defer finish()

		text += "begin "
	}()
	return text
}

// row: recover
func recovered() string {
	text := ""
	f := func() { panic("broken") }

	func() {
		defer func() {
			if r := recover(); r != nil {
				text = fmt.Sprint(r)
			}
		}()
		f()
	}()

	return text
}

// row: a wait group
func waitGroup() string {
	count := atomic.Int32{}
	work := func() { count.Add(1) }

	var wg sync.WaitGroup
	wg.Go(work)
	wg.Go(work)
	wg.Wait()

	return fmt.Sprint(count.Load())
}

// row: a wait group, counted by hand
func waitGroupByHand() string {
	count := atomic.Int32{}
	var wg sync.WaitGroup

	wg.Add(1)
	go func() {
		defer wg.Done()
		count.Add(1)
	}()
	wg.Wait()

	return fmt.Sprint(count.Load())
}

// row: a mutex
func mutex() string {
	var mu sync.Mutex
	n := 0

	func() {
		mu.Lock()
		defer mu.Unlock()
		n++
	}()

	return fmt.Sprint(n, " ", mu.TryLock())
}

// row: lock, if it is free
func tryLock() string {
	var mu sync.Mutex
	mu.Lock()

	ok := mu.TryLock()

	return fmt.Sprint(ok)
}

// row: a lock for readers
func readLock() string {
	var mu sync.RWMutex
	text := ""

	func() {
		mu.RLock()
		defer mu.RUnlock()
		text = fmt.Sprint(mu.TryRLock(), " ", mu.TryLock())
	}()

	return text
}

// row: a condition
func condition() string {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	ready := false
	go func() {
		mu.Lock()
		defer mu.Unlock()
		ready = true
		cond.Broadcast()
	}()

	mu.Lock()
	for !ready {
		cond.Wait()
	}
	mu.Unlock()

	return fmt.Sprint(ready)
}

// row: once
func once() string {
	n := 0
	f := func() { n++ }

	var once sync.Once
	once.Do(f)
	once.Do(f)

	return fmt.Sprint(n)
}

// row: a value that is computed once
func onceValue() string {
	n := 0
	compute := func() int { n++; return n }

	value := sync.OnceValue(compute)

	return fmt.Sprint(value(), " ", value())
}

// row: a counter for many goroutines
func counter() string {
	var wg sync.WaitGroup
	var n atomic.Int64

	wg.Go(func() { n.Add(1) })
	wg.Go(func() { n.Add(1) })

	wg.Wait()
	return fmt.Sprint(n.Load())
}

// row: a context
func withCancel() string {
	parent := context.Background()

	ctx, cancel := context.WithCancel(parent)
	defer cancel()

	cancel()
	return ctx.Err().Error()
}

// row: a context with a timeout
func withTimeout() string {
	parent := context.Background()

	ctx, cancel := context.WithTimeout(parent, 10*time.Millisecond)
	defer cancel()

	<-ctx.Done()
	return ctx.Err().Error()
}

// row: a cause
func withCause() string {
	parent := context.Background()

	ctx, cancel := context.WithCancelCause(parent)
	cancel(errors.New("no longer needed"))
	err := context.Cause(ctx)

	return err.Error()
}

// row: a value
func withValue() string {
	parent := context.Background()

	type userKey struct{}
	ctx := context.WithValue(parent, userKey{}, "gopher")
	user := ctx.Value(userKey{}).(string)

	return user
}

// row: a call after the end of a context
func afterFunc() string {
	parent := context.Background()
	ch := make(chan string, 1)
	ctx, cancel := context.WithCancel(parent)
	release := func() { ch <- "released" }

	stop := context.AfterFunc(ctx, release)

	cancel()
	return fmt.Sprint(<-ch, " ", stop())
}

// row: cancel a receive
func cancelReceive() string {
	ctx, cancel := context.WithCancel(context.Background())
	ch := make(chan string)
	cancel()
	var err error

	select {
	case <-ch:
	case <-ctx.Done():
		err = ctx.Err()
	}

	return err.Error()
}

// row: the signals of a process
func notifyContext() string {
	parent := context.Background()

	ctx, stop := signal.NotifyContext(parent, os.Interrupt)
	defer stop()

	stop()
	return ctx.Err().Error()
}

// row: the time
func now() string {
	d := time.Millisecond

	start := time.Now()
	time.Sleep(d)
	elapsed := time.Since(start)

	return fmt.Sprint(elapsed >= d)
}

// row: sleep
func sleep() string {
	start := time.Now()

	time.Sleep(20 * time.Millisecond)

	return fmt.Sprint(time.Since(start) >= 20*time.Millisecond)
}

// row: a timer
func timer() string {
	d := time.Hour

	timer := time.NewTimer(d)
	stopped := timer.Stop()

	return fmt.Sprint(stopped)
}

// row: a ticker
func ticker() string {
	n := 0

	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for range ticker.C {
		if n++; n == 3 {
			break
		}
	}

	return fmt.Sprint(n)
}

// row: a call after a time
func timeAfterFunc() string {
	ch := make(chan string, 1)
	f := func() { ch <- "called" }

	time.AfterFunc(10*time.Millisecond, f)

	return <-ch
}

// row: a group with a first error
func errorGroup() string {
	parent := context.Background()
	work := func(ctx context.Context) error { return errors.New("broken") }

	g, ctx := errgroup.WithContext(parent)
	g.Go(func() error { return work(ctx) })
	err := g.Wait()

	return fmt.Sprint(err, ", ", ctx.Err())
}

// row: a group with a limit
func groupLimit() string {
	var g errgroup.Group
	var n atomic.Int32
	work := func() error { n.Add(1); return nil }

	g.SetLimit(2)
	for range 4 {
		g.Go(work)
	}

	return fmt.Sprint(g.Wait(), " ", n.Load())
}

// row: a weighted semaphore
func weighted() string {
	ctx := context.Background()

	sem := semaphore.NewWeighted(3)
	err := sem.Acquire(ctx, 2)
	ok := sem.TryAcquire(2)
	sem.Release(2)

	return fmt.Sprint(err == nil, " ", ok)
}

// row: one call for each key
func singleFlight() string {
	load := func() (any, error) { return "gopher", nil }

	var group singleflight.Group
	v, err, shared := group.Do("user 7", load)

	return fmt.Sprint(v, " ", err == nil, " ", shared)
}

// row: a rate
func rateLimit() string {
	ctx := context.Background()

	limiter := rate.NewLimiter(rate.Every(time.Hour), 2)
	err := limiter.Wait(ctx)
	ok := limiter.AllowN(time.Now(), 2)

	return fmt.Sprint(err == nil, " ", ok)
}

// row: the runtime
func gosched() string {
	start := time.Now()

	runtime.Gosched()
	n := runtime.NumGoroutine()
	cpus := runtime.NumCPU()

	return fmt.Sprint(time.Since(start) >= 0, " ", n > 0, " ", cpus > 0)
}

// row: a send on a closed channel panics
func sendOnClosed() (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	ch := make(chan int)

	close(ch)
	ch <- 1

	return "no panic"
}

func fill(ch chan<- int) {
	for i := 1; i <= 3; i++ {
		ch <- i
	}
	close(ch)
}

func main() {
	for _, row := range []struct {
		title string
		run   func() string
	}{
		{"a channel", channel},
		{"a channel with a buffer", bufferedChannel},
		{"send", send},
		{"receive", receive},
		{"receive, and whether the channel is open", receiveOK},
		{"receive until the channel is closed", receiveAll},
		{"close", closeChannel},
		{"length and capacity", lengthAndCapacity},
		{"send without waiting", trySend},
		{"receive without waiting", tryReceive},
		{"one end of a channel", ends},
		{"select", selectStatement},
		{"select with a default", selectDefault},
		{"a case that is disabled", nilChannel},
		{"receive with a timeout", timeout},
		{"start a goroutine", start},
		{"defer", deferred},
		{"recover", recovered},
		{"a wait group", waitGroup},
		{"a wait group, counted by hand", waitGroupByHand},
		{"a mutex", mutex},
		{"lock, if it is free", tryLock},
		{"a lock for readers", readLock},
		{"a condition", condition},
		{"once", once},
		{"a value that is computed once", onceValue},
		{"a counter for many goroutines", counter},
		{"a context", withCancel},
		{"a context with a timeout", withTimeout},
		{"a cause", withCause},
		{"a value", withValue},
		{"a call after the end of a context", afterFunc},
		{"cancel a receive", cancelReceive},
		{"the signals of a process", notifyContext},
		{"the time", now},
		{"sleep", sleep},
		{"a timer", timer},
		{"a ticker", ticker},
		{"a call after a time", timeAfterFunc},
		{"a group with a first error", errorGroup},
		{"a group with a limit", groupLimit},
		{"a weighted semaphore", weighted},
		{"one call for each key", singleFlight},
		{"a rate", rateLimit},
		{"the runtime", gosched},
		{"a send on a closed channel panics", sendOnClosed},
	} {
		fmt.Printf("%s: %s\n", row.title, row.run())
	}
}
