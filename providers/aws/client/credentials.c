#include "providers/aws/client/credentials.h"

#include "engine/base/log.h"
#include "engine/base/secret.h"
#include "engine/io/child.h"
#include "engine/io/http/retry.h"
#include "providers/aws/client/client_internal.h"
#include "providers/aws/client/slice.h"
#include "providers/aws/client/text.h"

#include <stdlib.h>

// Keys are renewed this long before they expire, so that a request under way does not meet their end.
#define MARGIN (5 * 60 * NS_PER_S)

typedef struct Waiter {
    CredentialsDone done;
    void *ctx;
} Waiter;

struct Credentials {
    AwsClient *client;
    Arena *arena, *keys_arena; // keys_arena: of the keys at hand
    CredentialsPlan plan;
    bool planned;
    AwsKeys keys;
    bool have;
    CredentialsRun *run; // under way
    VEC(Waiter) waiters;
};

Credentials *credentials_new(AwsClient *client) {
    Credentials *c = ARENA_NEW(client->arena, Credentials);
    *c = (Credentials){.client = client, .arena = client->arena};
    return c;
}

static void run_free(CredentialsRun *run) {
    if (run->http) http_drop(run->http);
    if (run->call) aws_cancel(run->call);
    if (run->timer) timer_cancel(run->timer);
    run->owner->run = NULL;
    arena_free(run->arena);
}

// A child process cannot be waited for here: it is told to stop, and its end frees the run.
void credentials_free(Credentials *c) {
    CredentialsRun *run = c->run;
    if (run && run->child) {
        run->owner = NULL;
        timer_cancel(run->timer);
        child_stop(run->child, NS_PER_S);
    } else if (run) {
        run_free(run);
    }
    if (c->keys_arena) arena_free(c->keys_arena);
}

static int64_t now(const Credentials *c) { return c->client->process->clock->wall(c->client->process->clock); }

const AwsKeys *credentials_at_hand(Credentials *c) {
    if (!c->have) return NULL;
    return !c->keys.expires_ns || c->keys.expires_ns - now(c) > MARGIN ? &c->keys : NULL;
}

const AwsKeys *credentials_held(const Credentials *c) { return &c->keys; }

bool credentials_expired(Credentials *c) {
    bool renewable = c->plan.source != FROM_KEYS || c->plan.roles.n;
    if (renewable) c->have = false;
    return renewable;
}

void credentials_forget_waiter(Credentials *c, void *ctx) {
    for (uint32_t i = 0; i < c->waiters.n; i++) {
        if (c->waiters.at[i].ctx != ctx) continue;
        c->waiters.at[i] = c->waiters.at[--c->waiters.n];
        return;
    }
}

static void tell_waiters(Credentials *c, const AwsKeys *keys, Str problem) {
    while (c->waiters.n) {
        Waiter waiter = c->waiters.at[--c->waiters.n];
        waiter.done(waiter.ctx, keys, problem);
    }
}

static void keep_keys(Credentials *c, const AwsKeys *keys) {
    Arena *arena = arena_new(c->client->process, LIFE_WALK, "aws keys");
    c->keys = (AwsKeys){str_copy(arena, keys->access_key), str_copy(arena, keys->secret_key),
                        str_copy(arena, keys->token), keys->expires_ns};
    if (c->keys_arena) arena_free(c->keys_arena);
    c->keys_arena = arena;
    c->have = true;
    secret_register(c->client->process, c->keys.secret_key);
    secret_register(c->client->process, c->keys.token);
}

// The next role, or the end.
static void run_go_on(CredentialsRun *run) {
    if (run->next_role < run->plan->roles.n) {
        credentials_assume_role(run, &run->plan->roles.at[run->next_role++]);
        return;
    }
    Credentials *c = run->owner;
    keep_keys(c, &run->keys);
    run_free(run);
    tell_waiters(c, &c->keys, STR_NONE);
}

void credentials_got(CredentialsRun *run, AwsKeys keys) {
    run->keys = (AwsKeys){str_copy(run->arena, keys.access_key), str_copy(run->arena, keys.secret_key),
                          str_copy(run->arena, keys.token), keys.expires_ns};
    run->tries = 0;
    if (!keys.access_key.n || !keys.secret_key.n)
        credentials_failed(run, "a source of credentials answered without keys");
    else
        run_go_on(run);
}

// Keys that have not quite expired are better than none.
void credentials_failed(CredentialsRun *run, const char *format, ...) {
    Credentials *c = run->owner;
    Arena *arena = arena_new(c->client->process, LIFE_OP, "aws keys");
    Buf problem = buf_in(arena);
    va_list args;
    va_start(args, format);
    buf_vformat(&problem, format, args);
    va_end(args);
    run_free(run);
    log_line(c->client->process, LOG_WARN, "aws", "credentials: %s", problem.p);
    bool usable = c->have && c->keys.expires_ns > now(c);
    tell_waiters(c, usable ? &c->keys : NULL, buf_str(&problem));
    arena_free(arena);
}

static const char no_source[] =
    "no credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or the provider's "
    "own settings";

static void run_source(void *ctx) {
    CredentialsRun *run = ctx;
    run->timer = NULL;
    if (run->plan->problem.n) {
        credentials_failed(run, "%.*s", STR_ARG(run->plan->problem));
        return;
    }
    switch (run->plan->source) {
    case FROM_KEYS: credentials_got(run, run->plan->keys); break;
    case FROM_PROCESS: credentials_from_process(run); break;
    case FROM_WEB_IDENTITY: credentials_from_web_identity(run); break;
    case FROM_SSO: credentials_from_sso(run); break;
    case FROM_CONTAINER: credentials_from_container(run); break;
    case FROM_METADATA: credentials_from_metadata(run); break;
    case FROM_NOWHERE: credentials_failed(run, "%s", no_source); break;
    }
}

void credentials_wait(Credentials *c, CredentialsDone done, void *ctx) {
    Waiter waiter = {done, ctx};
    vec_push(c->arena, &c->waiters, waiter);
    if (c->run) return;
    if (!c->planned) credentials_plan(c->arena, c->client->config, &c->plan);
    c->planned = true;
    Arena *arena = arena_new(c->client->process, LIFE_OP, "aws credentials");
    CredentialsRun *run = ARENA_NEW(arena, CredentialsRun);
    *run = (CredentialsRun){.client = c->client, .owner = c, .arena = arena, .plan = &c->plan};
    c->run = run;
    run->timer = timer_start(c->client->loop, 0, run_source, run);
}

bool credentials_parse(CredentialsRun *run, Str json, AwsKeys *out) {
    StrMap o;
    Arena *arena = run->arena;
    if (!slice_object(arena, json, &o)) return false;
    *out = (AwsKeys){.access_key = slice_text(arena, slice_get(&o, "AccessKeyId")),
                     .secret_key = slice_text(arena, slice_get(&o, "SecretAccessKey")),
                     .token = slice_text(arena, slice_get(&o, "Token"))};
    if (!out->token.n) out->token = slice_text(arena, slice_get(&o, "SessionToken"));
    Str expires = slice_text(arena, slice_get(&o, "Expiration"));
    if (expires.n && !text_time_parse(expires, &out->expires_ns)) return false;
    return out->access_key.n && out->secret_key.n;
}

// --- small requests ---

typedef struct Getting {
    CredentialsRun *run;
    CredentialsGet get;
} Getting;

static void get_send(void *ctx);

static bool get_again(Getting *g) {
    static const RetryPolicy policy = {3, 200 * NS_PER_MS, 2 * NS_PER_S};
    CredentialsRun *run = g->run;
    int64_t delay = retry_delay(run->client->process, &policy, ++run->tries, 0);
    if (delay < 0) return false;
    run->timer = timer_start(run->client->loop, delay, get_send, g);
    return true;
}

static void get_done(void *ctx, const HttpResponse *response) {
    Getting *g = ctx;
    CredentialsRun *run = g->run;
    run->http = NULL;
    bool failed = response->error != HTTP_OK || response->status >= 500 || response->status == 429;
    if (failed && get_again(g)) return;
    run->tries = 0;
    if (response->error != HTTP_OK) {
        credentials_failed(run, "no credentials were found: %s cannot be reached (%.*s)", g->get.what,
                           STR_ARG(response->error_text));
    } else if (response->status == 200) {
        g->get.then(run, str_copy(run->arena, response->body));
    } else if (g->get.otherwise) {
        g->get.otherwise(run, response->status);
    } else {
        credentials_failed(run, "%s gives no credentials: HTTP %d", g->get.what, response->status);
    }
}

static void get_send(void *ctx) {
    Getting *g = ctx;
    CredentialsRun *run = g->run;
    run->timer = NULL;
    HttpRequest request = {.method = g->get.method,
                           .url = g->get.url,
                           .headers = g->get.headers,
                           .header_count = g->get.header_count,
                           .max_body = 1 << 20};
    if (g->get.local) {
        request.connect_timeout_ns = NS_PER_S;
        request.timeout_ns = 5 * NS_PER_S;
        request.no_proxy = STR("*");
    } else {
        client_http_settings(run->client, request.url, &request);
    }
    run->http = http_start(run->client->loop, &request, get_done, g);
}

void credentials_request(CredentialsRun *run, const CredentialsGet *get) {
    Getting *g = ARENA_NEW(run->arena, Getting);
    *g = (Getting){run, *get};
    get_send(g);
}
