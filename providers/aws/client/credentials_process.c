// credential_process: a command of the profile prints keys as JSON.
#include "engine/io/child.h"
#include "providers/aws/client/client_internal.h"
#include "providers/aws/client/slice.h"

#define PROCESS_TIME (60 * NS_PER_S)

static void on_timeout(void *ctx) {
    CredentialsRun *run = ctx;
    run->timer = NULL;
    child_stop(run->child, NS_PER_S);
}

static void on_done(void *ctx, int status, Str out, Str err) {
    CredentialsRun *run = ctx;
    run->child = NULL;
    if (!run->owner) { // the client is gone
        arena_free(run->arena);
        return;
    }
    bool in_time = run->timer;
    if (run->timer) timer_cancel(run->timer);
    run->timer = NULL;
    if (status != 0) {
        credentials_failed(run, "credential_process %s%d: %.*s", in_time ? "ended with " : "took too long, ended with ",
                           status, STR_ARG(str_slice(str_trim(err), 0, 500)));
        return;
    }
    StrMap o;
    AwsKeys keys;
    bool version_1 = slice_object(run->arena, str_trim(out), &o) && str_eqz(slice_get(&o, "Version"), "1");
    if (!version_1 || !credentials_parse(run, str_trim(out), &keys))
        credentials_failed(run, "what credential_process prints is not a JSON object with Version 1 and keys");
    else
        credentials_got(run, keys);
}

void credentials_from_process(CredentialsRun *run) {
    Diags diags = diags_in(run->arena);
    Str command = config_get(run->plan->profile, "credential_process");
    const char *argv[] = {"sh", "-c", str_to_z(run->arena, command), NULL};
    ChildSpec spec = {.argv = argv, .max_output = 1 << 20, .done = on_done, .ctx = run};
    run->child = child_start(run->client->loop, &spec, &diags);
    if (run->child)
        run->timer = timer_start(run->client->loop, PROCESS_TIME, on_timeout, run);
    else
        credentials_failed(run, "%.*s", STR_ARG(diags.list.at[0].detail));
}
