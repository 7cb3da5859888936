// A receiver that takes as little of the machine as it can: answers 204 and remembers which webhook-ids it saw.
// Prints its port; GET /stats says what came since the last GET /reset.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

func main() {
	var lock sync.Mutex
	ids := map[string]bool{}
	requests := 0
	mux := http.NewServeMux()
	mux.HandleFunc("/in", func(answer http.ResponseWriter, request *http.Request) {
		io.Copy(io.Discard, request.Body)
		id := request.Header.Get("webhook-id")
		lock.Lock()
		requests++
		ids[id] = true
		lock.Unlock()
		answer.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/reset", func(answer http.ResponseWriter, _ *http.Request) {
		lock.Lock()
		requests, ids = 0, map[string]bool{}
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
