#include "state/backend/s3.h"

#include "engine/io/file.h"
#include "state/backend/s3_internal.h"

#include <stdlib.h>

static void s3_read(StateStore *base, Arena *arena, StoreDone done, void *ctx, Diags *diags) {
    S3Store *s = (S3Store *)base;
    s3_op_start(s3_op_new(s->backend, s, arena, done, ctx, diags, s3_read_step));
}

static void s3_write(StateStore *base, Str bytes, Str if_match, StoreDone done, void *ctx, Diags *diags) {
    S3Store *s = (S3Store *)base;
    S3Op *op = s3_op_new(s->backend, s, NULL, done, ctx, diags, s3_write_step);
    op->bytes = bytes;
    op->match = str_copy(op->arena, if_match);
    s3_op_start(op);
}

static Str encoded(S3Op *op, const LockInfo *info) {
    Buf text = buf_in(op->arena);
    lock_encode(info, &text);
    return buf_str(&text);
}

static void s3_lock(StateStore *base, Arena *arena, const LockInfo *info, StoreDone done, void *ctx, Diags *diags) {
    S3Store *s = (S3Store *)base;
    S3Op *op = s3_op_new(s->backend, s, arena, done, ctx, diags, s3_lock_step);
    op->ours = encoded(op, info);
    s3_op_start(op);
}

static void s3_unlock(StateStore *base, Str id, StoreDone done, void *ctx, Diags *diags) {
    S3Store *s = (S3Store *)base;
    S3Op *op = s3_op_new(s->backend, s, NULL, done, ctx, diags, s3_unlock_step);
    op->name = str_copy(op->arena, id);
    s3_op_start(op);
}

static void s3_take_over(StateStore *base, Str raw, const LockInfo *info, StoreDone done, void *ctx, Diags *diags) {
    S3Store *s = (S3Store *)base;
    S3Op *op = s3_op_new(s->backend, s, NULL, done, ctx, diags, s3_take_over_step);
    op->raw = str_copy(op->arena, raw);
    op->ours = encoded(op, info);
    s3_op_start(op);
}

static Str segment_key(S3Op *op) { return str_concat(op->arena, op->store->segments, op->name); }

static S3Op *segment_op(StateStore *base, Arena *out, Str name, StoreDone done, void *ctx, Diags *diags, S3Step *step) {
    S3Store *s = (S3Store *)base;
    S3Op *op = s3_op_new(s->backend, s, out, done, ctx, diags, step);
    op->name = str_copy(op->arena, name);
    return op;
}

static void segment_put_step(S3Op *op, const AwsResult *answer) {
    if (op->state++ == 0) {
        S3Put put = {.key = segment_key(op), .bytes = op->bytes, .tags = op->b->config.state_tags};
        s3_put(op, &put);
        return;
    }
    if (!answer->ok) s3_op_fail(op, "Error writing a piece of the journal to S3", &answer->error);
    s3_op_end(op);
}

static void s3_segment_put(StateStore *base, Str name, Str bytes, StoreDone done, void *ctx, Diags *diags) {
    S3Op *op = segment_op(base, NULL, name, done, ctx, diags, segment_put_step);
    op->bytes = bytes;
    s3_op_start(op);
}

static void segment_read_step(S3Op *op, const AwsResult *answer) {
    if (op->state++ == 0) {
        s3_get(op, segment_key(op));
        return;
    }
    if (answer->ok) {
        op->result.found = true;
        op->result.bytes = str_copy(op->out, answer->payload);
    } else if (!s3_not_found(answer)) {
        s3_op_fail(op, "Error reading a piece of the journal from S3", &answer->error);
    }
    s3_op_end(op);
}

static void s3_segment_read(StateStore *base, Arena *arena, Str name, StoreDone done, void *ctx, Diags *diags) {
    s3_op_start(segment_op(base, arena, name, done, ctx, diags, segment_read_step));
}

static void segment_delete_step(S3Op *op, const AwsResult *answer) {
    if (op->state++ == 0) {
        s3_delete(op, segment_key(op));
        return;
    }
    if (!answer->ok) s3_op_fail(op, "Error removing a piece of the journal from S3", &answer->error);
    s3_op_end(op);
}

static void s3_segment_delete(StateStore *base, Str name, StoreDone done, void *ctx, Diags *diags) {
    s3_op_start(segment_op(base, NULL, name, done, ctx, diags, segment_delete_step));
}

static int order_names(const void *a, const void *b) { return str_cmp(*(const Str *)a, *(const Str *)b); }

typedef VEC(Str) Names;

// Keys of the listed objects, as `pick` names them (empty: left out), sorted behind the first `fixed` ones.
static void list_names(S3Op *op, const AwsResult *answer, Str (*pick)(S3Op *op, Str key), Names *names,
                       uint32_t fixed) {
    Process *p = arena_process(op->arena);
    const Value *contents = value_get(answer->output, name_of(p, STR("Contents")));
    uint32_t n = contents && value_is_set(*contents) ? contents->n : 0;
    for (uint32_t i = 0; i < n; i++) {
        const Value *key = value_get(value_elements(*contents)[i], name_of(p, STR("Key")));
        Str name = key && value_is_set(*key) ? pick(op, value_str(*key)) : STR_NONE;
        if (name.n) vec_push(op->out, names, str_copy(op->out, name));
    }
    if (names->n > fixed) qsort(names->at + fixed, names->n - fixed, sizeof *names->at, order_names);
    op->result.names = names->at;
    op->result.count = names->n;
}

static Str pick_segment(S3Op *op, Str key) {
    return str_starts(key, op->store->segments) ? str_slice(key, op->store->segments.n, key.n) : STR_NONE;
}

static void segment_list_step(S3Op *op, const AwsResult *answer) {
    if (op->state++ == 0) {
        s3_list(op, op->store->segments);
        return;
    }
    Names names = {0};
    if (answer->ok)
        list_names(op, answer, pick_segment, &names, 0);
    else
        s3_op_fail(op, "Error listing the pieces of the journal in S3", &answer->error);
    s3_op_end(op);
}

static void s3_segment_list(StateStore *base, Arena *arena, StoreDone done, void *ctx, Diags *diags) {
    s3_op_start(segment_op(base, arena, STR_NONE, done, ctx, diags, segment_list_step));
}

static void s3_close(StateStore *base) { (void)base; }

static const StoreVtable s3_store = {
    .read = s3_read,
    .write = s3_write,
    .lock = s3_lock,
    .unlock = s3_unlock,
    .take_over = s3_take_over,
    .segment_put = s3_segment_put,
    .segment_list = s3_segment_list,
    .segment_read = s3_segment_read,
    .segment_delete = s3_segment_delete,
    .close = s3_close,
};

// prefix/WORKSPACE/key: the workspace of a listed object.
static Str pick_workspace(S3Op *op, Str key) {
    const S3Config *c = &op->b->config;
    if (c->workspace_prefix.n) {
        if (!str_starts(key, c->workspace_prefix) || key.n <= c->workspace_prefix.n ||
            key.p[c->workspace_prefix.n] != '/')
            return STR_NONE;
        key = str_slice(key, c->workspace_prefix.n + 1, key.n);
    }
    ptrdiff_t slash = str_find_char(key, '/');
    if (slash <= 0 || !str_eq(str_slice(key, (size_t)slash + 1, key.n), c->key)) return STR_NONE;
    return str_slice(key, 0, (size_t)slash);
}

static void workspaces_step(S3Op *op, const AwsResult *answer) {
    const S3Config *c = &op->b->config;
    if (op->state++ == 0) {
        s3_list(op, c->workspace_prefix.n ? str_concat(op->arena, c->workspace_prefix, STR("/")) : STR_NONE);
        return;
    }
    Names names = {0};
    vec_push(op->out, &names, STR("default"));
    op->result.names = names.at;
    op->result.count = 1;
    // Who may not list the bucket may still use the default workspace.
    if (answer->ok)
        list_names(op, answer, pick_workspace, &names, 1);
    else if (!s3_failed_with(answer, "AccessDenied"))
        s3_op_fail(op, "Error listing workspaces", &answer->error);
    s3_op_end(op);
}

static void s3_workspaces(Backend *base, Arena *arena, StoreDone done, void *ctx, Diags *diags) {
    s3_op_start(s3_op_new((S3Backend *)base, NULL, arena, done, ctx, diags, workspaces_step));
}

static Str workspace_key(Arena *arena, const S3Config *c, Str workspace) {
    if (str_eqz(workspace, "default")) return c->key;
    return path_clean(arena, str_format(arena, "%.*s%s%.*s/%.*s", STR_ARG(c->workspace_prefix),
                                        c->workspace_prefix.n ? "/" : "", STR_ARG(workspace), STR_ARG(c->key)));
}

static void remove_step(S3Op *op, const AwsResult *answer) {
    const S3Config *c = &op->b->config;
    Str key = workspace_key(op->arena, c, op->name);
    if (op->state == 0) {
        op->state = 1;
        s3_delete(op, key);
        return;
    }
    if (!answer->ok) s3_op_fail(op, "Error removing the workspace", &answer->error);
    if (op->state == 1 && answer->ok && op->b->dynamodb) {
        op->state = 2;
        dynamodb_delete_digest(op, str_format(op->arena, "%.*s/%.*s", STR_ARG(c->bucket), STR_ARG(key)));
        return;
    }
    s3_op_end(op);
}

static void s3_remove_workspace(Backend *base, Str name, StoreDone done, void *ctx, Diags *diags) {
    bool fits = workspace_check(name, diags);
    if (fits && str_eqz(name, "default"))
        fits = diag_error(diags, "invalid_workspace", SPAN_NONE, "Invalid workspace",
                          "The workspace \"default\" cannot be removed.");
    if (!fits) {
        reply_later(base->loop, done, ctx, (StoreResult){0});
        return;
    }
    S3Op *op = s3_op_new((S3Backend *)base, NULL, NULL, done, ctx, diags, remove_step);
    op->name = str_copy(op->arena, name);
    s3_op_start(op);
}

// FNV-1a: names the journal, so it must be the same in every version and on every machine.
static uint64_t hash_of(Str s) {
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static StateStore *s3_open(Backend *base, Arena *arena, Str workspace, Diags *diags) {
    S3Backend *b = (S3Backend *)base;
    if (!workspace_check(workspace, diags)) return NULL;
    S3Store *s = ARENA_NEW(arena, S3Store);
    s->backend = b;
    s->key = str_copy(arena, workspace_key(arena, &b->config, workspace));
    s->lock_key = str_concat(arena, s->key, STR(".tflock"));
    s->segments = str_concat(arena, s->key, STR(".infra-journal/"));
    s->id = str_format(arena, "%.*s/%.*s", STR_ARG(b->config.bucket), STR_ARG(s->key));
    Str where = str_concat(arena, STR("s3://"), s->id);
    s->base = (StateStore){.vt = &s3_store, .loop = base->loop, .where = where, .lock_path = s->id};
    s->base.journal_path = str_format(arena, ".infra-journal/%016llx.journal", (unsigned long long)hash_of(where));
    return &s->base;
}

static void s3_free(Backend *base) { aws_client_free(((S3Backend *)base)->client); }

static const BackendVtable s3_backend = {
    .type = &backend_s3,
    .workspaces = s3_workspaces,
    .remove_workspace = s3_remove_workspace,
    .open = s3_open,
    .free = s3_free,
};

static Backend *s3_configure(Loop *loop, Arena *arena, Value config, Diags *diags) {
    S3Backend *b = ARENA_NEW(arena, S3Backend);
    b->base = (Backend){&s3_backend, loop};
    b->arena = arena;
    if (!s3_config_read(arena, config, &b->config, diags)) return NULL;
    b->client = aws_client_new(loop, arena, &b->config.aws);
    if (!aws_client_region(b->client).n)
        config_error(
            diags, "Missing region value",
            "The argument \"region\", the environment variable AWS_REGION or AWS_DEFAULT_REGION, or the region of "
            "the profile must be set.");
    b->s3 = aws_client_model(b->client, STR("s3"), diags);
    if (b->config.table.n) b->dynamodb = aws_client_model(b->client, STR("dynamodb"), diags);
    if (aws_client_region(b->client).n && b->s3 && (b->dynamodb || !b->config.table.n)) return &b->base;
    aws_client_free(b->client);
    return NULL;
}

const BackendType backend_s3 = {"s3", s3_schema, s3_configure};
