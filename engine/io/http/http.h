// HTTP requests on the loop. libcurl and TLS live in infra-http.so, opened at the first request.
//
// A request is started with a filled HttpRequest; texts are copied. The response is delivered once, on the loop.
// Transport failures are told by `error`, every HTTP status is an answer. No redirects are followed, nothing is
// retried here (retry.h decides), bodies are bounded. Tests replace the transport by http_set_transport.
#ifndef INFRA_IO_HTTP_HTTP_H
#define INFRA_IO_HTTP_HTTP_H

#include "engine/base/vec.h"
#include "engine/io/loop.h"

typedef struct HttpHeader {
    Str name, value;
} HttpHeader;

typedef struct HttpRequest {
    Str method, url;
    const HttpHeader *headers;
    uint32_t header_count;
    Str body;
    int64_t connect_timeout_ns, timeout_ns; // 0: 10 s, 60 s without a byte
    Str proxy;                              // empty: from the environment
    Str no_proxy;    // hosts reached without one, as curl reads NO_PROXY; empty: from the environment
    Str ca_bundle;   // empty: the system's
    bool insecure;   // do not verify the server's certificate
    size_t max_body; // 0: LIMIT_HTTP_BODY
} HttpRequest;

typedef enum HttpError {
    HTTP_OK,
    HTTP_CANNOT_LOAD, // infra-http.so missing
    HTTP_BAD_URL,
    HTTP_RESOLVE, // name not found
    HTTP_CONNECT, // refused, unreachable, timed out before connected
    HTTP_TLS,     // certificate or handshake
    HTTP_TIMEOUT, // connected, no answer
    HTTP_BROKEN,  // connection lost, or not HTTP
    HTTP_TOO_LARGE,
    HTTP_CANCELLED,
} HttpError;

typedef struct HttpResponse {
    HttpError error;
    Str error_text; // for people: what curl said, no secrets
    bool sent;      // bytes of the request went out: the server may have acted on it
    int status;
    const HttpHeader *headers; // names as sent by the server
    uint32_t header_count;
    Str body;
} HttpResponse;

typedef struct HttpCall HttpCall;
// The response is valid during the call only.
typedef void (*HttpDone)(void *ctx, const HttpResponse *response);

HttpCall *http_start(Loop *loop, const HttpRequest *request, HttpDone done, void *ctx);
// done is called with HTTP_CANCELLED, later, from the loop.
void http_cancel(HttpCall *call);
// The same, but done is not called any more.
void http_drop(HttpCall *call);
// Case-insensitive; empty when absent.
Str http_header(const HttpResponse *response, Str name);

// What carries requests. The built-in one opens infra-http.so; tests give their own. `start` copies what it keeps and
// calls done once, later, from the loop; after `cancel` it does not call done any more (the front does that).
typedef struct HttpTransport {
    void *(*start)(void *transport, const HttpRequest *request, HttpDone done, void *ctx);
    void (*cancel)(void *transport, void *handle);
    void *ctx;
} HttpTransport;
// NULL: the built-in one again. Calls under way stay with the transport that started them.
void http_set_transport(Loop *loop, const HttpTransport *transport);

#endif
