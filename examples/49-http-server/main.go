// An HTTP server with a graceful shutdown: at a signal it accepts no new connections, finishes the requests in flight,
// and cancels those that are late. The clients are in the same program.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

const unit = 100 * time.Millisecond

var errShutdown = errors.New("server is shutting down")

// received gets the path of each request; gone is closed when the client of /30 has gone.
var received, gone = make(chan string), make(chan struct{})

// A request takes as many units as its path says, unless its context is done first: at the end of the grace period, or
// when the client has gone.
func handle(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	var units time.Duration
	fmt.Sscanf(r.URL.Path, "/%d", &units)
	received <- r.URL.Path
	select {
	case <-time.After(units * unit):
		fmt.Fprintf(w, "done after %d units", units)
	case <-ctx.Done():
		if context.Cause(ctx) == errShutdown {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, errShutdown)
		} else {
			fmt.Printf("server: the client of %s has gone\n", r.URL.Path)
			close(gone)
		}
	}
}

func get(ctx context.Context, url string) string {
	req, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "no answer"
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return fmt.Sprintf("%d %s", resp.StatusCode, body)
}

func main() {
	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)

	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requestCtx, cancelRequest := context.WithCancelCause(r.Context())
		defer cancelRequest(nil)
		defer context.AfterFunc(ctx, func() { cancelRequest(context.Cause(ctx)) })()
		handle(requestCtx, w, r)
	})}
	listener, _ := net.Listen("tcp", "127.0.0.1:0")
	go server.Serve(listener)
	base := "http://" + listener.Addr().String()

	// One client is short, one is in flight at the signal, one is too long, and one goes.
	leaving, leave := context.WithCancel(context.Background())
	defer leave()
	paths := []string{"/1", "/3", "/60", "/30"}
	answers := make([]string, len(paths))
	var wg sync.WaitGroup
	for i, path := range paths {
		wg.Go(func() {
			clientCtx := context.Background()
			if path == "/30" {
				clientCtx = leaving
			}
			answers[i] = get(clientCtx, base+path)
		})
	}

	for range paths {
		<-received
	}
	leave()
	<-gone
	syscall.Kill(syscall.Getpid(), syscall.SIGTERM)
	<-stopped.Done()
	fmt.Println("main: terminated, shutting down")

	// Late requests are canceled after a grace period of 5 units.
	time.AfterFunc(5*unit, func() { cancel(errShutdown) })
	err := server.Shutdown(context.Background())
	fmt.Println("main: server has stopped, error:", err)
	wg.Wait()
	for i, path := range paths {
		fmt.Printf("client %s: %s\n", path, answers[i])
	}
	fmt.Println("client after the end:", get(context.Background(), base+"/1"))
}

// Try: leave out the grace period. When does the server stop?
