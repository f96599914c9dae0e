// A call goes: begin (serialise) -> keys -> token bucket -> sent -> answer, and from an answer back to keys for another
// try or another page, or to its end. Each arrow is a function here; between two of them only the loop runs.
#include "providers/aws/client/call.h"

#include "engine/base/log.h"
#include "engine/io/http/retry.h"
#include "providers/aws/client/errors.h"
#include "providers/aws/client/text.h"
#include "providers/aws/client/throttle.h"
#include "providers/aws/client/wire_log.h"
#include "providers/aws/client/xml.h"

#include <stdlib.h>

#define REDIRECTS_MAX 3u
#define UNREACHED_TRIES 9u
#define SKEWS_MAX 2u
#define RENEWALS_MAX 1u
#define SKEW_NOTICED (60 * NS_PER_S)

static void call_begin(void *ctx);
static void call_ask_keys(AwsCall *call);
static void call_enter(void *ctx);
static void on_answer(void *ctx, const HttpResponse *response);

// --- the end ---

static void call_unlink(AwsCall *call) {
    if (call->prev)
        call->prev->next = call->next;
    else
        call->client->calls = call->next;
    if (call->next) call->next->prev = call->prev;
}

static void call_free(AwsCall *call) {
    if (call->timer) timer_cancel(call->timer);
    call_unlink(call);
    if (call->page) arena_free(call->page);
    free(call);
}

static void call_deliver(AwsCall *call, AwsResult *result) {
    result->tries = call->total_tries;
    AwsDone done = call->done;
    void *ctx = call->ctx;
    done(ctx, result);
    call_free(call);
}

static AwsError error_base(const AwsCall *call) {
    Str name = call->operation ? name_str(call->operation->name) : call->request.operation;
    return (AwsError){.service = call->request.model->service, .operation = name};
}

// Nothing of the caller's arena is touched: it may be gone.
static void deliver_cancelled(void *ctx) {
    AwsCall *call = ctx;
    call->timer = NULL;
    AwsResult result = {.error = error_base(call)};
    result.error.code = STR("RequestCanceled");
    result.error.message = STR("the call was cancelled");
    result.error.sent = call->total_tries > 0;
    call_deliver(call, &result);
}

static void call_fail(AwsCall *call, AwsError error) {
    Str *texts[] = {&error.service, &error.operation, &error.code, &error.message, &error.request_id};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = str_copy(call->arena, *texts[i]);
    AwsResult result = {.error = error};
    call_deliver(call, &result);
}

// What never reached AWS: the reason has a code of our own.
static void call_fail_here(AwsCall *call, Str code, Str message) {
    AwsError error = error_base(call);
    error.code = code;
    error.message = message;
    call_fail(call, error);
}

void call_drop(AwsCall *call) {
    AwsClient *client = call->client;
    if (call->state == CALL_QUEUED)
        throttle_forget(strmap_get_ptr(&client->throttles, call->operation->model->service), call);
    if (call->state == CALL_SENT) http_drop(call->http);
    call_free(call);
}

void aws_cancel(AwsCall *call) {
    if (call->cancelled) return;
    call->cancelled = true;
    if (call->state == CALL_SENT) {
        http_cancel(call->http);
        return;
    }
    if (call->timer) timer_cancel(call->timer);
    if (call->state == CALL_KEYS) credentials_forget_waiter(call->client->credentials, call);
    if (call->state == CALL_QUEUED)
        throttle_forget(strmap_get_ptr(&call->client->throttles, call->operation->model->service), call);
    call->state = CALL_STARTING;
    call->timer = timer_start(call->client->loop, 0, deliver_cancelled, call);
}

// --- begin ---

AwsCall *call_start(AwsClient *client, Arena *arena, const AwsRequest *request, CallKeys how, const AwsKeys *keys,
                    AwsDone done, void *ctx) {
    AwsCall *call = calloc(1, sizeof *call);
    if (!call) abort();
    *call = (AwsCall){.client = client,
                      .next = client->calls,
                      .arena = arena,
                      .request = *request,
                      .how = how,
                      .done = done,
                      .ctx = ctx};
    call->operation = aws_model_operation(request->model, request->operation);
    call->request.region = str_copy(arena, request->region);
    bool no_input = request->input.kind == TYPE_DYNAMIC; // null, or nothing at all
    call->input = no_input ? value_null(client->process, type_dynamic(client->process)) : request->input;
    if (request->raw_payload) call->request.payload = str_copy(arena, request->payload);
    Str *codes = ARENA_ARRAY(arena, Str, request->retry_code_count);
    for (uint32_t i = 0; i < request->retry_code_count; i++) codes[i] = str_copy(arena, request->retry_codes[i]);
    call->request.retry_codes = codes;
    if (keys)
        call->keys = (AwsKeys){str_copy(arena, keys->access_key), str_copy(arena, keys->secret_key),
                               str_copy(arena, keys->token), keys->expires_ns};
    call->max_tries = request->max_tries ? request->max_tries : client->config->max_tries;
    if (call->next) call->next->prev = call;
    client->calls = call;
    call->timer = timer_start(client->loop, 0, call_begin, call);
    return call;
}

AwsCall *aws_call(AwsClient *client, Arena *arena, const AwsRequest *request, AwsDone done, void *ctx) {
    return call_start(client, arena, request, CALL_OWN_KEYS, NULL, done, ctx);
}

// The bucket decides the host, and what was learned of it the region.
static void note_bucket(AwsCall *call) {
    if (!call->operation->model->s3) return;
    const Value *bucket = value_get_str(call->input, STR("Bucket"));
    if (!bucket || !value_is_set(*bucket) || bucket->kind != TYPE_STRING) return;
    call->bucket = value_str(*bucket);
    const Str *region = strmap_get_ptr(&call->client->bucket_regions, call->bucket);
    if (region && !call->request.region.n) call->region = *region;
}

// Made when it is about to be sent: those that queue hold no memory.
static bool build_page(AwsCall *call) {
    if (call->page)
        arena_reset(call->page);
    else
        call->page = arena_new(call->client->process, LIFE_OP, "aws request");
    call->built = true;
    const Str *payload = call->request.raw_payload ? &call->request.payload : NULL;
    return protocol_request(call->page, call->operation, call->input, payload, &call->wire);
}

static void call_begin(void *ctx) {
    AwsCall *call = ctx;
    call->timer = NULL;
    AwsClient *client = call->client;
    char *why = NULL;
    if (!client->crypto) client->crypto = crypto_open(&why);
    if (!client->crypto) {
        Str problem = str_format(call->arena, "infra-crypto.so, which signing needs, cannot be opened: %s", why);
        free(why);
        call_fail_here(call, STR("CannotLoad"), problem);
        return;
    }
    if (!call->operation) {
        call_fail_here(call, STR("UnknownOperation"), STR("the service's model has no such operation"));
        return;
    }
    note_bucket(call);
    if (call->request.all_pages && call->operation->paginator)
        call->paging = paging_start(call->arena, call->operation->paginator);
    call_ask_keys(call);
}

// --- keys, token bucket, sending ---

static bool is_unsigned(const AwsCall *call) { return call->how == CALL_UNSIGNED || call->operation->unsigned_request; }

static void on_keys(void *ctx, const AwsKeys *keys, Str problem) {
    AwsCall *call = ctx;
    call->state = CALL_STARTING;
    if (keys)
        call_enter(call);
    else
        call_fail_here(call, STR("NoCredentials"), problem);
}

static void call_ask_keys(AwsCall *call) {
    Credentials *credentials = call->client->credentials;
    if (is_unsigned(call) || call->how == CALL_THESE_KEYS || credentials_at_hand(credentials)) {
        call_enter(call);
        return;
    }
    call->state = CALL_KEYS;
    credentials_wait(credentials, on_keys, call);
}

static Throttle *throttle_of(AwsCall *call) {
    AwsClient *client = call->client;
    Str service = call->operation->model->service;
    Throttle *throttle = strmap_get_ptr(&client->throttles, service);
    if (throttle) return throttle;
    throttle = throttle_new(client->arena, client->loop);
    strmap_put_ptr(&client->throttles, service, throttle);
    return throttle;
}

// Ends a call that has a place in the service's bucket, but cannot be sent.
static void call_fail_unsent(AwsCall *call, Str code, Str problem) {
    call->state = CALL_STARTING;
    throttle_leave(throttle_of(call), false);
    call_fail_here(call, code, problem);
}

static void call_go(void *ctx) {
    AwsCall *call = ctx;
    const AwsKeys *keys = NULL;
    Str problem = STR_NONE;
    if (!call->built && !build_page(call)) {
        call_fail_unsent(call, STR("InvalidInput"), call->wire.problem);
        return;
    }
    call->state = CALL_SENT;
    if (call->how == CALL_THESE_KEYS) keys = &call->keys;
    if (call->how == CALL_OWN_KEYS && !is_unsigned(call)) keys = credentials_held(call->client->credentials);
    call->tries++;
    call->total_tries++;
    if (call_send(call, keys, on_answer, &problem)) return;
    call->tries--;
    call_fail_unsent(call, STR("InvalidEndpoint"), problem);
}

static void call_enter(void *ctx) {
    AwsCall *call = ctx;
    call->state = CALL_QUEUED;
    if (throttle_enter(throttle_of(call), call_go, call)) call_go(call);
}

// --- answers ---

static void call_next_try(void *ctx) {
    AwsCall *call = ctx;
    call->timer = NULL;
    call_ask_keys(call);
}

static void try_later(AwsCall *call, int64_t delay_ns) {
    call->state = CALL_STARTING;
    call->timer = timer_start(call->client->loop, delay_ns, call_next_try, call);
}

static Str page_text(const XmlNode *root, const char *name) { return root ? str_trim(xml_text(root, name)) : STR_NONE; }

// S3 names the bucket's region when it was asked elsewhere.
static bool follow_region(AwsCall *call, const HttpResponse *response, const AwsError *error) {
    bool redirect = error->status == 301 || error->status == 307 ||
                    (error->status == 400 &&
                     (str_eqz(error->code, "AuthorizationHeaderMalformed") || str_eqz(error->code, "BadRequest")));
    if (!call->operation->model->s3 || !call->bucket.n || !redirect || call->redirects >= REDIRECTS_MAX) return false;
    Str region = http_header(response, STR("x-amz-bucket-region"));
    if (!region.n) region = page_text(xml_parse(call->page, response->body), "Region");
    Str asked = call->region.n           ? call->region
                : call->request.region.n ? call->request.region
                                         : call->client->config->region;
    if (!region.n || str_eq(region, asked)) return false;
    call->redirects++;
    Arena *arena = call->client->arena;
    Str *learned = ARENA_NEW(arena, Str);
    *learned = str_copy(arena, region);
    strmap_put_ptr(&call->client->bucket_regions, str_copy(arena, call->bucket), learned);
    call->region = *learned;
    return true;
}

// A signature was refused, and the server's clock shows why.
static bool correct_clock(AwsCall *call, const HttpResponse *response) {
    AwsClient *client = call->client;
    int64_t server;
    if (call->skews >= SKEWS_MAX || !text_time_parse(http_header(response, STR("Date")), &server)) return false;
    int64_t skew = server - client->process->clock->wall(client->process->clock), change = skew - client->skew_ns;
    if (change < SKEW_NOTICED && change > -SKEW_NOTICED) return false;
    call->skews++;
    client->skew_ns = skew;
    log_line(client->process, LOG_WARN, "aws", "the local clock is %lld s off; requests are signed with AWS's",
             (long long)(skew / NS_PER_S));
    return true;
}

static bool is_asked_for(const AwsCall *call, Str code) {
    for (uint32_t i = 0; i < call->request.retry_code_count; i++)
        if (str_eq(call->request.retry_codes[i], code)) return true;
    return false;
}

static void retry_or_fail(AwsCall *call, ErrorKind kind, AwsError error, int64_t server_ns) {
    // Where nobody answers at all, an address is wrong or a network is gone: people want to hear of it soon.
    uint32_t most = error.status == 0 && !error.sent && call->max_tries > UNREACHED_TRIES ? UNREACHED_TRIES : call->max_tries;
    RetryPolicy policy = {most, (kind == ERROR_THROTTLED ? 500 : 100) * NS_PER_MS, 20 * NS_PER_S};
    int64_t delay = kind == ERROR_FINAL ? -1 : retry_delay(call->client->process, &policy, call->tries, server_ns);
    if (delay >= 0) {
        try_later(call, delay);
        return;
    }
    error.retryable = kind != ERROR_FINAL;
    call_fail(call, error);
}

static void on_transport_error(AwsCall *call, const HttpResponse *response) {
    AwsError error = error_base(call);
    error.message = str_format(call->page, "%.*s: %.*s", STR_ARG(call->endpoint), STR_ARG(response->error_text));
    error.sent = response->sent;
    ErrorKind kind = error_kind_of_transport(response->error);
    if (call->request.no_resend && response->sent) kind = ERROR_FINAL;
    retry_or_fail(call, kind, error, 0);
}

static void on_error(AwsCall *call, const HttpResponse *response, AwsError error) {
    ErrorKind kind = error_kind(&error);
    if (follow_region(call, response, &error) || (kind == ERROR_CLOCK_SKEW && correct_clock(call, response))) {
        try_later(call, 0);
        return;
    }
    if (kind == ERROR_EXPIRED && call->how == CALL_OWN_KEYS && call->renewals < RENEWALS_MAX &&
        credentials_expired(call->client->credentials)) {
        call->renewals++;
        try_later(call, 0);
        return;
    }
    if (kind == ERROR_CLOCK_SKEW || kind == ERROR_EXPIRED) kind = ERROR_FINAL;
    if (kind == ERROR_FINAL && is_asked_for(call, error.code)) kind = ERROR_TRANSIENT;
    int64_t server_ns = retry_after(call->client->process, http_header(response, STR("Retry-After")));
    retry_or_fail(call, kind, error, server_ns);
}

static void on_success(AwsCall *call, const HttpResponse *response) {
    AwsResult result = {.ok = true};
    Str problem = STR_NONE;
    if (!protocol_result(call->arena, call->operation, response, call->request.raw_payload, &result.output, &problem)) {
        AwsError error = error_base(call);
        error.status = response->status;
        error.sent = true;
        error.message = problem;
        call_fail(call, error);
        return;
    }
    if (call->paging.paginator) {
        Value next;
        if (paging_add(&call->paging, result.output, call->input, &next)) {
            call->input = next;
            call->built = false;
            call->tries = 0;
            call_ask_keys(call);
            return;
        }
        result.output = paging_finish(&call->paging);
    }
    if (call->request.raw_payload) result.payload = response->body;
    call_deliver(call, &result);
}

static void on_answer(void *ctx, const HttpResponse *response) {
    AwsCall *call = ctx;
    call->http = NULL;
    AwsClient *client = call->client;
    wire_log_response(client->process, call->operation, response);
    AwsError error = error_base(call);
    bool answered = response->error == HTTP_OK;
    bool failed = answered && (response->status >= 300 || protocol_hidden_error(call->page, call->operation, response));
    error.request_id = protocol_request_id(response);
    if (failed) protocol_error(call->page, call->operation, response, &error);
    wire_log_try(client->process, call->operation, response, error.request_id, call->tries,
                 loop_now(client->loop) - call->sent_at);
    throttle_leave(throttle_of(call), failed && error_kind(&error) == ERROR_THROTTLED);
    call->state = CALL_STARTING;
    if (call->cancelled)
        deliver_cancelled(call);
    else if (!answered)
        on_transport_error(call, response);
    else if (failed)
        on_error(call, response, error);
    else
        on_success(call, response);
}
