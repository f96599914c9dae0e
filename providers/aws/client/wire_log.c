#include "providers/aws/client/wire_log.h"

#include "engine/base/clock.h"
#include "engine/base/log.h"
#include "engine/base/map.h"
#include "providers/aws/client/text.h"

#define BODY_SHOWN 65536u

// Each shape is looked at once, so circles end.
static bool holds_secrets(const AwsShape *shape, IdMap *seen) {
    bool added;
    if (!shape) return false;
    if (shape->sensitive || shape->streaming) return true;
    idmap_put(seen, (uint64_t)(uintptr_t)shape, &added);
    for (uint32_t i = 0; added && i < shape->n; i++)
        if (holds_secrets(shape->members[i].shape, seen)) return true;
    return false;
}

static bool body_is_open(Process *process, const AwsOperation *operation, const AwsShape *shape) {
    if (str_eqz(operation->model->service, "sts")) return false; // its answers are keys
    if (shape && shape->payload >= 0 && shape->members[shape->payload].shape->kind == AWS_BLOB) return false;
    Arena *scratch = arena_new(process, LIFE_OP, "log");
    IdMap seen = idmap_in(scratch);
    bool open = !holds_secrets(shape, &seen);
    arena_free(scratch);
    return open;
}

static void log_headers(Process *process, const char *mark, const HttpHeader *headers, uint32_t n) {
    static const Str secret[] = {STR_INIT("Authorization"), STR_INIT("X-Amz-Security-Token"),
                                 STR_INIT("x-amz-sso_bearer_token"),
                                 STR_INIT("x-amz-server-side-encryption-customer-key")};
    for (uint32_t i = 0; i < n; i++) {
        bool hidden = false;
        for (size_t s = 0; s < sizeof secret / sizeof *secret; s++) hidden |= text_same(headers[i].name, secret[s]);
        if (hidden)
            log_line(process, LOG_TRACE, "aws", "%s %.*s: (redacted)", mark, STR_ARG(headers[i].name));
        else
            log_line(process, LOG_TRACE, "aws", "%s %.*s: %.*s", mark, STR_ARG(headers[i].name),
                     STR_ARG(headers[i].value));
    }
}

static void log_body(Process *process, const char *mark, Str body, bool open) {
    if (body.n == 0) return;
    if (!open)
        log_line(process, LOG_TRACE, "aws", "%s (%zu bytes, which may hold secrets)", mark, body.n);
    else
        log_line(process, LOG_TRACE, "aws", "%s %.*s", mark, STR_ARG(str_slice(body, 0, BODY_SHOWN)));
}

void wire_log_request(Process *process, const AwsOperation *operation, const HttpRequest *request) {
    if (!log_on(process, LOG_TRACE, "aws")) return;
    log_line(process, LOG_TRACE, "aws", "> %.*s %.*s", STR_ARG(request->method), STR_ARG(request->url));
    log_headers(process, ">", request->headers, request->header_count);
    log_body(process, ">", request->body, body_is_open(process, operation, operation->input));
}

void wire_log_response(Process *process, const AwsOperation *operation, const HttpResponse *response) {
    if (!log_on(process, LOG_TRACE, "aws")) return;
    if (response->error != HTTP_OK) {
        log_line(process, LOG_TRACE, "aws", "< %.*s", STR_ARG(response->error_text));
        return;
    }
    log_line(process, LOG_TRACE, "aws", "< %d", response->status);
    log_headers(process, "<", response->headers, response->header_count);
    bool open = response->status >= 300 || body_is_open(process, operation, operation->output);
    log_body(process, "<", response->body, open);
}

void wire_log_try(Process *process, const AwsOperation *operation, const HttpResponse *response, Str request_id,
                  uint32_t tries, int64_t ns) {
    if (!log_on(process, LOG_DEBUG, "aws")) return;
    double ms = (double)ns / (double)NS_PER_MS;
    Str service = operation->model->service;
    if (response->error != HTTP_OK)
        log_line(process, LOG_DEBUG, "aws", "%.*s %s: %.*s, try %u, %.1f ms", STR_ARG(service), operation->name->text,
                 STR_ARG(response->error_text), tries, ms);
    else
        log_line(process, LOG_DEBUG, "aws", "%.*s %s: %d, try %u, %.1f ms, request id %.*s", STR_ARG(service),
                 operation->name->text, response->status, tries, ms, STR_ARG(request_id));
}
