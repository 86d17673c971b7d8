package main

// appendRequest writes a GET request for path to the server at host, as small
// as HTTP/1.1 allows, and the headers given as names and values in turn. The
// connection stays open, as is the rule where nothing else is said.
func appendRequest(to []byte, host, path string, headers ...string) []byte {
	to = append(to, "GET "...)
	to = append(to, path...)
	to = append(to, " HTTP/1.1\r\nHost: "...)
	to = append(to, host...)
	to = append(to, "\r\n"...)
	for i := 0; i+1 < len(headers); i += 2 {
		to = append(to, headers[i]...)
		to = append(to, ": "...)
		to = append(to, headers[i+1]...)
		to = append(to, "\r\n"...)
	}
	return append(to, "\r\n"...)
}
