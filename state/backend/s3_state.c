// Reading and writing the state object, and the digest that tells whether what was read is what was written last.
#include "state/backend/s3_internal.h"

#include "engine/base/clock.h"
#include "engine/base/log.h"
#include "engine/io/crypto/crypto.h"

// Stores that are slow to show what was written get this long.
#define DIGEST_PATIENCE (10 * NS_PER_S)
#define DIGEST_DELAY (2 * NS_PER_S)

static Str md5_hex(S3Op *op) {
    Buf out = buf_in(op->arena);
    crypto_hex(op->md5, sizeof op->md5, &out);
    return buf_str(&out);
}

static bool is_digest(Str s) {
    if (s.n != 32) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f') || (s.p[i] >= 'A' && s.p[i] <= 'F')))
            return false;
    return true;
}

static void digest_mismatch(S3Op *op) {
    Str has = op->result.found ? str_format(op->arena, "The MD5 digest of the object is %.*s", STR_ARG(md5_hex(op)))
                               : STR("There is no such object");
    op->result.ok = diag_error(
        op->diags, "state_digest", SPAN_NONE, "State data in S3 does not have the expected content",
        "%.*s: %.*s, while the item \"%.*s-md5\" of the DynamoDB table \"%.*s\" has the digest %.*s of what was "
        "written "
        "last. The store may be late in showing it: wait a minute or two and try again. If it stays so, look at the "
        "state; when it is right, set the item's \"Digest\" to the digest of the object%s.",
        STR_ARG(op->store->base.where), STR_ARG(has), STR_ARG(op->store->id), STR_ARG(op->b->config.table),
        STR_ARG(op->match), op->result.found ? "" : " or remove the item");
}

enum { READ_BEGIN, READ_OBJECT, READ_DIGEST, READ_HASH, READ_AGAIN };

static void read_object(S3Op *op, const AwsResult *answer) {
    op->result = (StoreResult){.ok = true};
    if (answer->ok && answer->payload.n) {
        op->result.found = true;
        op->result.bytes = op->bytes = str_copy(op->out, answer->payload);
        op->result.version = str_copy(op->out, s3_text(op, answer, "ETag"));
    } else if (!answer->ok && !s3_not_found(answer)) {
        s3_op_fail(op, "Error reading the state from S3", &answer->error);
    }
    if (!op->result.ok || !op->b->dynamodb) {
        s3_op_end(op);
        return;
    }
    op->state = READ_DIGEST;
    dynamodb_get_digest(op);
}

static void compare_digest(S3Op *op) {
    Str have = op->result.found ? md5_hex(op) : STR_NONE;
    if (have.n && have.n == op->match.n && strncasecmp(have.p, op->match.p, have.n) == 0) {
        s3_op_end(op);
    } else if (loop_now(op->b->base.loop) < op->deadline) {
        op->state = READ_AGAIN;
        s3_op_sleep(op, DIGEST_DELAY);
    } else {
        digest_mismatch(op);
        s3_op_end(op);
    }
}

static void read_digest(S3Op *op, const AwsResult *answer) {
    Str digest;
    if (!answer->ok) {
        Buf text = buf_in(op->arena);
        aws_error_print(&answer->error, &text);
        log_line(arena_process(op->arena), LOG_WARN, "state", "cannot read the state's digest: %.*s",
                 STR_ARG(buf_str(&text)));
    }
    // Without a digest there is nothing to compare with: the table may be for locks alone.
    if (!answer->ok || !dynamodb_attribute(op, answer, "Digest", &digest) || !is_digest(digest)) {
        s3_op_end(op);
        return;
    }
    op->match = str_copy(op->arena, digest);
    if (!op->result.found) {
        compare_digest(op);
        return;
    }
    op->state = READ_HASH;
    s3_op_hash(op, false);
}

void s3_read_step(S3Op *op, const AwsResult *answer) {
    switch (op->state) {
    case READ_BEGIN: op->deadline = loop_now(op->b->base.loop) + DIGEST_PATIENCE; // fall through
    case READ_AGAIN:
        op->state = READ_OBJECT;
        s3_get(op, op->store->key);
        return;
    case READ_OBJECT: read_object(op, answer); return;
    case READ_DIGEST: read_digest(op, answer); return;
    default:
        if (op->hashed)
            compare_digest(op);
        else
            s3_op_end(op);
        return;
    }
}

enum { WRITE_BEGIN, WRITE_HASHED, WRITE_PUT, WRITE_COMPARED, WRITE_DIGEST };

static void put_state(S3Op *op) {
    S3Put put = {.key = op->store->key,
                 .bytes = op->bytes,
                 .tags = op->b->config.state_tags,
                 .sha256 = op->hashed ? op->sha256 : NULL};
    if (!op->b->unconditional) put.if_match = op->match;
    op->state = WRITE_PUT;
    s3_put(op, &put);
}

// A store that does not know conditional puts: look first, then put.
static void compare_then_put(S3Op *op) {
    op->b->unconditional = true;
    op->state = WRITE_COMPARED;
    s3_head(op, op->store->key);
}

static bool is_unknown_condition(S3Op *op, const AwsResult *answer) {
    return op->match.n && !op->b->unconditional &&
           (s3_failed_with(answer, "NotImplemented") || answer->error.status == 501);
}

static void write_put(S3Op *op, const AwsResult *answer) {
    if (!answer->ok && is_unknown_condition(op, answer)) {
        compare_then_put(op);
        return;
    }
    if (!answer->ok) {
        // NoSuchKey: the object that If-Match speaks of is gone.
        op->result = (StoreResult){.changed = op->match.n && (s3_refused(answer) || s3_not_found(answer))};
        if (!op->result.changed) s3_op_fail(op, "Error writing the state to S3", &answer->error);
        s3_op_end(op);
        return;
    }
    op->result.version = str_copy(op->store->backend->arena, s3_text(op, answer, "ETag"));
    if (!op->b->dynamodb || !op->hashed) {
        s3_op_end(op);
        return;
    }
    op->state = WRITE_DIGEST;
    dynamodb_put_digest(op, md5_hex(op));
}

static void write_compared(S3Op *op, const AwsResult *answer) {
    if (answer->ok && str_eq(s3_text(op, answer, "ETag"), op->match)) {
        put_state(op);
        return;
    }
    op->result = (StoreResult){.changed = answer->ok || s3_not_found(answer) || answer->error.status == 404};
    if (!op->result.changed) s3_op_fail(op, "Error writing the state to S3", &answer->error);
    s3_op_end(op);
}

void s3_write_step(S3Op *op, const AwsResult *answer) {
    switch (op->state) {
    case WRITE_BEGIN:
        op->state = WRITE_HASHED;
        s3_op_hash(op, !op->b->config.skip_checksum);
        return;
    case WRITE_HASHED:
        if (op->b->unconditional && op->match.n)
            compare_then_put(op);
        else
            put_state(op);
        return;
    case WRITE_PUT: write_put(op, answer); return;
    case WRITE_COMPARED: write_compared(op, answer); return;
    default:
        if (!answer->ok)
            diag_warn(
                op->diags, "state_digest", SPAN_NONE, "The state's digest was not written",
                "The state was written to %.*s, but not its digest to the DynamoDB table \"%.*s\". The next run may "
                "find that they do not match.",
                STR_ARG(op->store->base.where), STR_ARG(op->b->config.table));
        s3_op_end(op);
        return;
    }
}
