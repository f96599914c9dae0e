// Roles by STS: AssumeRole with the keys so far, AssumeRoleWithWebIdentity with a token.
#include "engine/io/file.h"
#include "providers/aws/client/client_internal.h"
#include "providers/aws/client/text.h"

typedef struct Input {
    CredentialsRun *run;
    VEC(Name) names;
    VEC(Value) values;
} Input;

static void put(Input *in, const char *name, Value v) {
    vec_push(in->run->arena, &in->names, name_of(in->run->client->process, str_of(name)));
    vec_push(in->run->arena, &in->values, v);
}

static void put_text(Input *in, const char *name, Str text) {
    if (text.n) put(in, name, value_string(in->run->arena, text));
}

static Value object_of(Input *in) { return value_object_of(in->run->arena, in->names.at, in->values.at, in->names.n); }

// [{ arn = … }]
static void put_policies(Input *in, const AwsAssumeRole *role) {
    if (!role->policy_arn_count) return;
    Value *at = ARENA_ARRAY(in->run->arena, Value, role->policy_arn_count);
    for (uint32_t i = 0; i < role->policy_arn_count; i++) {
        Input one = {.run = in->run};
        put_text(&one, "arn", role->policy_arns[i]);
        at[i] = object_of(&one);
    }
    put(in, "PolicyArns", value_tuple(in->run->arena, at, role->policy_arn_count));
}

// { k = v } as [{ Key = k, Value = v }]
static void put_tags(Input *in, Value tags) {
    bool map = tags.kind == TYPE_MAP;
    if (!value_is_set(tags) || (!map && tags.kind != TYPE_OBJECT) || tags.n == 0) return;
    Value *at = ARENA_ARRAY(in->run->arena, Value, tags.n);
    for (uint32_t i = 0; i < tags.n; i++) {
        Input one = {.run = in->run};
        put_text(&one, "Key", map ? tags.map->at[i].key : name_str(tags.obj->shape->names[i]));
        put(&one, "Value", map ? tags.map->at[i].value : tags.obj->at[i]);
        at[i] = object_of(&one);
    }
    put(in, "Tags", value_tuple(in->run->arena, at, tags.n));
}

static void put_common(Input *in, const AwsAssumeRole *role) {
    put_text(in, "RoleArn", role->role_arn);
    Str session = role->session_name;
    if (!session.n)
        session = str_format(in->run->arena, "infra-%lld", (long long)(client_wall(in->run->client) / NS_PER_S));
    put_text(in, "RoleSessionName", session);
    put_text(in, "Policy", role->policy);
    put_policies(in, role);
    if (role->duration_s > 0) put(in, "DurationSeconds", value_int(role->duration_s));
}

static Str member(Value object, const char *name) {
    const Value *v = value_get_str(object, str_of(name));
    return v && value_is_set(*v) && v->kind == TYPE_STRING ? value_str(*v) : STR_NONE;
}

static void on_role(void *ctx, const AwsResult *result) {
    CredentialsRun *run = ctx;
    // The run that made the call may be gone: it cancelled it then.
    if (!result->ok && str_eqz(result->error.code, "RequestCanceled")) return;
    run->call = NULL;
    if (!result->ok) {
        Buf text = buf_in(run->arena);
        aws_error_print(&result->error, &text);
        credentials_failed(run, "the role cannot be assumed: %.*s", STR_ARG(buf_str(&text)));
        return;
    }
    const Value *found = value_get_str(result->output, STR("Credentials"));
    AwsKeys keys = {0};
    if (found && value_is_set(*found)) {
        keys = (AwsKeys){member(*found, "AccessKeyId"), member(*found, "SecretAccessKey"),
                         member(*found, "SessionToken"), 0};
        Str expires = member(*found, "Expiration");
        if (expires.n) text_time_parse(expires, &keys.expires_ns);
    }
    credentials_got(run, keys);
}

static void call_sts(CredentialsRun *run, const char *operation, Value input, CallKeys how) {
    Diags diags = diags_in(run->arena);
    const AwsModel *sts = aws_model_load(run->client->models, STR("sts"), &diags);
    if (!sts) {
        credentials_failed(run, "%.*s", STR_ARG(diags.list.at[0].detail));
        return;
    }
    Str region = run->client->config->given.sts_region;
    if (!region.n) region = run->client->config->region;
    AwsRequest request = {
        .model = sts, .operation = str_of(operation), .input = input, .region = region.n ? region : STR("us-east-1")};
    run->call = call_start(run->client, run->arena, &request, how, &run->keys, on_role, run);
}

// The device's code, asked for each time that the role is assumed.
static bool put_mfa(Input *in, const AwsAssumeRole *role) {
    const AwsSettings *given = &in->run->client->config->given;
    char code[64];
    if (!role->mfa_serial.n) return true;
    if (!given->ask_mfa || !given->ask_mfa(given->ask_mfa_ctx, role->mfa_serial, code, sizeof code)) {
        credentials_failed(in->run,
                           "the role %.*s needs a code of the multi-factor device %.*s, and nobody gave it. Get "
                           "temporary credentials first and pass them in the environment",
                           STR_ARG(role->role_arn), STR_ARG(role->mfa_serial));
        return false;
    }
    put_text(in, "SerialNumber", role->mfa_serial);
    put_text(in, "TokenCode", str_of(code));
    return true;
}

void credentials_assume_role(CredentialsRun *run, const AwsAssumeRole *role) {
    Input in = {.run = run};
    put_common(&in, role);
    if (!put_mfa(&in, role)) return;
    put_text(&in, "ExternalId", role->external_id);
    put_text(&in, "SourceIdentity", role->source_identity);
    put_tags(&in, role->tags);
    if (role->transitive_tag_keys.kind != TYPE_DYNAMIC) put(&in, "TransitiveTagKeys", role->transitive_tag_keys);
    call_sts(run, "AssumeRole", object_of(&in), CALL_THESE_KEYS);
}

void credentials_from_web_identity(CredentialsRun *run) {
    const AwsAssumeRole *web = &run->plan->web;
    Str token = web->token;
    if (!token.n) {
        Diags diags = diags_in(run->arena);
        if (!file_read(run->arena, str_to_z(run->arena, web->token_file), 1 << 20, &token, &diags)) {
            credentials_failed(run, "%.*s", STR_ARG(diags.list.at[0].detail));
            return;
        }
    }
    Input in = {.run = run};
    put_common(&in, web);
    put_text(&in, "WebIdentityToken", str_trim(token));
    call_sts(run, "AssumeRoleWithWebIdentity", object_of(&in), CALL_UNSIGNED);
}
