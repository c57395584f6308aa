// A context goes down the chain of calls as the first parameter, and needs no stop channel beside it. When its owner cancels
// it, the deepest call knows at once, and knows why.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var errGone = errors.New("the reader has gone")

// The deepest of the calls would take a second. It waits for the end of its context as well.
func query(ctx context.Context, name string) error {
	fmt.Printf("query %s: begins\n", name)
	select {
	case <-time.After(time.Second):
		fmt.Printf("query %s: answered\n", name)
		return nil
	case <-ctx.Done():
		fmt.Printf("query %s: %v, because %v\n", name, ctx.Err(), context.Cause(ctx))
		return ctx.Err()
	}
}

// A call in between may set a limit of its own. What ends the context above ends this one too, with the same cause.
func section(parent context.Context, name string) error {
	ctx, cancel := context.WithTimeout(parent, time.Minute)
	defer cancel()
	err := query(ctx, name)
	fmt.Printf("section %s: returns\n", name)
	return err
}

// The first error ends the report: there is no second section.
func report(ctx context.Context) error {
	for _, name := range []string{"sales", "stock"} {
		err := section(ctx, name)
		if err != nil {
			fmt.Println("report: returns")
			return err
		}
	}
	return nil
}

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	start := time.Now()
	time.AfterFunc(100*time.Millisecond, func() { cancel(errGone) })

	err := report(ctx)

	// The error says that the work was cancelled; the cause is the very error that cancel was given.
	fmt.Printf("is it Canceled: %t\n", errors.Is(err, context.Canceled))
	fmt.Printf("is the cause errGone: %t\n", context.Cause(ctx) == errGone)
	took := time.Since(start).Round(100 * time.Millisecond)
	fmt.Printf("it took %d ms, and a query takes 1000\n", took.Milliseconds())
}

// Try: let section derive its context from context.Background(). How much of the report is made then?
