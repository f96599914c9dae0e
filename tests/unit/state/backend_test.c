// The contract of all backends, on each of them. S3 runs when INFRA_TEST_MOTO is the address of a moto server.
#include "tests/harness/unit.h"

#include "engine/io/loop.h"
#include "engine/schema/schema.h"
#include "engine/value/json.h"
#include "engine/value/marks.h"
#include "providers/aws/client/client.h"
#include "state/backend.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Setting {
    const char *name, *value;
} Setting;

typedef struct Variant {
    const char *backend;
    Setting settings[12];
} Variant;

typedef struct Rig {
    Process *process;
    Arena *arena;
    Loop *loop;
    Diags diags;
    Backend *backend;
    char dir[32];
} Rig;

static Value make_config(Rig *rig, const SchemaBlock *schema, const Variant *variant) {
    Value *at = ARENA_ARRAY(rig->arena, Value, schema->shape->n);
    Value empty = schema_empty(rig->arena, schema);
    memcpy(at, value_elements(empty), schema->shape->n * sizeof *at);
    for (const Setting *s = variant->settings; s->name; s++) {
        int32_t i = shape_find(schema->shape, str_of(s->name));
        assert_true(i >= 0);
        bool truth = strcmp(s->value, "true") == 0;
        at[i] = truth ? value_bool(true) : value_string(rig->arena, str_of(s->value));
    }
    return value_object(rig->arena, schema->shape, at);
}

static Rig *rig_new(const Variant *variant) {
    Rig *rig = calloc(1, sizeof *rig);
    rig->process = test_process();
    // Requests are signed with the time, and waiting for an answer takes some.
    if (strcmp(variant->backend, "s3") == 0) rig->process->clock = clock_system();
    type_init(rig->process);
    marks_init(rig->process);
    rig->arena = arena_new(rig->process, LIFE_WALK, "test");
    rig->loop = loop_new(rig->process);
    rig->diags = diags_in(rig->arena);
    snprintf(rig->dir, sizeof rig->dir, "/tmp/backend-XXXXXX");
    assert_non_null(mkdtemp(rig->dir));
    assert_int_equal(chdir(rig->dir), 0);
    const BackendType *type = backend_find(str_of(variant->backend));
    assert_non_null(type);
    rig->backend =
        type->configure(rig->loop, rig->arena, make_config(rig, type->schema(rig->process), variant), &rig->diags);
    assert_non_null(rig->backend);
    return rig;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void rig_free(Rig *rig) {
    rig->backend->vt->free(rig->backend);
    assert_int_equal(chdir("/"), 0);
    nftw(rig->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    loop_free(rig->loop);
    arena_free(rig->arena);
    process_free(rig->process);
    free(rig);
}

static StateStore *open_store(Rig *rig, const char *workspace) {
    StateStore *s = rig->backend->vt->open(rig->backend, rig->arena, str_of(workspace), &rig->diags);
    assert_non_null(s);
    return s;
}

static StoreResult read_store(Rig *rig, StateStore *s) {
    BackendWait wait = {0};
    s->vt->read(s, rig->arena, backend_wait_done, &wait, &rig->diags);
    assert_false(wait.done); // never within the call
    assert_true(backend_wait(rig->loop, &wait));
    return wait.result;
}

static StoreResult write_store(Rig *rig, StateStore *s, Str bytes, Str if_match) {
    BackendWait wait = {0};
    s->vt->write(s, bytes, if_match, backend_wait_done, &wait, &rig->diags);
    assert_false(wait.done);
    backend_wait(rig->loop, &wait);
    return wait.result;
}

static StoreResult lock_store(Rig *rig, StateStore *s, const LockInfo *info) {
    BackendWait wait = {0};
    s->vt->lock(s, rig->arena, info, backend_wait_done, &wait, &rig->diags);
    assert_false(wait.done);
    backend_wait(rig->loop, &wait);
    return wait.result;
}

static bool unlock_store(Rig *rig, StateStore *s, Str id) {
    BackendWait wait = {0};
    s->vt->unlock(s, id, backend_wait_done, &wait, &rig->diags);
    return backend_wait(rig->loop, &wait);
}

#define STATE(serial) STR("{\"version\":4,\"serial\":" #serial ",\"lineage\":\"L\",\"outputs\":{},\"resources\":[]}\n")

static void content_is_kept(Rig *rig) {
    StateStore *a = open_store(rig, "content");
    // A new workspace may have an empty state made for it, as peers do.
    Str base = read_store(rig, a).version;
    StoreResult first = write_store(rig, a, STATE(1), base);
    assert_true(first.ok);
    StoreResult got = read_store(rig, a);
    assert_true(got.found && str_eq(got.bytes, STATE(1)));
    assert_true(str_eq(got.version, first.version));
    StoreResult second = write_store(rig, a, STATE(1000), got.version);
    assert_true(second.ok && !str_eq(second.version, first.version));
    StateStore *b = open_store(rig, "content");
    assert_true(str_eq(read_store(rig, b).bytes, STATE(1000)));
    // Based on what is no more: refused, and nothing is changed.
    StoreResult stale = write_store(rig, b, STATE(5), first.version);
    assert_true(!stale.ok && stale.changed);
    assert_true(str_eq(read_store(rig, a).bytes, STATE(1000)));
    a->vt->close(a);
    b->vt->close(b);
    assert_false(diags_failed(&rig->diags));
}

static void one_holds_the_lock(Rig *rig) {
    StateStore *a = open_store(rig, "locks"), *b = open_store(rig, "locks");
    if (!a->vt->lock) return;
    LockInfo mine = lock_new(rig->arena, STR("OperationTypeApply"), STR("a<b"), a->lock_path);
    LockInfo other = mine;
    other.id = STR("11111111-2222-3333-4444-555555555555");
    other.who = STR("ann@elsewhere");
    assert_true(lock_store(rig, a, &mine).ok);
    StoreResult refused = lock_store(rig, b, &other);
    assert_true(!refused.ok && refused.held);
    assert_true(str_eq(refused.holder.id, mine.id));
    assert_true(str_eq(refused.holder.info, STR("a<b")) && str_eq(refused.holder.who, mine.who));
    Buf raw = buf_in(rig->arena);
    lock_encode(&mine, &raw);
    assert_true(str_eq(refused.raw_lock, buf_str(&raw)));
    assert_false(diags_failed(&rig->diags));
    // The holder reads and writes meanwhile.
    StoreResult got = read_store(rig, a);
    assert_true(write_store(rig, a, STATE(3), got.version).ok);
    assert_false(unlock_store(rig, a, other.id));
    assert_true(diags_failed(&rig->diags));
    rig->diags = diags_in(rig->arena);
    assert_false(lock_store(rig, b, &other).ok);
    assert_true(unlock_store(rig, a, mine.id));
    assert_true(lock_store(rig, b, &other).ok);
    assert_true(unlock_store(rig, b, other.id));
    assert_false(unlock_store(rig, b, other.id));
    a->vt->close(a);
    b->vt->close(b);
}

static void exactly_the_dead_lock_is_taken_over(Rig *rig) {
    StateStore *a = open_store(rig, "takeover");
    if (!a->vt->take_over) return;
    LockInfo dead = lock_new(rig->arena, STR("OperationTypeApply"), STR(""), a->lock_path), mine = dead;
    mine.id = STR("11111111-2222-3333-4444-555555555555");
    assert_true(lock_store(rig, a, &dead).ok);
    Str raw = lock_store(rig, a, &mine).raw_lock;
    BackendWait wait = {0};
    a->vt->take_over(a, STR("{\"ID\":\"another\"}"), &mine, backend_wait_done, &wait, &rig->diags);
    assert_false(backend_wait(rig->loop, &wait));
    assert_true(wait.result.changed);
    wait = (BackendWait){0};
    a->vt->take_over(a, raw, &mine, backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait));
    // It is gone for whoever comes second.
    wait = (BackendWait){0};
    a->vt->take_over(a, raw, &dead, backend_wait_done, &wait, &rig->diags);
    assert_false(backend_wait(rig->loop, &wait));
    assert_true(str_eq(lock_store(rig, a, &dead).holder.id, mine.id));
    assert_true(unlock_store(rig, a, mine.id));
    a->vt->close(a);
}

static StoreResult list_workspaces(Rig *rig) {
    BackendWait wait = {0};
    rig->backend->vt->workspaces(rig->backend, rig->arena, backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait));
    return wait.result;
}

static bool lists(Rig *rig, const char *name) {
    StoreResult all = list_workspaces(rig);
    for (uint32_t i = 0; i < all.count; i++)
        if (str_eqz(all.names[i], name)) return true;
    return false;
}

static bool remove_workspace(Rig *rig, const char *name) {
    BackendWait wait = {0};
    rig->backend->vt->remove_workspace(rig->backend, str_of(name), backend_wait_done, &wait, &rig->diags);
    return backend_wait(rig->loop, &wait);
}

static void workspaces_are_apart(Rig *rig) {
    assert_str(list_workspaces(rig).names[0], "default");
    StateStore *a = open_store(rig, "wa"), *b = open_store(rig, "wb");
    assert_true(write_store(rig, a, STATE(10), read_store(rig, a).version).ok);
    assert_true(write_store(rig, b, STATE(20), read_store(rig, b).version).ok);
    assert_true(str_eq(read_store(rig, a).bytes, STATE(10)));
    assert_false(str_eq(a->lock_path, b->lock_path));
    assert_false(str_eq(a->journal_path, b->journal_path));
    assert_true(lists(rig, "wa") && lists(rig, "wb"));
    assert_true(remove_workspace(rig, "wa"));
    assert_false(lists(rig, "wa"));
    assert_true(str_eq(read_store(rig, b).bytes, STATE(20)));
    assert_false(diags_failed(&rig->diags));
    assert_false(remove_workspace(rig, "default"));
    assert_null(rig->backend->vt->open(rig->backend, rig->arena, STR("../x"), &rig->diags));
    a->vt->close(a);
    b->vt->close(b);
}

static void segments_are_kept(Rig *rig) {
    StateStore *a = open_store(rig, "segments");
    if (!a->vt->segment_put) return;
    const char *names[] = {"0002", "0001", "0003"};
    for (int i = 0; i < 3; i++) {
        BackendWait wait = {0};
        a->vt->segment_put(a, str_of(names[i]), str_of(names[i]), backend_wait_done, &wait, &rig->diags);
        assert_true(backend_wait(rig->loop, &wait));
    }
    BackendWait wait = {0};
    a->vt->segment_delete(a, STR("0003"), backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait));
    wait = (BackendWait){0};
    a->vt->segment_list(a, rig->arena, backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait));
    assert_int_equal(wait.result.count, 2);
    assert_str(wait.result.names[0], "0001");
    assert_str(wait.result.names[1], "0002");
    wait = (BackendWait){0};
    a->vt->segment_read(a, rig->arena, STR("0002"), backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait) && wait.result.found);
    assert_str(wait.result.bytes, "0002");
    wait = (BackendWait){0};
    a->vt->segment_read(a, rig->arena, STR("0003"), backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait) && !wait.result.found);
    wait = (BackendWait){0};
    a->vt->segment_delete(a, STR("0001"), backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait));
    wait = (BackendWait){0};
    a->vt->segment_delete(a, STR("0002"), backend_wait_done, &wait, &rig->diags);
    assert_true(backend_wait(rig->loop, &wait));
    a->vt->close(a);
}

static void run_contract(const Variant *variant) {
    void (*const parts[])(Rig * rig) = {content_is_kept, one_holds_the_lock, exactly_the_dead_lock_is_taken_over,
                                        workspaces_are_apart, segments_are_kept};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        Rig *rig = rig_new(variant);
        parts[i](rig);
        rig_free(rig);
    }
}

static void in_memory(void **state) {
    (void)state;
    run_contract(&(Variant){.backend = "inmem"});
}

static void in_files(void **state) {
    (void)state;
    run_contract(&(Variant){.backend = "local"});
    run_contract(&(Variant){.backend = "local", .settings = {{"path", "deep/er/.x.tfstate"}, {"workspace_dir", "ws"}}});
}

// --- S3 ---

typedef struct CallWait {
    bool done, ok;
} CallWait;

static void call_done(void *ctx, const AwsResult *result) {
    // What is there already is as good.
    bool there = str_find(result->error.code, STR("AlreadyOwnedByYou")) >= 0 ||
                 str_eqz(result->error.code, "ResourceInUseException");
    *(CallWait *)ctx = (CallWait){true, result->ok || there};
}

static void call(Rig *rig, AwsClient *client, const char *service, const char *operation, const char *input) {
    CallWait wait = {false, false};
    AwsRequest request = {.operation = str_of(operation)};
    request.model = aws_client_model(client, str_of(service), &rig->diags);
    assert_non_null(request.model);
    assert_true(json_decode(rig->arena, str_of(input), &request.input, NULL));
    aws_call(client, rig->arena, &request, call_done, &wait);
    assert_true(loop_run_until(rig->loop, &wait.done));
    assert_true(wait.ok);
}

// moto counts accounts by access key: every variant has one of its own, so that what others left is not seen.
static void prepare_moto(const char *url, const char *account) {
    Rig *rig = rig_new(&(Variant){.backend = "inmem"});
    rig->process->clock = clock_system();
    AwsEndpoint endpoints[] = {{STR("s3"), str_of(url)}, {STR("dynamodb"), str_of(url)}};
    AwsSettings settings = {.region = STR("us-east-1"),
                            .access_key = str_of(account),
                            .secret_key = STR("secret"),
                            .endpoints = endpoints,
                            .endpoint_count = 2,
                            .s3_path_style = true};
    AwsClient *client = aws_client_new(rig->loop, rig->arena, &settings);
    call(rig, client, "s3", "CreateBucket", str_format(rig->arena, "{\"Bucket\":\"states-%s\"}", account).p);
    call(rig, client, "dynamodb", "CreateTable",
         "{\"TableName\":\"locks\",\"BillingMode\":\"PAY_PER_REQUEST\",\"KeySchema\":[{\"AttributeName\":\"LockID\","
         "\"KeyType\":\"HASH\"}],\"AttributeDefinitions\":[{\"AttributeName\":\"LockID\",\"AttributeType\":\"S\"}]}");
    aws_client_free(client);
    rig_free(rig);
}

static void run_s3(const char *account, const char *table, const char *lockfile) {
    const char *url = getenv("INFRA_TEST_MOTO");
    char bucket[64];
    if (!url) skip();
    snprintf(bucket, sizeof bucket, "states-%s", account);
    prepare_moto(url, account);
    run_contract(&(Variant){.backend = "s3",
                            .settings = {{"bucket", bucket},
                                         {"key", "a/b c+/state"},
                                         {"region", "us-east-1"},
                                         {"access_key", account},
                                         {"secret_key", "secret"},
                                         {"use_path_style", "true"},
                                         {"endpoint", url},
                                         {"dynamodb_endpoint", url},
                                         {lockfile, "true"},
                                         {table, "locks"}}});
}

static void in_s3_with_a_table(void **state) {
    (void)state;
    run_s3("tableonly", "dynamodb_table", "encrypt");
}

static void in_s3_with_an_object(void **state) {
    (void)state;
    run_s3("objectonly", NULL, "use_lockfile");
}

static void in_s3_with_both(void **state) {
    (void)state;
    run_s3("both", "dynamodb_table", "use_lockfile");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory),          cmocka_unit_test(in_files),
        cmocka_unit_test(in_s3_with_a_table), cmocka_unit_test(in_s3_with_an_object),
        cmocka_unit_test(in_s3_with_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
