#include "state/backend/s3_internal.h"

#include "engine/base/base64.h"
#include "engine/base/log.h"
#include "engine/io/crypto/crypto.h"
#include "engine/io/job.h"

#include <assert.h>

S3Op *s3_op_new(S3Backend *b, S3Store *store, Arena *out, StoreDone done, void *ctx, Diags *diags, S3Step *step) {
    Arena *arena = arena_new(arena_process(b->arena), LIFE_OP, "s3 operation");
    S3Op *op = ARENA_NEW(arena, S3Op);
    *op = (S3Op){
        .b = b, .store = store, .arena = arena, .out = out, .diags = diags, .done = done, .ctx = ctx, .step = step};
    op->result.ok = true;
    return op;
}

void s3_op_end(S3Op *op) {
    op->done(op->ctx, &op->result);
    arena_free(op->arena);
}

void s3_op_fail(S3Op *op, const char *summary, const AwsError *error) {
    Buf text = buf_in(op->arena);
    if (error->code.n && str_eqz(error->code, "NoSuchBucket"))
        buf_format(&text,
                   "The bucket \"%.*s\" does not exist. It has to be made before states can be kept in it; a new "
                   "one may take a minute to be seen.\n\n",
                   STR_ARG(op->b->config.bucket));
    if (str_eqz(error->service, "dynamodb") && str_eqz(error->code, "ResourceNotFoundException"))
        buf_format(&text,
                   "The DynamoDB table \"%.*s\" does not exist in this region. It needs a partition key \"LockID\" of "
                   "type string.\n\n",
                   STR_ARG(op->b->config.table));
    aws_error_print(error, &text);
    diag_add(op->diags, SEV_ERROR, "state_s3", SPAN_NONE, str_of(summary), buf_str(&text));
    op->result.ok = false;
}

static void timer_over(void *ctx) {
    S3Op *op = ctx;
    op->step(op, NULL);
}

void s3_op_sleep(S3Op *op, int64_t ns) { timer_start(op->b->base.loop, ns, timer_over, op); }

// On a pool thread; op is not touched by anybody else meanwhile.
static void hash_run(void *ctx) {
    S3Op *op = ctx;
    const Crypto *crypto = crypto_open(NULL);
    op->hashed = crypto != NULL;
    if (!crypto) return;
    crypto->md5(op->bytes, op->md5);
    if (op->want_sha256) crypto->sha256(op->bytes, op->sha256);
}

void s3_op_hash(S3Op *op, bool sha256) {
    op->want_sha256 = sha256;
    job_start(op->b->base.loop, hash_run, timer_over, op);
}

bool s3_failed_with(const AwsResult *answer, const char *code) {
    return !answer->ok && str_eqz(answer->error.code, code);
}

bool s3_not_found(const AwsResult *answer) {
    return s3_failed_with(answer, "NoSuchKey") || s3_failed_with(answer, "NotFound");
}

bool s3_refused(const AwsResult *answer) {
    return s3_failed_with(answer, "PreconditionFailed") || s3_failed_with(answer, "ConditionalRequestConflict") ||
           (!answer->ok && answer->error.status == 412);
}

void s3_input(S3Input *in, const char *name, Value v) {
    assert(in->n < sizeof in->names / sizeof *in->names);
    in->names[in->n] = name_of(arena_process(in->op->arena), str_of(name));
    in->at[in->n++] = v;
}

void s3_input_text(S3Input *in, const char *name, Str text) {
    if (text.n) s3_input(in, name, value_string(in->op->arena, text));
}

Value s3_input_value(S3Input *in) { return value_object_of(in->op->arena, in->names, in->at, in->n); }

static void answered(void *ctx, const AwsResult *answer) {
    S3Op *op = ctx;
    op->step(op, answer);
}

void s3_send(S3Op *op, const AwsModel *model, const char *operation, Value input, Str payload, bool raw) {
    AwsRequest request = {
        .model = model, .operation = str_of(operation), .input = input, .payload = payload, .raw_payload = raw};
    // With a lock in the way of others, a second put of the same bytes does no harm.
    request.all_pages = strcmp(operation, "ListObjectsV2") == 0;
    aws_call(op->b->client, op->arena, &request, answered, op);
}

static bool customer_key(S3Input *in) {
    S3Backend *b = in->op->b;
    if (!b->config.encrypt || !b->config.sse_key.n) return false;
    if (!b->sse_md5.n) {
        Str key;
        uint8_t sum[16];
        Buf text = buf_in(b->arena);
        const Crypto *crypto = crypto_open(NULL);
        if (crypto && base64_decode(in->op->arena, b->config.sse_key, &key)) {
            crypto->md5(key, sum);
            base64_encode(str_make((const char *)sum, sizeof sum), &text);
            b->sse_md5 = buf_str(&text);
        }
    }
    s3_input_text(in, "SSECustomerAlgorithm", STR("AES256"));
    s3_input_text(in, "SSECustomerKey", b->config.sse_key);
    s3_input_text(in, "SSECustomerKeyMD5", b->sse_md5);
    return true;
}

static S3Input object_input(S3Op *op, Str key) {
    S3Input in = {.op = op};
    s3_input_text(&in, "Bucket", op->b->config.bucket);
    s3_input_text(&in, "Key", key);
    return in;
}

void s3_get(S3Op *op, Str key) {
    S3Input in = object_input(op, key);
    customer_key(&in);
    s3_send(op, op->b->s3, "GetObject", s3_input_value(&in), STR_NONE, true);
}

void s3_head(S3Op *op, Str key) {
    S3Input in = object_input(op, key);
    customer_key(&in);
    s3_send(op, op->b->s3, "HeadObject", s3_input_value(&in), STR_NONE, false);
}

static void put_encryption(S3Input *in) {
    const S3Config *c = &in->op->b->config;
    if (!c->encrypt || customer_key(in)) return;
    s3_input_text(in, "ServerSideEncryption", c->kms_key.n ? STR("aws:kms") : STR("AES256"));
    s3_input_text(in, "SSEKMSKeyId", c->kms_key);
}

void s3_put(S3Op *op, const S3Put *put) {
    S3Input in = object_input(op, put->key);
    s3_input_text(&in, "ContentType", STR("application/json"));
    s3_input_text(&in, "IfMatch", put->if_match);
    if (put->if_none_match) s3_input_text(&in, "IfNoneMatch", STR("*"));
    s3_input_text(&in, "ACL", op->b->config.acl);
    s3_input_text(&in, "Tagging", put->tags);
    put_encryption(&in);
    if (put->sha256 && !op->b->config.skip_checksum) {
        Buf sum = buf_in(op->arena);
        base64_encode(str_make((const char *)put->sha256, 32), &sum);
        s3_input_text(&in, "ChecksumAlgorithm", STR("SHA256"));
        s3_input_text(&in, "ChecksumSHA256", buf_str(&sum));
    }
    s3_send(op, op->b->s3, "PutObject", s3_input_value(&in), put->bytes, true);
}

void s3_delete(S3Op *op, Str key) {
    S3Input in = object_input(op, key);
    s3_send(op, op->b->s3, "DeleteObject", s3_input_value(&in), STR_NONE, false);
}

void s3_list(S3Op *op, Str prefix) {
    S3Input in = {.op = op};
    s3_input_text(&in, "Bucket", op->b->config.bucket);
    s3_input_text(&in, "Prefix", prefix);
    s3_send(op, op->b->s3, "ListObjectsV2", s3_input_value(&in), STR_NONE, false);
}

Str s3_text(S3Op *op, const AwsResult *answer, const char *name) {
    const Value *v = value_is_set(answer->output)
                         ? value_get(answer->output, name_of(arena_process(op->arena), str_of(name)))
                         : NULL;
    return v && value_is_set(*v) && v->kind == TYPE_STRING ? value_str(*v) : STR_NONE;
}

static bool listed(const Str *ids, uint32_t n, Str id) {
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(ids[i], id)) return true;
    return false;
}

static bool account_allowed(S3Op *op, Str account) {
    const S3Config *c = &op->b->config;
    if (c->allowed_count && !listed(c->allowed_accounts, c->allowed_count, account))
        return config_error(op->diags, "Invalid account ID",
                            "The credentials of the backend belong to the account %.*s, which is not in "
                            "\"allowed_account_ids\".",
                            STR_ARG(account));
    if (listed(c->forbidden_accounts, c->forbidden_count, account))
        return config_error(op->diags, "Invalid account ID",
                            "The credentials of the backend belong to the account %.*s, which is in "
                            "\"forbidden_account_ids\".",
                            STR_ARG(account));
    return true;
}

static void account_answered(void *ctx, const AwsResult *answer) {
    S3Op *op = ctx;
    if (!answer->ok)
        s3_op_fail(op, "Error finding the account of the backend's credentials", &answer->error);
    else
        op->result.ok = op->b->account_known = account_allowed(op, s3_text(op, answer, "Account"));
    if (op->result.ok)
        op->step(op, NULL);
    else
        s3_op_end(op);
}

static void begin(void *ctx) {
    S3Op *op = ctx;
    S3Backend *b = op->b;
    if (b->account_known || (!b->config.allowed_count && !b->config.forbidden_count)) {
        op->step(op, NULL);
        return;
    }
    const AwsModel *sts = aws_client_model(b->client, STR("sts"), op->diags);
    if (!sts) {
        op->result.ok = false;
        s3_op_end(op);
        return;
    }
    AwsRequest request = {
        .model = sts, .operation = STR("GetCallerIdentity"), .input = value_object_of(op->arena, NULL, NULL, 0)};
    aws_call(b->client, op->arena, &request, account_answered, op);
}

void s3_op_start(S3Op *op) { loop_post(op->b->base.loop, begin, op); }
