// A URL fetcher: workers fetch pages over HTTP at the same time, so that a slow one delays nobody else, and each page
// has a timeout of its own, so that it does not keep its worker for long.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

type result struct {
	path   string
	status int
	size   int
	err    error
}

// The pages that we fetch. The server is our own, so the program needs no network.
func serve(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/hello":
		io.WriteString(w, "Hello, gopher!")
	case "/large":
		io.WriteString(w, strings.Repeat("x", 100_000))
	case "/slow":
		select {
		case <-time.After(5 * time.Second):
		case <-r.Context().Done():
		}
	default:
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "no such page")
	}
}

// The timeout belongs to one page; when it is over, the request is cancelled and not just forgotten.
func fetchPage(base, path string) result {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, "GET", base+path, nil)
	if err != nil {
		return result{path: path, err: err}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return result{path: path, err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return result{path: path, err: err}
	}
	return result{path: path, status: response.StatusCode, size: len(body)}
}

func main() {
	server := httptest.NewServer(http.HandlerFunc(serve))
	defer server.Close()

	paths := []string{"/slow", "/hello", "/missing", "/large", "/hello?again"}
	jobs := make(chan string)
	results := make(chan result)

	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for path := range jobs {
				results <- fetchPage(server.URL, path)
			}
		})
	}
	go func() {
		for _, path := range paths {
			jobs <- path
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()

	fetched, bytes := 0, 0
	for r := range results {
		switch {
		case errors.Is(r.err, context.DeadlineExceeded):
			fmt.Printf("%s: timed out\n", r.path)
		case r.err != nil:
			fmt.Printf("%s: %v\n", r.path, r.err)
		default:
			fmt.Printf("%s: status %d, %d bytes\n", r.path, r.status, r.size)
			fetched++
			bytes += r.size
		}
	}
	fmt.Printf("%d of %d fetched, %d bytes\n", fetched, len(paths), bytes)
}

// Try: one worker only. Does the slow page delay the others now?
