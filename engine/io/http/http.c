// The front: finds the transport, delivers every response exactly once and from the loop, and logs.
#include "engine/io/http/http.h"

#include "engine/base/clock.h"
#include "engine/base/log.h"
#include "engine/io/http/transport.h"
#include "engine/io/library.h"
#include "engine/io/loop_internal.h"

#include <stdlib.h>
#include <strings.h>

typedef struct HttpFront {
    HttpTransport transport; // start == NULL: none yet
    HttpLibrary library;     // transport.start == NULL: not opened
    char *problem;           // why it cannot be opened
    HttpCall *calls;         // under way
} HttpFront;

struct HttpCall {
    Loop *loop;
    HttpFront *front;
    HttpCall *prev, *next;
    HttpTransport transport; // start == NULL: there is none
    void *handle;
    HttpDone done;
    void *ctx;
    bool cancelled;
    Str problem;
    Buf what; // "GET https://host/path", for the log
    int64_t begun;
};

static void call_free(HttpCall *call) {
    if (call->prev)
        call->prev->next = call->next;
    else
        call->front->calls = call->next;
    if (call->next) call->next->prev = call->prev;
    buf_free(&call->what);
    free(call);
}

// Calls still under way are dropped without a word.
static void front_end(void *owned) {
    HttpFront *front = owned;
    while (front->calls) call_free(front->calls);
    if (front->library.end) front->library.end(front->library.transport.ctx);
    free(front->problem);
    free(front);
}

static HttpFront *front_of(Loop *loop) {
    HttpFront *front = loop_owned(loop, LOOP_HTTP);
    if (front) return front;
    front = calloc(1, sizeof *front);
    if (!front) abort();
    loop_own(loop, LOOP_HTTP, front, front_end);
    return front;
}

static void front_load(Loop *loop, HttpFront *front) {
    union {
        void *address;
        bool (*function)(Loop *, HttpLibrary *);
    } entry = {library_symbol("infra-http.so", "infra_http_open", &front->problem)};
    if (entry.address && !entry.function(loop, &front->library)) front->problem = strdup("libcurl cannot be set up");
}

static void nobody_waits(void *ctx, const HttpResponse *response) { (void)ctx, (void)response; }

static void call_end(HttpCall *call, const HttpResponse *response) {
    Process *process = loop_process(call->loop);
    if (log_on(process, LOG_DEBUG, "http")) {
        double ms = (double)(loop_now(call->loop) - call->begun) / (double)NS_PER_MS;
        if (response->error == HTTP_OK)
            log_line(process, LOG_DEBUG, "http", "%s: %d, %zu bytes, %.1f ms", call->what.p, response->status,
                     response->body.n, ms);
        else
            log_line(process, LOG_DEBUG, "http", "%s: %.*s, %.1f ms", call->what.p, STR_ARG(response->error_text), ms);
    }
    HttpDone done = call->done;
    void *ctx = call->ctx;
    call_free(call);
    done(ctx, response);
}

static void transport_done(void *ctx, const HttpResponse *response) { call_end(ctx, response); }

static void deliver_cancelled(void *ctx) {
    call_end(ctx, &(HttpResponse){.error = HTTP_CANCELLED, .error_text = STR("cancelled"), .sent = true});
}

static void deliver_cannot_load(void *ctx) {
    HttpCall *call = ctx;
    if (call->cancelled) {
        deliver_cancelled(call);
        return;
    }
    call_end(call, &(HttpResponse){.error = HTTP_CANNOT_LOAD, .error_text = call->problem});
}

// Without the query, which may hold credentials.
static void describe(HttpCall *call, const HttpRequest *request) {
    buf_add(&call->what, request->method);
    buf_char(&call->what, ' ');
    ptrdiff_t query = str_find_char(request->url, '?');
    buf_add(&call->what, query < 0 ? request->url : str_slice(request->url, 0, (size_t)query));
}

HttpCall *http_start(Loop *loop, const HttpRequest *request, HttpDone done, void *ctx) {
    HttpFront *front = front_of(loop);
    if (!front->transport.start) {
        if (!front->library.transport.start && !front->problem) front_load(loop, front);
        front->transport = front->library.transport;
    }
    HttpCall *call = calloc(1, sizeof *call);
    if (!call) abort();
    *call = (HttpCall){.loop = loop,
                       .front = front,
                       .next = front->calls,
                       .transport = front->transport,
                       .done = done,
                       .ctx = ctx,
                       .begun = loop_now(loop)};
    if (call->next) call->next->prev = call;
    front->calls = call;
    if (log_on(loop_process(loop), LOG_DEBUG, "http")) describe(call, request);
    if (call->transport.start) {
        call->handle = call->transport.start(call->transport.ctx, request, transport_done, call);
    } else {
        call->problem = str_of(front->problem);
        loop_post(loop, deliver_cannot_load, call);
    }
    return call;
}

void http_cancel(HttpCall *call) {
    if (call->cancelled) return;
    call->cancelled = true;
    if (!call->transport.start) return; // its delivery is posted
    call->transport.cancel(call->transport.ctx, call->handle);
    loop_post(call->loop, deliver_cancelled, call);
}

void http_drop(HttpCall *call) {
    call->done = nobody_waits;
    if (call->cancelled) return; // its delivery is posted
    if (!call->transport.start) {
        call->cancelled = true;
        return;
    }
    call->transport.cancel(call->transport.ctx, call->handle);
    call_free(call);
}

Str http_header(const HttpResponse *response, Str name) {
    for (uint32_t i = 0; i < response->header_count; i++) {
        Str have = response->headers[i].name;
        if (have.n == name.n && strncasecmp(have.p, name.p, name.n) == 0) return response->headers[i].value;
    }
    return STR_NONE;
}

void http_set_transport(Loop *loop, const HttpTransport *transport) {
    front_of(loop)->transport = transport ? *transport : (HttpTransport){0};
}
