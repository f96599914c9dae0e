// From a serialised request to one on the wire: address, headers, signature.
#include "providers/aws/client/call.h"
#include "providers/aws/client/sigv4.h"
#include "providers/aws/client/text.h"
#include "providers/aws/client/wire_log.h"

static Str url_of(const AwsCall *call, Str path) {
    Buf url = buf_in(call->page);
    buf_add(&url, call->endpoint);
    buf_add(&url, path);
    for (uint32_t i = 0; i < call->wire.query.n; i++) {
        HttpHeader pair = call->wire.query.at[i];
        buf_char(&url, i ? '&' : '?');
        text_uri(&url, pair.name, false);
        buf_char(&url, '=');
        text_uri(&url, pair.value, false);
    }
    return buf_str(&url);
}

static Str user_agent(const AwsCall *call) {
    Str more = call->client->config->given.user_agent;
    return str_format(call->page, "infra/" INFRA_VERSION "%s%.*s", more.n ? " " : "", STR_ARG(more));
}

static uint32_t sign(AwsCall *call, const AwsKeys *keys, const AwsAddress *address, Str path, HttpHeader *headers,
                     uint32_t n) {
    const AwsModel *model = call->operation->model;
    Sigv4 s = {.arena = call->page,
               .crypto = call->client->crypto,
               .access_key = keys->access_key,
               .secret_key = keys->secret_key,
               .token = keys->token,
               .region = call->region.n ? call->region : address->region,
               .service = model->signing_name,
               .time_ns = client_wall(call->client),
               .method = call->wire.method,
               .host = address->host,
               .path = path,
               .query = call->wire.query.at,
               .query_count = call->wire.query.n,
               .headers = headers,
               .header_count = n,
               .body = call->wire.body,
               .raw_path = model->s3,
               .content_header = model->s3,
               .unsigned_payload = call->operation->unsigned_payload};
    return sigv4_run(&s, headers + n);
}

bool call_send(AwsCall *call, const AwsKeys *keys, HttpDone done, Str *problem) {
    AwsClient *client = call->client;
    const AwsModel *model = call->operation->model;
    AwsAddress address;
    Str region = call->region.n ? call->region : call->request.region;
    if (!endpoint_find(client->config, model, region, &address, problem)) return false;
    Buf operation_path = buf_in(call->page);
    buf_add(&operation_path, buf_str(&call->wire.path));
    if (model->s3 && call->bucket.n) endpoint_s3(client->config, call->bucket, &address, &operation_path);
    if (call->wire.host_prefix.n && !address.custom)
        address.host = str_concat(call->page, call->wire.host_prefix, address.host);
    call->endpoint = str_format(call->page, "%.*s://%.*s", STR_ARG(address.scheme), STR_ARG(address.host));
    Str path = str_concat(call->page, address.path, buf_str(&operation_path));

    uint32_t n = call->wire.headers.n;
    HttpHeader *headers = ARENA_ARRAY(call->page, HttpHeader, n + 5);
    if (n) memcpy(headers, call->wire.headers.at, n * sizeof *headers);
    headers[n++] = (HttpHeader){STR("User-Agent"), user_agent(call)};
    if (keys) n += sign(call, keys, &address, path, headers, n);

    HttpRequest request = {.method = call->wire.method,
                           .url = url_of(call, path),
                           .headers = headers,
                           .header_count = n,
                           .body = call->wire.body};
    client_http_settings(client, request.url, &request);
    wire_log_request(client->process, call->operation, &request);
    call->sent_at = loop_now(client->loop);
    call->http = http_start(client->loop, &request, done, call);
    return true;
}
