// The host's table: time, HTTP, jobs, descriptors. Timers and watches are the loop's own handles.
#include "engine/base/clock.h"
#include "engine/io/http/http.h"
#include "engine/io/job.h"
#include "providers/loader/plugins.h"

static int64_t outside_now(const InfraHost *host) {
    const Clock *clock = host_plugins(host)->process->clock;
    return clock->monotonic(clock);
}

static int64_t outside_wall(const InfraHost *host) {
    const Clock *clock = host_plugins(host)->process->clock;
    return clock->wall(clock);
}

static void outside_random(const InfraHost *host, void *p, size_t n) {
    Process *process = host_plugins(host)->process;
    process->random(process, p, n);
}

static InfraTimer *outside_timer(const InfraHost *host, int64_t ns, void (*fn)(void *ctx), void *ctx) {
    return (InfraTimer *)timer_start(host_plugins(host)->loop, ns, fn, ctx);
}

static void outside_timer_cancel(InfraTimer *timer) { timer_cancel((Timer *)timer); }

// One HTTP request of a plugin; used again after its answer.
typedef struct HttpBridge {
    Plugins *plugins;
    HttpCall *call;
    void (*done)(void *ctx, const InfraHttpResponse *response);
    void *ctx;
    struct HttpBridge *next_free;
} HttpBridge;

static void http_answered(void *ctx, const HttpResponse *response) {
    HttpBridge *bridge = ctx;
    Arena *scratch = arena_new(bridge->plugins->process, LIFE_OP, "plugin http");
    uint32_t n = response->header_count;
    InfraText *names = ARENA_ARRAY(scratch, InfraText, n), *values = ARENA_ARRAY(scratch, InfraText, n);
    for (uint32_t i = 0; i < n; i++) {
        names[i] = host_text(response->headers[i].name);
        values[i] = host_text(response->headers[i].value);
    }
    Str error = response->error_text.n ? response->error_text : STR("the request failed");
    InfraHttpResponse answer = {
        .error = response->error == HTTP_OK ? (InfraText){NULL, 0} : host_text(error),
        .sent = response->sent,
        .status = response->status,
        .header_names = names,
        .header_values = values,
        .header_count = n,
        .body = host_text(response->body),
    };
    bridge->done(bridge->ctx, &answer);
    arena_free(scratch);
    bridge->next_free = bridge->plugins->free_http;
    bridge->plugins->free_http = bridge;
}

static InfraHttp *outside_http(const InfraHost *host, const InfraHttpRequest *request,
                               void (*done)(void *ctx, const InfraHttpResponse *response), void *ctx) {
    Plugins *plugins = host_plugins(host);
    HttpBridge *bridge = plugins->free_http;
    if (bridge)
        plugins->free_http = bridge->next_free;
    else
        bridge = ARENA_NEW(plugins->arena, HttpBridge);
    *bridge = (HttpBridge){.plugins = plugins, .done = done, .ctx = ctx};
    Arena *scratch = arena_new(plugins->process, LIFE_OP, "plugin http");
    HttpHeader *headers = ARENA_ARRAY(scratch, HttpHeader, request->header_count);
    for (size_t i = 0; i < request->header_count; i++)
        headers[i] = (HttpHeader){host_str(request->header_names[i]), host_str(request->header_values[i])};
    HttpRequest own = {
        .method = host_str(request->method),
        .url = host_str(request->url),
        .headers = headers,
        .header_count = (uint32_t)request->header_count,
        .body = host_str(request->body),
        .timeout_ns = request->timeout_ns,
    };
    bridge->call = http_start(plugins->loop, &own, http_answered, bridge);
    arena_free(scratch);
    return (InfraHttp *)bridge;
}

static void outside_http_cancel(InfraHttp *http) { http_cancel(((HttpBridge *)http)->call); }

static void outside_job(const InfraHost *host, void (*run)(void *ctx), void (*done)(void *ctx), void *ctx) {
    job_start(host_plugins(host)->loop, run, done, ctx);
}

static InfraWatch *outside_watch(const InfraHost *host, int fd, int events, void (*fn)(void *ctx, int ready),
                                 void *ctx) {
    return (InfraWatch *)watch_start(host_plugins(host)->loop, fd, events & (WATCH_READ | WATCH_WRITE), fn, ctx);
}

static void outside_watch_stop(InfraWatch *watch) { watch_stop((Watch *)watch); }

void outside_init(InfraHost *host) {
    host->now = outside_now;
    host->wall = outside_wall;
    host->random = outside_random;
    host->timer = outside_timer;
    host->timer_cancel = outside_timer_cancel;
    host->http = outside_http;
    host->http_cancel = outside_http_cancel;
    host->job = outside_job;
    host->watch = outside_watch;
    host->watch_stop = outside_watch_stop;
}
