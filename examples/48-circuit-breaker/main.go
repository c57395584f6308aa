// A circuit breaker: after three failures in a row the circuit is open and calls fail at once. After a pause it is half
// open: one call is let through, and its result closes the circuit or opens it again.
package main

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

const unit = 50 * time.Millisecond

var errOpen = errors.New("circuit is open")

// Breaker lets calls through while a service works. Open and half open are the two other states.
type Breaker struct {
	mu       sync.Mutex
	state    string
	failures int
	limit    int
	pause    time.Duration
}

func newBreaker(limit int, pause time.Duration) *Breaker {
	return &Breaker{state: "closed", limit: limit, pause: pause}
}

// call runs f unless the circuit is open. While one call tries a half open circuit, the others fail.
func (b *Breaker) call(f func() error) error {
	if !b.enter() {
		return errOpen
	}
	err := f()
	b.leave(err)
	return err
}

func (b *Breaker) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch b.state {
	case "closed":
		return true
	case "half open":
		b.set("trying")
		return true
	}
	return false
}

func (b *Breaker) leave(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.failures = 0
		b.set("closed")
		return
	}
	b.failures++
	if b.state == "trying" || b.failures == b.limit {
		b.set("open")
		time.AfterFunc(b.pause, b.halfOpen)
	}
}

func (b *Breaker) halfOpen() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.set("half open")
}

func (b *Breaker) set(state string) {
	if b.state != state {
		fmt.Printf("  %s -> %s\n", b.state, state)
	}
	b.state = state
}

// The service is down from request 3 to request 6.
type Service struct{ requests int }

func (s *Service) fetch() error {
	s.requests++
	request := s.requests
	time.Sleep(unit / 10)
	if request >= 3 && request <= 6 {
		return fmt.Errorf("request %d: service unavailable", request)
	}
	return nil
}

func main() {
	service := &Service{}
	breaker := newBreaker(3, 7*unit/2)

	// One call in each unit. The fourth failure is that of the first try.
	for i := 1; i <= 16; i++ {
		if err := breaker.call(service.fetch); err != nil {
			fmt.Printf("call %d: %v\n", i, err)
		} else {
			fmt.Printf("call %d: ok\n", i)
		}
		time.Sleep(unit)
	}
	fmt.Println("requests that reached the service:", service.requests)
}

// Try: let two goroutines call in each unit. How many calls reach the service while the circuit is half open?
