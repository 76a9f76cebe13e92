package chdb

import (
	"io"
	"net/http"
)

// ServeHTTP answers the same requests over real HTTP, so that what is said to
// the engine in process can be tested through a socket too. It understands no
// compression: the client must ask for none.
func (e *Engine) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	response, err := e.RoundTrip(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer response.Body.Close()
	for name, values := range response.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(response.StatusCode)
	_, _ = io.Copy(w, response.Body)
}
