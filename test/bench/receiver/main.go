// A receiver that takes as little of the machine as it can: answers 204 and remembers which webhook-ids came, by path, and
// when they came first. Prints its port; GET /stats and GET /arrivals say what came since the last GET /reset.
// Below /slow it answers after three seconds, below /throttled with 429, and remembers nothing.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

func main() {
	var lock sync.Mutex
	ids := map[string]int64{}
	requests := 0
	mux := http.NewServeMux()
	take := func(answer http.ResponseWriter, request *http.Request) {
		io.Copy(io.Discard, request.Body)
		id := request.URL.Path + " " + request.Header.Get("webhook-id")
		now := time.Now().UnixMicro()
		lock.Lock()
		requests++
		if _, known := ids[id]; !known {
			ids[id] = now
		}
		lock.Unlock()
		answer.WriteHeader(http.StatusNoContent)
	}
	mux.HandleFunc("/in", take)
	mux.HandleFunc("/in/", take)
	mux.HandleFunc("/slow", func(answer http.ResponseWriter, request *http.Request) {
		io.Copy(io.Discard, request.Body)
		time.Sleep(3 * time.Second)
		answer.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/throttled", func(answer http.ResponseWriter, request *http.Request) {
		io.Copy(io.Discard, request.Body)
		answer.Header().Set("retry-after", "1")
		answer.WriteHeader(http.StatusTooManyRequests)
	})
	mux.HandleFunc("/arrivals", func(answer http.ResponseWriter, _ *http.Request) {
		lock.Lock()
		for id, at := range ids {
			fmt.Fprintf(answer, "%s %d\n", id, at)
		}
		lock.Unlock()
	})
	mux.HandleFunc("/reset", func(answer http.ResponseWriter, _ *http.Request) {
		lock.Lock()
		requests, ids = 0, map[string]int64{}
		lock.Unlock()
	})
	mux.HandleFunc("/stats", func(answer http.ResponseWriter, _ *http.Request) {
		lock.Lock()
		fmt.Fprintf(answer, `{"requests":%d,"distinct":%d}`, requests, len(ids))
		lock.Unlock()
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, mux))
}
