// Scripted exchanges: a transport that answers from a list, in order, and keeps what was asked. The clock is fake.
#ifndef TESTS_AWS_CLIENT_SCRIPT_H
#define TESTS_AWS_CLIENT_SCRIPT_H

#include "engine/base/clock.h"
#include "engine/io/http/http.h"
#include "engine/value/json.h"
#include "providers/aws/client/client.h"
#include "providers/aws/client/model.h"
#include "providers/aws/client/text.h"

#include <stdlib.h>

typedef struct Answer {
    int status;
    const char *body;
    const char *headers; // "A: 1\nB: 2"
    HttpError error;
    bool unsent; // with error: nothing went out
} Answer;

#define ANSWER(code, text, heads) ((Answer){.status = (code), .body = (text), .headers = (heads)})
#define LOST ((Answer){.error = HTTP_BROKEN})
#define UNSENT ((Answer){.error = HTTP_CONNECT, .unsent = true})
#define SCRIPT(...)                                                                                                    \
    const Answer answers[] = {__VA_ARGS__};                                                                            \
    Script *s = script_new(answers, (int)(sizeof answers / sizeof *answers))

#define SCRIPT_MAX 64

typedef struct Script Script;
typedef struct ScriptCall {
    Script *script;
    HttpDone done;
    void *ctx;
    int index;
    bool cancelled;
} ScriptCall;

struct Script {
    Process *process;
    Loop *loop;
    Arena *arena;
    const Answer *answers;
    int answer_count;
    HttpRequest requests[SCRIPT_MAX];
    ScriptCall calls[SCRIPT_MAX];
    int count;
    bool mute; // never answers
    // Of the last call.
    bool done;
    int done_count;
    AwsResult result;
    AwsClient *client;
    Diags diags;
};

static inline int64_t script_wall(const Clock *clock) {
    (void)clock;
    return INT64_C(1700000000) * NS_PER_S; // 2023-11-14T22:13:20Z
}

static inline void script_random(Process *process, void *p, size_t n) {
    (void)process;
    memset(p, 0x80, n);
}

static inline void script_answer(void *ctx) {
    ScriptCall *call = ctx;
    Script *s = call->script;
    if (call->cancelled) return;
    if (call->index >= s->answer_count) {
        call->done(call->ctx, &(HttpResponse){.error = HTTP_BAD_URL, .error_text = STR("the script is over")});
        return;
    }
    const Answer *a = &s->answers[call->index];
    HttpHeader headers[16];
    uint32_t n = 0;
    Str rest = str_of(a->headers), line;
    while (a->headers && str_next(&rest, '\n', &line)) {
        size_t colon = (size_t)str_find_char(line, ':');
        headers[n++] = (HttpHeader){str_slice(line, 0, colon), str_trim(str_slice(line, colon + 1, line.n))};
    }
    HttpResponse response = {.error = a->error,
                             .error_text = a->error ? STR("it broke") : STR_NONE,
                             .status = a->status,
                             .sent = !a->unsent,
                             .headers = headers,
                             .header_count = n,
                             .body = str_of(a->body)};
    call->done(call->ctx, &response);
}

static inline void *script_start(void *transport, const HttpRequest *r, HttpDone done, void *ctx) {
    Script *s = transport;
    if (s->count == SCRIPT_MAX) abort();
    ScriptCall *call = &s->calls[s->count];
    *call = (ScriptCall){s, done, ctx, s->count, false};
    HttpRequest copy = *r;
    HttpHeader *headers = ARENA_ARRAY(s->arena, HttpHeader, r->header_count);
    for (uint32_t i = 0; i < r->header_count; i++)
        headers[i] = (HttpHeader){str_copy(s->arena, r->headers[i].name), str_copy(s->arena, r->headers[i].value)};
    copy.headers = headers;
    copy.url = str_copy(s->arena, r->url);
    copy.method = str_copy(s->arena, r->method);
    copy.body = str_copy(s->arena, r->body);
    s->requests[s->count++] = copy;
    if (!s->mute) loop_post(s->loop, script_answer, call);
    return call;
}

static inline void script_cancel(void *transport, void *handle) {
    (void)transport;
    ((ScriptCall *)handle)->cancelled = true;
}

// A clean environment, so that the machine's own settings do not matter.
static inline void script_clear_environment(void) {
    static const char *const names[] = {"AWS_ACCESS_KEY_ID",
                                        "AWS_ACCESS_KEY",
                                        "AWS_SECRET_ACCESS_KEY",
                                        "AWS_SECRET_KEY",
                                        "AWS_SESSION_TOKEN",
                                        "AWS_PROFILE",
                                        "AWS_DEFAULT_PROFILE",
                                        "AWS_REGION",
                                        "AWS_DEFAULT_REGION",
                                        "AWS_CONFIG_FILE",
                                        "AWS_SHARED_CREDENTIALS_FILE",
                                        "AWS_ROLE_ARN",
                                        "AWS_WEB_IDENTITY_TOKEN_FILE",
                                        "AWS_ROLE_SESSION_NAME",
                                        "AWS_ENDPOINT_URL",
                                        "AWS_ENDPOINT_URL_S3",
                                        "AWS_ENDPOINT_URL_STS",
                                        "AWS_ENDPOINT_URL_EC2",
                                        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                                        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                                        "AWS_EC2_METADATA_DISABLED",
                                        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                        "AWS_MAX_ATTEMPTS",
                                        "AWS_CA_BUNDLE",
                                        "AWS_USE_FIPS_ENDPOINT",
                                        "AWS_USE_DUALSTACK_ENDPOINT",
                                        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                        "AWS_ENDPOINT_URL_SSO"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) unsetenv(names[i]);
    setenv("HOME", "/nonexistent", 1);
}

static inline Script *script_new(const Answer *answers, int n) {
    static const Clock clock = {script_wall, script_wall, NULL};
    script_clear_environment();
    Process *process = process_new();
    type_init(process);
    process->random = script_random;
    process->clock = &clock;
    Arena *arena = arena_new(process, LIFE_WALK, "test");
    Script *s = ARENA_NEW(arena, Script);
    *s = (Script){.process = process,
                  .loop = loop_new(process),
                  .arena = arena,
                  .answers = answers,
                  .answer_count = n,
                  .diags = diags_in(arena)};
    loop_set_fake(s->loop, true);
    http_set_transport(s->loop, &(HttpTransport){script_start, script_cancel, s});
    return s;
}

static inline void script_free(Script *s) {
    Process *process = s->process;
    aws_client_free(s->client);
    loop_free(s->loop);
    arena_free(s->arena);
    process_free(process);
}

static inline AwsClient *script_client(Script *s, AwsSettings settings) {
    return s->client = aws_client_new(s->loop, s->arena, &settings);
}

static inline AwsClient *script_simple_client(Script *s) {
    return script_client(s, (AwsSettings){.region = STR("eu-west-1"),
                                          .access_key = STR("AKEXAMPLE"),
                                          .secret_key = STR("secret-key"),
                                          .max_tries = 3});
}

static inline void script_done(void *ctx, const AwsResult *result) {
    Script *s = ctx;
    s->done = true;
    s->done_count++;
    s->result = *result;
    s->result.payload = str_copy(s->arena, result->payload);
}

static inline AwsRequest script_request(Script *s, const char *service, const char *operation, const char *json) {
    AwsRequest request = {.model = aws_client_model(s->client, str_of(service), &s->diags),
                          .operation = str_of(operation)};
    if (!request.model || !json_decode(s->arena, str_of(json), &request.input, NULL)) abort();
    return request;
}

static inline AwsResult script_run(Script *s, AwsRequest request) {
    s->done = false;
    aws_call(s->client, s->arena, &request, script_done, s);
    if (!loop_run_until(s->loop, &s->done)) abort();
    return s->result;
}

static inline AwsResult script_call(Script *s, const char *service, const char *operation, const char *json) {
    return script_run(s, script_request(s, service, operation, json));
}

static inline Str script_header(const Script *s, int request, const char *name) {
    HttpResponse as = {.headers = s->requests[request].headers, .header_count = s->requests[request].header_count};
    return http_header(&as, str_of(name));
}

static inline bool script_body_has(const Script *s, int request, const char *text) {
    return str_find(s->requests[request].body, str_of(text)) >= 0;
}

// The string at a path "A.B" of a result; empty when it is not one.
static inline Str script_text(Value v, const char *path) {
    Str rest = str_of(path), part;
    while (str_next(&rest, '.', &part)) {
        const Value *found = value_get_str(v, part);
        if (!found || !value_is_set(*found)) return STR_NONE;
        v = *found;
    }
    return v.kind == TYPE_STRING ? value_str(v) : STR_NONE;
}

// Lets fake time pass.
static inline void script_wake(void *ctx) { *(bool *)ctx = true; }
static inline void script_pass(Script *s, int64_t ns) {
    bool over = false;
    timer_start(s->loop, ns, script_wake, &over);
    if (!loop_run_until(s->loop, &over)) abort();
}

#endif
