// Contexts, created and canceled.
package main

import (
	"context"
	"time"
)

// The number of contexts that are derived from each.
const fanOut = 10

func contextMake(n int, _ *meter) int {
	parent, end := context.WithCancel(context.Background())
	defer end()
	canceled := 0
	for range n {
		ctx, cancel := context.WithCancel(parent)
		cancel()
		if ctx.Err() == context.Canceled {
			canceled++
		}
	}
	return canceled
}

func contextTree(n int, m *meter) int {
	root, cancel := context.WithCancel(context.Background())
	tree := make([]context.Context, 1, n+1)
	tree[0] = root
	for i := range n {
		ctx, end := context.WithCancel(tree[i/fanOut])
		defer end()
		tree = append(tree, ctx)
	}
	m.start()
	cancel()
	m.stop()
	canceled := 0
	for _, ctx := range tree[1:] {
		if ctx.Err() == context.Canceled {
			canceled++
		}
	}
	return canceled
}

func contextTimeout(n int, _ *meter) int {
	parent, end := context.WithCancel(context.Background())
	defer end()
	canceled := 0
	for range n {
		ctx, cancel := context.WithTimeout(parent, time.Minute)
		cancel()
		if ctx.Err() == context.Canceled {
			canceled++
		}
	}
	return canceled
}
