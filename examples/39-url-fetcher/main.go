// A URL fetcher: workers fetch pages over HTTP at the same time, so that a slow page does not delay the others, and
// each page has its own timeout, so that it occupies its worker for at most 500 ms.
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

// The pages to fetch. The program runs its own server, so it does not need a network.
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

// The timeout applies to one page. When it expires, the request is canceled and not only abandoned.
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

// Try: only one worker. Does the slow page delay the others now?
