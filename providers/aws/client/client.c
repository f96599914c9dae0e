#include "providers/aws/client/client.h"

#include "engine/base/secret.h"
#include "engine/base/utf8.h"
#include "providers/aws/client/call.h"
#include "providers/aws/client/client_internal.h"
#include "providers/aws/client/throttle.h"

AwsClient *aws_client_new(Loop *loop, Arena *arena, const AwsSettings *settings) {
    AwsClient *client = ARENA_NEW(arena, AwsClient);
    *client = (AwsClient){.loop = loop, .process = loop_process(loop), .arena = arena};
    client->config = settings_resolve(arena, settings);
    client->models = aws_models_new(arena);
    client->throttles = strmap_in(arena);
    client->bucket_regions = strmap_in(arena);
    client->credentials = credentials_new(client);
    secret_register(client->process, client->config->given.secret_key);
    secret_register(client->process, client->config->given.token);
    return client;
}

void aws_client_free(AwsClient *client) {
    if (!client) return;
    // Calls for credentials are among the calls, so the run that waits for them goes first.
    credentials_free(client->credentials);
    while (client->calls) call_drop(client->calls);
    for (uint32_t i = 0; i < client->throttles.n; i++)
        throttle_end((Throttle *)(uintptr_t)client->throttles.items[i].value);
}

Str aws_client_region(const AwsClient *client) { return client->config->region; }

AwsModels *aws_client_models(AwsClient *client) { return client->models; }

const AwsModel *aws_client_model(AwsClient *client, Str service, Diags *diags) {
    return aws_model_load(client->models, service, diags);
}

int64_t client_wall(const AwsClient *client) {
    return client->process->clock->wall(client->process->clock) + client->skew_ns;
}

void client_http_settings(const AwsClient *client, Str url, HttpRequest *request) {
    const AwsSettings *s = &client->config->given;
    bool secure = str_starts(url, STR("https://"));
    request->proxy = secure ? s->https_proxy : s->http_proxy;
    request->no_proxy = s->no_proxy;
    request->ca_bundle = client->config->ca_bundle;
    request->insecure = s->insecure;
}

// "ec2 DescribeVpcs: InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist (HTTP 400, request id …)".
void aws_error_print(const AwsError *error, Buf *out) {
    buf_format(out, "%.*s %.*s: ", STR_ARG(error->service), STR_ARG(error->operation));
    if (error->code.n) buf_format(out, "%.*s: ", STR_ARG(error->code));
    Str message = error->message.n ? error->message : STR("no message");
    buf_add(out, str_slice(message, 0, utf8_valid(message)));
    if (!error->status) return;
    buf_format(out, " (HTTP %d", error->status);
    if (error->request_id.n) buf_format(out, ", request id %.*s", STR_ARG(error->request_id));
    buf_char(out, ')');
}
