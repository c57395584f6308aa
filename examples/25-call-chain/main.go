// A context is passed down the call chain as the first parameter and replaces a separate stop channel. When it is
// canceled, the innermost call returns at once and can read the cause.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var errGone = errors.New("the reader has gone")

// The innermost call would take one second. It also waits for the context.
func query(ctx context.Context, name string) error {
	fmt.Printf("query %s: begins\n", name)
	select {
	case <-time.After(time.Second):
		fmt.Printf("query %s: done\n", name)
		return nil
	case <-ctx.Done():
		fmt.Printf("query %s: %v, because %v\n", name, ctx.Err(), context.Cause(ctx))
		return ctx.Err()
	}
}

// A call in between may add its own timeout. Canceling the parent context also cancels this one, with the same cause.
func section(parent context.Context, name string) error {
	ctx, cancel := context.WithTimeout(parent, time.Minute)
	defer cancel()
	err := query(ctx, name)
	fmt.Printf("section %s: returns\n", name)
	return err
}

// The first error ends the report: the second section does not start.
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

	// The error is Canceled. The cause is the same error value that was passed to cancel.
	fmt.Printf("is it Canceled: %t\n", errors.Is(err, context.Canceled))
	fmt.Printf("is the cause errGone: %t\n", context.Cause(ctx) == errGone)
	took := time.Since(start).Round(100 * time.Millisecond)
	fmt.Printf("it took %d ms, and a query takes 1000\n", took.Milliseconds())
}

// Try: derive the context of section from context.Background(). How much of the report runs then?
