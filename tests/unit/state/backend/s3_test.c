// The S3 backend against scripted exchanges: what goes over the wire, and what is made of answers that no emulator
// gives.
#include "tests/harness/unit.h"

#include "engine/io/http/http.h"
#include "engine/io/loop.h"
#include "engine/schema/schema.h"
#include "engine/value/marks.h"
#include "state/backend/s3.h"
#include "state/backend/s3_config.h"

#include <stdlib.h>

typedef struct Exchange {
    const char *request; // "METHOD part-of-url"
    const char *sends;   // part of "Header: value" lines and body, or NULL
    int status;
    const char *body;
    const char *etag;
} Exchange;

typedef struct Setting {
    const char *name, *value;
} Setting;

typedef struct Rig {
    Process *process;
    Arena *arena;
    Loop *loop;
    Diags diags;
    HttpTransport transport;
    const Exchange *script;
    uint32_t at;
    HttpDone done;
    void *ctx;
    Backend *backend;
    StateStore *store;
} Rig;

static void deliver(void *ctx) {
    Rig *rig = ctx;
    const Exchange *e = &rig->script[rig->at++];
    HttpHeader headers[] = {{STR("ETag"), str_of(e->etag ? e->etag : "")},
                            {STR("Content-Type"), STR("application/xml")}};
    HttpResponse response = {.sent = true,
                             .status = e->status,
                             .headers = headers,
                             .header_count = 2,
                             .body = str_of(e->body ? e->body : "")};
    if (!e->status) response.error = HTTP_BROKEN;
    rig->done(rig->ctx, &response);
}

static void *start(void *transport, const HttpRequest *request, HttpDone done, void *ctx) {
    Rig *rig = transport;
    const Exchange *e = &rig->script[rig->at];
    Buf wire = buf_in(rig->arena), line = buf_in(rig->arena);
    for (uint32_t i = 0; i < request->header_count; i++)
        buf_format(&wire, "%.*s: %.*s\n", STR_ARG(request->headers[i].name), STR_ARG(request->headers[i].value));
    buf_add(&wire, request->body);
    buf_format(&line, "%.*s %.*s", STR_ARG(request->method), STR_ARG(request->url));
    if (!e->request) fail_msg("not in the script: %.*s\n%.*s", STR_ARG(buf_str(&line)), STR_ARG(buf_str(&wire)));
    Str want = str_of(e->request), method;
    str_next(&want, ' ', &method);
    if (!str_eq(method, request->method) || str_find(request->url, want) < 0)
        fail_msg("got %.*s, want %s", STR_ARG(buf_str(&line)), e->request);
    if (e->sends && str_find(buf_str(&wire), str_of(e->sends)) < 0)
        fail_msg("%s\nis not in\n%.*s", e->sends, STR_ARG(buf_str(&wire)));
    rig->done = done;
    rig->ctx = ctx;
    loop_post(rig->loop, deliver, rig);
    return rig;
}

static void cancel(void *transport, void *handle) { (void)transport, (void)handle; }

static Value make_config(Rig *rig, const Setting *settings) {
    static const Setting common[] = {{"bucket", "b"},
                                     {"key", "k"},
                                     {"region", "eu-west-1"},
                                     {"access_key", "AKID"},
                                     {"secret_key", "secret"},
                                     {"use_path_style", "true"},
                                     {0}};
    const SchemaBlock *schema = s3_schema(rig->process);
    Value *at = ARENA_ARRAY(rig->arena, Value, schema->shape->n);
    memcpy(at, value_elements(schema_empty(rig->arena, schema)), schema->shape->n * sizeof *at);
    const Setting *lists[] = {common, settings};
    for (int i = 0; i < 2; i++) {
        for (const Setting *s = lists[i]; s && s->name; s++) {
            int32_t place = shape_find(schema->shape, str_of(s->name));
            assert_true(place >= 0);
            const Type *type = schema->type->types[place];
            Value text = value_string(rig->arena, str_of(s->value));
            if (type->kind == TYPE_BOOL)
                at[place] = value_bool(strcmp(s->value, "true") == 0);
            else if (type->kind == TYPE_SET)
                at[place] = value_set(rig->arena, type->elem, &text, 1);
            else if (type->kind == TYPE_MAP)
                at[place] = value_map(rig->arena, type->elem, (MapItem[]){{STR("a b"), text}}, 1);
            else
                at[place] = text;
        }
    }
    return value_object(rig->arena, schema->shape, at);
}

static Rig *rig_new(const Setting *settings) {
    Rig *rig = calloc(1, sizeof *rig);
    rig->process = test_process();
    type_init(rig->process);
    marks_init(rig->process);
    rig->arena = arena_new(rig->process, LIFE_WALK, "test");
    rig->loop = loop_new(rig->process);
    loop_set_fake(rig->loop, true);
    rig->diags = diags_in(rig->arena);
    rig->transport = (HttpTransport){start, cancel, rig};
    http_set_transport(rig->loop, &rig->transport);
    rig->backend = backend_s3.configure(rig->loop, rig->arena, make_config(rig, settings), &rig->diags);
    if (rig->backend) rig->store = rig->backend->vt->open(rig->backend, rig->arena, STR("default"), &rig->diags);
    return rig;
}

// The whole script was played.
static void rig_free(Rig *rig) {
    if (rig->script) assert_null(rig->script[rig->at].request);
    if (rig->backend) rig->backend->vt->free(rig->backend);
    loop_free(rig->loop);
    arena_free(rig->arena);
    process_free(rig->process);
    free(rig);
}

static void play(Rig *rig, const Exchange *script) {
    if (rig->script) assert_null(rig->script[rig->at].request);
    rig->script = script;
    rig->at = 0;
}

static StoreResult finish(Rig *rig, BackendWait *wait) {
    backend_wait(rig->loop, wait);
    assert_true(wait->done);
    return wait->result;
}

static StoreResult read_state(Rig *rig) {
    BackendWait wait = {0};
    rig->store->vt->read(rig->store, rig->arena, backend_wait_done, &wait, &rig->diags);
    return finish(rig, &wait);
}

static StoreResult write_state(Rig *rig, const char *if_match) {
    BackendWait wait = {0};
    rig->store->vt->write(rig->store, STR("{}"), str_of(if_match), backend_wait_done, &wait, &rig->diags);
    return finish(rig, &wait);
}

static LockInfo the_lock(void) {
    return (LockInfo){.id = STR("id-1"),
                      .operation = STR("op"),
                      .who = STR("me@here"),
                      .version = STR("1.12.6"),
                      .created = STR("2026-01-02T15:04:05Z"),
                      .path = STR("b/k")};
}

static StoreResult lock_state(Rig *rig) {
    BackendWait wait = {0};
    LockInfo info = the_lock();
    rig->store->vt->lock(rig->store, rig->arena, &info, backend_wait_done, &wait, &rig->diags);
    return finish(rig, &wait);
}

static StoreResult unlock_state(Rig *rig) {
    BackendWait wait = {0};
    rig->store->vt->unlock(rig->store, STR("id-1"), backend_wait_done, &wait, &rig->diags);
    return finish(rig, &wait);
}

static bool said(const Rig *rig, const char *part) {
    for (uint32_t i = 0; i < rig->diags.list.n; i++)
        if (str_find(rig->diags.list.at[i].detail, str_of(part)) >= 0 ||
            str_find(rig->diags.list.at[i].summary, str_of(part)) >= 0)
            return true;
    return false;
}

#define NO_KEY 404, "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>", NULL
#define PRECONDITION 412, "<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>", NULL
#define OURS                                                                                                           \
    "{\"ID\":\"id-1\",\"Operation\":\"op\",\"Info\":\"\",\"Who\":\"me@here\",\"Version\":\"1.12.6\",\"Created\":"      \
    "\"2026-01-02T15:04:05Z\",\"Path\":\"b/k\"}"
#define THEIRS                                                                                                         \
    "{\"ID\":\"id-2\",\"Operation\":\"op\",\"Info\":\"\",\"Who\":\"ann@there\",\"Version\":\"1\",\"Created\":"         \
    "\"2026-01-02T15:04:05Z\",\"Path\":\"b/k\"}"

static void what_is_sent(void **state) {
    (void)state;
    Rig *rig = rig_new(
        (Setting[]){{"encrypt", "true"}, {"kms_key_id", "alias/key"}, {"acl", "private"}, {"state_tags", "c&d"}, {0}});
    play(rig, (Exchange[]){{"PUT /b/k", "If-Match: \"v1\"", 200, NULL, "\"v2\""},
                           {"PUT /b/k", "x-amz-server-side-encryption: aws:kms", 200, NULL, "\"v3\""},
                           {"PUT /b/k", "x-amz-checksum-sha256: RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=", 200,
                            NULL, "\"\""},
                           {"PUT /b/k", "x-amz-tagging: a+b=c%26d", 200, NULL, "\"\""},
                           {"PUT /b/k", "\n{}", 200, NULL, "\"\""},
                           {0}});
    assert_str(write_state(rig, "\"v1\"").version, "\"v2\"");
    for (int i = 0; i < 4; i++) assert_true(write_state(rig, "").ok);
    rig_free(rig);
}

static void missing_and_empty_objects_are_no_state(void **state) {
    (void)state;
    Rig *rig = rig_new(NULL);
    play(rig, (Exchange[]){{"GET /b/k", NULL, NO_KEY},
                           {"GET /b/k", NULL, 200, "", "\"v\""},
                           {"GET /b/k", NULL, 404, "<html>proxy</html>", NULL},
                           {"GET /b/k", NULL, 404, "<Error><Code>NoSuchBucket</Code></Error>", NULL},
                           {0}});
    assert_false(read_state(rig).found);
    assert_false(read_state(rig).found);
    assert_false(diags_failed(&rig->diags));
    assert_false(read_state(rig).ok); // an answer that is not the store's is not "not found"
    assert_false(read_state(rig).ok);
    assert_true(said(rig, "The bucket \"b\" does not exist"));
    rig_free(rig);
}

#define DIGEST(md5) "{\"Item\":{\"LockID\":{\"S\":\"b/k-md5\"},\"Digest\":{\"S\":\"" md5 "\"}}}"
#define OF_BRACES "99914b932bd37a50b983c5e7c90ae93b"

static void a_late_store_is_waited_for(void **state) {
    (void)state;
    Rig *rig = rig_new((Setting[]){{"dynamodb_table", "t"}, {0}});
    play(rig, (Exchange[]){{"GET /b/k", NULL, 200, "{ }", "\"old\""},
                           {"POST dynamodb", "b/k-md5", 200, DIGEST(OF_BRACES), NULL},
                           {"GET /b/k", NULL, 200, "{}", "\"new\""},
                           {"POST dynamodb", "GetItem", 200, DIGEST(OF_BRACES), NULL},
                           {0}});
    int64_t before = loop_now(rig->loop);
    StoreResult got = read_state(rig);
    assert_true(got.ok && got.found);
    assert_str(got.version, "\"new\"");
    assert_int_equal((loop_now(rig->loop) - before) / NS_PER_S, 2);
    rig_free(rig);
}

static void a_wrong_digest_is_named(void **state) {
    (void)state;
    Rig *rig = rig_new((Setting[]){{"dynamodb_table", "t"}, {0}});
    static const Exchange pair[] = {{"GET /b/k", NULL, 200, "{}", "\"v\""},
                                    {"POST dynamodb", NULL, 200, DIGEST("00000000000000000000000000000000"), NULL}};
    Exchange script[13] = {0};
    for (int i = 0; i < 12; i++) script[i] = pair[i % 2];
    play(rig, script);
    assert_false(read_state(rig).ok);
    assert_true(said(rig, "The MD5 digest of the object is " OF_BRACES));
    // None, or one that cannot be read, is nothing to compare with.
    rig->diags = diags_in(rig->arena);
    play(rig, (Exchange[]){{"GET /b/k", NULL, 200, "{}", "\"v\""},
                           {"POST dynamodb", NULL, 200, "{}", NULL},
                           {"GET /b/k", NULL, 200, "{}", "\"v\""},
                           {"POST dynamodb", NULL, 400, "{\"__type\":\"AccessDeniedException\"}", NULL},
                           {0}});
    assert_true(read_state(rig).ok && read_state(rig).ok);
    rig_free(rig);
}

static void stores_without_conditions_are_compared_first(void **state) {
    (void)state;
    Rig *rig = rig_new(NULL);
    play(rig, (Exchange[]){{"PUT /b/k", "If-Match", 501, "<Error><Code>NotImplemented</Code></Error>", NULL},
                           {"HEAD /b/k", NULL, 200, NULL, "\"v1\""},
                           {"PUT /b/k", NULL, 200, NULL, "\"v2\""},
                           {"HEAD /b/k", NULL, 200, NULL, "\"other\""},
                           {0}});
    assert_true(write_state(rig, "\"v1\"").ok);
    StoreResult changed = write_state(rig, "\"v2\"");
    assert_true(!changed.ok && changed.changed);
    rig_free(rig);
}

static void locks_by_both(void **state) {
    (void)state;
    Rig *rig = rig_new((Setting[]){{"dynamodb_table", "t"}, {"use_lockfile", "true"}, {0}});
    play(rig,
         (Exchange[]){{"PUT /b/k.tflock", "If-None-Match: *", 200, NULL, "\"l\""},
                      {"POST dynamodb", "attribute_not_exists(LockID)", 200, "{}", NULL},
                      // The item is held: the object goes back.
                      {"PUT /b/k.tflock", OURS, 200, NULL, "\"l\""},
                      {"POST dynamodb", "PutItem", 400, "{\"__type\":\"ConditionalCheckFailedException\"}", NULL},
                      {"POST dynamodb", "GetItem", 200,
                       "{\"Item\":{\"Info\":{\"S\":\"{\\\"ID\\\":\\\"id-2\\\",\\\"Who\\\":\\\"ann\\\"}\"}}}", NULL},
                      {"DELETE /b/k.tflock", NULL, 204, NULL, NULL},
                      // The object is held.
                      {"PUT /b/k.tflock", NULL, PRECONDITION},
                      {"GET /b/k.tflock", NULL, 200, THEIRS, "\"l\""},
                      {0}});
    assert_true(lock_state(rig).ok);
    StoreResult refused = lock_state(rig);
    assert_true(refused.held);
    assert_str(refused.holder.who, "ann");
    refused = lock_state(rig);
    assert_true(refused.held);
    assert_str(refused.holder.who, "ann@there");
    assert_str(refused.raw_lock, THEIRS);
    assert_false(diags_failed(&rig->diags));
    rig_free(rig);
}

static void an_answer_that_was_lost_is_our_own_lock(void **state) {
    (void)state;
    Rig *rig = rig_new((Setting[]){{"use_lockfile", "true"}, {0}});
    play(rig, (Exchange[]){{"PUT /b/k.tflock", NULL, PRECONDITION},
                           {"GET /b/k.tflock", NULL, 200, OURS, "\"l\""},
                           // Released between the two looks: taken at once.
                           {"PUT /b/k.tflock", NULL, PRECONDITION},
                           {"GET /b/k.tflock", NULL, NO_KEY},
                           {"PUT /b/k.tflock", NULL, 200, NULL, "\"l\""},
                           // May not write locks: that is no lock of somebody else.
                           {"PUT /b/k.tflock", NULL, 403, "<Error><Code>AccessDenied</Code></Error>", NULL},
                           {0}});
    assert_true(lock_state(rig).ok);
    assert_true(lock_state(rig).ok);
    StoreResult denied = lock_state(rig);
    assert_true(!denied.ok && !denied.held);
    assert_true(said(rig, "AccessDenied"));
    rig_free(rig);
}

static void both_are_released_whatever_happens(void **state) {
    (void)state;
    Rig *rig = rig_new((Setting[]){{"dynamodb_table", "t"}, {"use_lockfile", "true"}, {0}});
    play(rig, (Exchange[]){{"GET /b/k.tflock", NULL, 200, THEIRS, "\"l\""},
                           {"POST dynamodb", "GetItem", 200,
                            "{\"Item\":{\"Info\":{\"S\":\"{\\\"ID\\\":\\\"id-1\\\"}\"}}}", NULL},
                           {"POST dynamodb", "Info = :info", 200, "{}", NULL},
                           {0}});
    assert_false(unlock_state(rig).ok);
    assert_true(said(rig, "\"id-2\" by ann@there, not with \"id-1\""));
    rig_free(rig);
}

static void take_over_needs_the_very_lock(void **state) {
    (void)state;
    Rig *rig = rig_new((Setting[]){{"dynamodb_table", "t"}, {"use_lockfile", "true"}, {0}});
    LockInfo info = the_lock();
    // The dead one had the object only; then: the item is another's, so the object is given back.
    play(rig, (Exchange[]){{"GET /b/k.tflock", NULL, 200, THEIRS, "\"l\""},
                           {"PUT /b/k.tflock", "If-Match: \"l\"", 200, NULL, "\"m\""},
                           {"POST dynamodb", "GetItem", 200, "{}", NULL},
                           {"POST dynamodb", "attribute_not_exists(LockID)", 200, "{}", NULL},
                           {"GET /b/k.tflock", NULL, NO_KEY},
                           {"PUT /b/k.tflock", "If-None-Match: *", 200, NULL, "\"m\""},
                           {"POST dynamodb", "GetItem", 200, "{\"Item\":{\"Info\":{\"S\":\"another\"}}}", NULL},
                           {"DELETE /b/k.tflock", NULL, 204, NULL, NULL},
                           {0}});
    for (int i = 0; i < 2; i++) {
        BackendWait wait = {0};
        rig->store->vt->take_over(rig->store, STR(THEIRS), &info, backend_wait_done, &wait, &rig->diags);
        StoreResult r = finish(rig, &wait);
        assert_true(r.ok == (i == 0) && r.changed == (i == 1));
    }
    assert_false(diags_failed(&rig->diags));
    rig_free(rig);
}

static void workspaces_are_found_by_their_key(void **state) {
    (void)state;
    Rig *rig = rig_new(NULL);
    play(rig, (Exchange[]){
                  {"GET list-type=2", NULL, 200,
                   "<ListBucketResult><Contents><Key>env:/z/k</Key></Contents><Contents><Key>env:/a/k</Key></Contents>"
                   "<Contents><Key>env:/a/k.tflock</Key></Contents><Contents><Key>env:/other</Key></Contents>"
                   "<Contents><Key>env:/q/k/k</Key></Contents></ListBucketResult>",
                   NULL},
                  {"GET list-type=2", NULL, 403, "<Error><Code>AccessDenied</Code></Error>", NULL},
                  {0}});
    for (int i = 0; i < 2; i++) {
        BackendWait wait = {0};
        rig->backend->vt->workspaces(rig->backend, rig->arena, backend_wait_done, &wait, &rig->diags);
        StoreResult r = finish(rig, &wait);
        assert_int_equal(r.count, i == 0 ? 3 : 1);
        assert_str(r.names[0], "default");
        if (i == 0) assert_str(r.names[1], "a");
        if (i == 0) assert_str(r.names[2], "z");
    }
    StateStore *other = rig->backend->vt->open(rig->backend, rig->arena, STR("dev"), &rig->diags);
    assert_str(other->where, "s3://b/env:/dev/k");
    assert_str(other->lock_path, "b/env:/dev/k");
    rig_free(rig);
}

static void other_accounts_are_refused(void **state) {
    (void)state;
    Rig *rig = rig_new((Setting[]){{"allowed_account_ids", "111122223333"}, {0}});
    play(rig, (Exchange[]){{"POST sts.eu-west-1", "GetCallerIdentity", 200,
                            "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>999999999999</Account>"
                            "</GetCallerIdentityResult></GetCallerIdentityResponse>",
                            NULL},
                           {0}});
    assert_false(read_state(rig).ok);
    assert_true(said(rig, "999999999999, which is not in \"allowed_account_ids\""));
    rig_free(rig);
}

static void refused(const char *name, const char *value, const char *part) {
    Rig *rig = rig_new((Setting[]){{name, value}, {0}});
    assert_null(rig->backend);
    if (!said(rig, part)) fail_msg("%s: %.*s", name, STR_ARG(rig->diags.list.at[0].detail));
    rig_free(rig);
}

static void options_are_checked(void **state) {
    (void)state;
    refused("key", "/k", "must not start or end with");
    refused("key", "", "must not be empty");
    refused("bucket", "", "must not be empty");
    refused("workspace_key_prefix", "p/", "must not start or end with");
    refused("sse_customer_key", "short", "32 bytes in base64");
    refused("retry_mode", "odd", "\"standard\" or \"adaptive\"");
    refused("ec2_metadata_service_endpoint_mode", "ipv5", "IPv4");
    refused("force_path_style", "true", "Only one of \"force_path_style\"");
    refused("external_id", "x", "only with \"role_arn\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent),
        cmocka_unit_test(missing_and_empty_objects_are_no_state),
        cmocka_unit_test(a_late_store_is_waited_for),
        cmocka_unit_test(a_wrong_digest_is_named),
        cmocka_unit_test(stores_without_conditions_are_compared_first),
        cmocka_unit_test(locks_by_both),
        cmocka_unit_test(an_answer_that_was_lost_is_our_own_lock),
        cmocka_unit_test(both_are_released_whatever_happens),
        cmocka_unit_test(take_over_needs_the_very_lock),
        cmocka_unit_test(workspaces_are_found_by_their_key),
        cmocka_unit_test(other_accounts_are_refused),
        cmocka_unit_test(options_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
