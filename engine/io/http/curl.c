// Carries requests with libcurl's multi interface: the loop watches curl's sockets and keeps its one timer.
//
// A Transfer goes waiting -> running -> delivered. At most RUNNING_MAX run at once (each may need a connection);
// the rest wait in order. Finished transfers are delivered from the loop, never from within a call into curl.
#include "engine/base/clock.h"
#include "engine/base/limits.h"
#include "engine/io/http/transport.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define RUNNING_MAX 256
#define HEADERS_MAX 1000
#define HEADER_BYTES_MAX ((size_t)256 << 10)
#define CONNECTIONS_KEPT 64L
#define DEFAULT_CONNECT_TIMEOUT (10 * NS_PER_S)
#define DEFAULT_TIMEOUT (60 * NS_PER_S)

typedef struct Carrier Carrier;

typedef struct Transfer {
    Carrier *carrier;
    Arena *arena;
    CURL *easy; // NULL: waiting
    struct Transfer *prev, *next;
    HttpRequest request; // copied
    struct curl_slist *headers;
    HttpDone done;
    void *ctx;
    Timer *idle;
    int64_t idle_ns, last_active;
    curl_off_t moved;
    bool begun;  // a connection was there and the request was about to go out
    bool resent; // curl wanted to send it once more
    bool too_large, timed_out;
    int status;
    VEC(HttpHeader) received;
    size_t header_bytes;
    Buf body;
    char error[CURL_ERROR_SIZE];
} Transfer;

struct Carrier {
    Loop *loop;
    CURLM *multi;
    Timer *timer;
    bool delivering; // posted
    Transfer *waiting, **last_waiting;
    Transfer *running;
    uint32_t running_count;
};

static void start_waiting(Carrier *carrier);
static void deliver_finished(void *ctx);

// --- curl's sockets and timer on the loop ---

static void after_action(Carrier *carrier) {
    if (carrier->delivering) return;
    carrier->delivering = true;
    loop_post(carrier->loop, deliver_finished, carrier);
}

typedef struct Socket {
    Carrier *carrier;
    Watch *watch;
    curl_socket_t fd;
} Socket;

static void on_socket(void *ctx, int ready) {
    const Socket *socket = ctx;
    Carrier *carrier = socket->carrier;
    int events = (ready & WATCH_READ ? CURL_CSELECT_IN : 0) | (ready & WATCH_WRITE ? CURL_CSELECT_OUT : 0);
    int running;
    curl_multi_socket_action(carrier->multi, socket->fd, events, &running);
    after_action(carrier);
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *per_socket) {
    Carrier *carrier = ctx;
    Socket *socket = per_socket;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (socket) {
            watch_stop(socket->watch);
            free(socket);
            curl_multi_assign(carrier->multi, fd, NULL);
        }
        return 0;
    }
    int events = (what & CURL_POLL_IN ? WATCH_READ : 0) | (what & CURL_POLL_OUT ? WATCH_WRITE : 0);
    if (socket) {
        watch_change(socket->watch, events);
        return 0;
    }
    socket = malloc(sizeof *socket);
    if (!socket) abort();
    *socket = (Socket){carrier, NULL, fd};
    socket->watch = watch_start(carrier->loop, fd, events, on_socket, socket);
    curl_multi_assign(carrier->multi, fd, socket);
    return 0;
}

static void on_timer(void *ctx) {
    Carrier *carrier = ctx;
    carrier->timer = NULL;
    int running;
    curl_multi_socket_action(carrier->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    after_action(carrier);
}

static int set_timer(CURLM *multi, long ms, void *ctx) {
    Carrier *carrier = ctx;
    (void)multi;
    if (carrier->timer) timer_cancel(carrier->timer);
    carrier->timer = ms < 0 ? NULL : timer_start(carrier->loop, ms * NS_PER_MS, on_timer, carrier);
    return 0;
}

// --- one transfer ---

static void touch(Transfer *t) { t->last_active = loop_now(t->carrier->loop); }

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx) {
    Transfer *t = ctx;
    size_t n = size * count;
    touch(t);
    if (n > t->request.max_body - t->body.n) {
        t->too_large = true;
        return 0;
    }
    buf_bytes(&t->body, bytes, n);
    return n;
}

// A status line starts anew: what came before belonged to an interim answer.
static size_t on_header(char *bytes, size_t size, size_t count, void *ctx) {
    Transfer *t = ctx;
    Str line = str_make(bytes, size * count);
    touch(t);
    if (str_starts(line, STR("HTTP/"))) {
        t->received.n = 0;
        return line.n;
    }
    ptrdiff_t colon = str_find_char(line, ':');
    if (colon <= 0) return line.n;
    t->header_bytes += line.n;
    if (t->received.n == HEADERS_MAX || t->header_bytes > HEADER_BYTES_MAX) {
        t->too_large = true;
        return 0;
    }
    HttpHeader header = {str_copy(t->arena, str_slice(line, 0, (size_t)colon)),
                         str_copy(t->arena, str_trim(str_slice(line, (size_t)colon + 1, line.n)))};
    vec_push(t->arena, &t->received, header);
    return line.n;
}

static int on_progress(void *ctx, curl_off_t total_down, curl_off_t down, curl_off_t total_up, curl_off_t up) {
    Transfer *t = ctx;
    (void)total_down, (void)total_up;
    if (down + up != t->moved) {
        t->moved = down + up;
        touch(t);
    }
    return 0;
}

// Called each time that the request is about to be sent. curl sends again by itself when a kept connection turns out
// to be dead; that is fine for reads, but what may have acted must be told to the caller instead.
static int on_about_to_send(void *ctx, char *ip, char *local_ip, int port, int local_port) {
    Transfer *t = ctx;
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    bool again = t->begun;
    t->begun = true;
    if (!again || str_eqz(t->request.method, "GET") || str_eqz(t->request.method, "HEAD")) return CURL_PREREQFUNC_OK;
    t->resent = true;
    return CURL_PREREQFUNC_ABORT;
}

// Children must not inherit connections: they would hold them open.
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)ctx, (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool has_header(const HttpRequest *request, Str name) {
    for (uint32_t i = 0; i < request->header_count; i++)
        if (request->headers[i].name.n == name.n && curl_strnequal(request->headers[i].name.p, name.p, name.n))
            return true;
    return false;
}

static void add_header(Transfer *t, const char *line) {
    struct curl_slist *list = curl_slist_append(t->headers, line);
    if (!list) abort();
    t->headers = list;
}

static void set_headers(Transfer *t) {
    const HttpRequest *r = &t->request;
    // curl's own additions that no caller asked for.
    static const char *const unwanted[] = {"Accept", "Expect", "Content-Type", "User-Agent"};
    for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++)
        if (!has_header(r, str_of(unwanted[i]))) add_header(t, str_format(t->arena, "%s:", unwanted[i]).p);
    for (uint32_t i = 0; i < r->header_count; i++) {
        HttpHeader h = r->headers[i];
        // "Name;" is curl's way to say a header without a value.
        const char *format = h.value.n ? "%.*s: %.*s" : "%.*s;%.*s";
        add_header(t, str_format(t->arena, format, STR_ARG(h.name), STR_ARG(h.value)).p);
    }
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

static void set_method(Transfer *t) {
    const HttpRequest *r = &t->request;
    CURL *easy = t->easy;
    bool takes_body = !str_eqz(r->method, "GET") && !str_eqz(r->method, "HEAD") && !str_eqz(r->method, "DELETE");
    if (str_eqz(r->method, "HEAD")) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (takes_body || r->body.n) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body.n ? r->body.p : "");
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method.p);
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method.p);
    }
}

static void set_connection(Transfer *t) {
    const HttpRequest *r = &t->request;
    CURL *easy = t->easy;
    int64_t connect = r->connect_timeout_ns ? r->connect_timeout_ns : DEFAULT_CONNECT_TIMEOUT;
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)((connect + NS_PER_MS - 1) / NS_PER_MS));
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    if (r->proxy.n) curl_easy_setopt(easy, CURLOPT_PROXY, r->proxy.p);
    if (r->no_proxy.n) curl_easy_setopt(easy, CURLOPT_NOPROXY, r->no_proxy.p);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (r->ca_bundle.n) curl_easy_setopt(easy, CURLOPT_CAINFO, r->ca_bundle.p);
    if (r->insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

static void set_callbacks(Transfer *t) {
    CURL *easy = t->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, t);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_about_to_send);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
}

// --- the end of a transfer ---

static void transfer_unlink(Transfer *t) {
    Carrier *carrier = t->carrier;
    if (t->prev) t->prev->next = t->next;
    if (t->next) t->next->prev = t->prev;
    if (carrier->running == t) carrier->running = t->next;
    carrier->running_count--;
}

static void transfer_free(Transfer *t) {
    if (t->idle) timer_cancel(t->idle);
    if (t->easy) {
        curl_multi_remove_handle(t->carrier->multi, t->easy);
        curl_easy_cleanup(t->easy);
        transfer_unlink(t);
    }
    curl_slist_free_all(t->headers);
    buf_free(&t->body);
    arena_free(t->arena);
}

static HttpError error_of(const Transfer *t, CURLcode code) {
    if (code == CURLE_OK) return HTTP_OK;
    if (t->too_large) return HTTP_TOO_LARGE;
    switch (code) {
    case CURLE_FILESIZE_EXCEEDED: return HTTP_TOO_LARGE;
    case CURLE_URL_MALFORMAT: return HTTP_BAD_URL;
    // Also what curl says of an answer that is not HTTP.
    case CURLE_UNSUPPORTED_PROTOCOL: return t->begun ? HTTP_BROKEN : HTTP_BAD_URL;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return HTTP_RESOLVE;
    case CURLE_COULDNT_CONNECT: return HTTP_CONNECT;
    case CURLE_OPERATION_TIMEDOUT: return t->begun ? HTTP_TIMEOUT : HTTP_CONNECT;
    // A handshake that the network cut off is no matter of certificates. Only the text tells.
    case CURLE_SSL_CONNECT_ERROR:
        return strstr(t->error, "SSL_ERROR_SYSCALL") || strstr(t->error, "unexpected eof") ? HTTP_CONNECT : HTTP_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_INVALIDCERTSTATUS: return HTTP_TLS;
    default: return t->begun ? HTTP_BROKEN : HTTP_CONNECT;
    }
}

static Str error_text(const Transfer *t, CURLcode code) {
    if (t->timed_out) return STR("no byte was received within the time allowed");
    if (t->too_large || code == CURLE_FILESIZE_EXCEEDED) return STR("the answer is larger than allowed");
    if (t->resent) return STR("the connection was lost before the answer came");
    return str_of(t->error[0] ? t->error : curl_easy_strerror(code));
}

static void transfer_deliver(Transfer *t, CURLcode code, HttpError error) {
    long status = 0, request_bytes = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    HttpResponse response = {.error = error, .sent = t->begun && request_bytes > 0};
    if (error == HTTP_OK) {
        response.status = (int)status;
        response.headers = t->received.at;
        response.header_count = t->received.n;
        response.body = buf_str(&t->body);
    } else {
        response.error_text = error_text(t, code);
    }
    t->done(t->ctx, &response);
    transfer_free(t);
}

static void deliver_finished(void *ctx) {
    Carrier *carrier = ctx;
    carrier->delivering = false;
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(carrier->multi, &left));) {
        if (message->msg != CURLMSG_DONE) continue;
        CURLcode code = message->data.result;
        Transfer *t;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        transfer_deliver(t, code, error_of(t, code));
    }
    start_waiting(carrier);
}

// Fires when no byte moved for idle_ns, or earlier by what moved since it was set.
static void on_idle(void *ctx) {
    Transfer *t = ctx;
    t->idle = NULL;
    int64_t quiet = loop_now(t->carrier->loop) - t->last_active;
    if (quiet < t->idle_ns) {
        t->idle = timer_start(t->carrier->loop, t->idle_ns - quiet, on_idle, t);
        return;
    }
    Carrier *carrier = t->carrier;
    t->timed_out = true;
    transfer_deliver(t, CURLE_OPERATION_TIMEDOUT, t->begun ? HTTP_TIMEOUT : HTTP_CONNECT);
    start_waiting(carrier);
}

// --- starting ---

static void transfer_run(Transfer *t) {
    Carrier *carrier = t->carrier;
    t->easy = curl_easy_init();
    if (!t->easy) abort();
    t->prev = NULL;
    t->next = carrier->running;
    if (t->next) t->next->prev = t;
    carrier->running = t;
    carrier->running_count++;
    curl_easy_setopt(t->easy, CURLOPT_URL, t->request.url.p);
    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->request.max_body);
    set_method(t);
    set_headers(t);
    set_connection(t);
    set_callbacks(t);
    touch(t);
    t->idle = timer_start(carrier->loop, t->idle_ns, on_idle, t);
    curl_multi_add_handle(carrier->multi, t->easy);
}

static void start_waiting(Carrier *carrier) {
    while (carrier->waiting && carrier->running_count < RUNNING_MAX) {
        Transfer *t = carrier->waiting;
        carrier->waiting = t->next;
        if (!carrier->waiting) carrier->last_waiting = &carrier->waiting;
        transfer_run(t);
    }
}

static HttpRequest request_copy(Arena *arena, const HttpRequest *r) {
    HttpRequest copy = *r;
    copy.method = str_copy(arena, r->method);
    copy.url = str_copy(arena, r->url);
    copy.body = str_copy(arena, r->body);
    copy.proxy = str_copy(arena, r->proxy);
    copy.no_proxy = str_copy(arena, r->no_proxy);
    copy.ca_bundle = str_copy(arena, r->ca_bundle);
    if (!copy.max_body) copy.max_body = LIMIT_HTTP_BODY;
    HttpHeader *headers = ARENA_ARRAY(arena, HttpHeader, r->header_count);
    for (uint32_t i = 0; i < r->header_count; i++)
        headers[i] = (HttpHeader){str_copy(arena, r->headers[i].name), str_copy(arena, r->headers[i].value)};
    copy.headers = headers;
    return copy;
}

static void *carrier_start(void *ctx, const HttpRequest *request, HttpDone done, void *done_ctx) {
    Carrier *carrier = ctx;
    Arena *arena = arena_new(loop_process(carrier->loop), LIFE_OP, "http");
    Transfer *t = ARENA_NEW(arena, Transfer);
    *t = (Transfer){.carrier = carrier,
                    .arena = arena,
                    .request = request_copy(arena, request),
                    .done = done,
                    .ctx = done_ctx,
                    .idle_ns = request->timeout_ns ? request->timeout_ns : DEFAULT_TIMEOUT};
    *carrier->last_waiting = t;
    carrier->last_waiting = &t->next;
    after_action(carrier);
    return t;
}

static void carrier_cancel(void *ctx, void *handle) {
    Carrier *carrier = ctx;
    Transfer *t = handle;
    if (!t->easy) {
        Transfer **link = &carrier->waiting;
        while (*link != t) link = &(*link)->next;
        *link = t->next;
        if (carrier->last_waiting == &t->next) carrier->last_waiting = link;
    }
    transfer_free(t);
    after_action(carrier);
}

static void carrier_end(void *ctx) {
    Carrier *carrier = ctx;
    while (carrier->running) transfer_free(carrier->running);
    for (Transfer *t = carrier->waiting, *next; t; t = next) {
        next = t->next;
        transfer_free(t);
    }
    curl_multi_cleanup(carrier->multi);
    if (carrier->timer) timer_cancel(carrier->timer);
    free(carrier);
    curl_global_cleanup();
}

bool infra_http_open(Loop *loop, HttpLibrary *out) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return false;
    Carrier *carrier = calloc(1, sizeof *carrier);
    if (!carrier) abort();
    *carrier = (Carrier){.loop = loop, .multi = curl_multi_init(), .last_waiting = &carrier->waiting};
    if (!carrier->multi) abort();
    curl_multi_setopt(carrier->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(carrier->multi, CURLMOPT_SOCKETDATA, carrier);
    curl_multi_setopt(carrier->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(carrier->multi, CURLMOPT_TIMERDATA, carrier);
    curl_multi_setopt(carrier->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT);
    *out = (HttpLibrary){{carrier_start, carrier_cancel, carrier}, carrier_end};
    return true;
}
