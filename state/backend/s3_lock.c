// Locks: an object beside the state, an item of a DynamoDB table, or both; the object is taken first, as peers do.
#include "state/backend/s3_internal.h"

// How often a lock that is gone when it is looked at is tried again at once.
#define TRIES 3u

static void put_lock(S3Op *op, Str if_match) {
    S3Put put = {.key = op->store->lock_key,
                 .bytes = op->ours,
                 .if_match = if_match,
                 .if_none_match = !if_match.n,
                 .tags = op->b->config.lock_tags,
                 .sha256 = op->hashed ? op->sha256 : NULL};
    s3_put(op, &put);
}

static void held_by(S3Op *op, Str raw) {
    op->result = (StoreResult){.held = true, .raw_lock = str_copy(op->out, raw)};
    if (!lock_decode(op->out, op->result.raw_lock, &op->result.holder)) op->result.holder = (LockInfo){0};
}

enum { LOCK_BEGIN, LOCK_HASHED, LOCK_PUT_OBJECT, LOCK_GET_OBJECT, LOCK_PUT_ITEM, LOCK_GET_ITEM, LOCK_RELEASE };

// The item was not to be had: the object is given back.
static void lock_release(S3Op *op) {
    if (!op->has_object) {
        s3_op_end(op);
        return;
    }
    op->state = LOCK_RELEASE;
    s3_delete(op, op->store->lock_key);
}

static void lock_item(S3Op *op) {
    if (!op->b->dynamodb) {
        s3_op_end(op);
        return;
    }
    op->state = LOCK_PUT_ITEM;
    dynamodb_put_info(op, op->ours, STR_NONE);
}

static void lock_object(S3Op *op) {
    op->state = LOCK_PUT_OBJECT;
    put_lock(op, STR_NONE);
}

static void lock_object_put(S3Op *op, const AwsResult *answer) {
    if (answer->ok) {
        op->has_object = true;
        lock_item(op);
    } else if (s3_refused(answer)) {
        op->state = LOCK_GET_OBJECT;
        s3_get(op, op->store->lock_key);
    } else {
        s3_op_fail(op, "Error acquiring the state lock", &answer->error);
        s3_op_end(op);
    }
}

static void lock_object_got(S3Op *op, const AwsResult *answer) {
    if (answer->ok && str_eq(answer->payload, op->ours)) {
        // The first try had arrived, only its answer was lost.
        op->has_object = true;
        lock_item(op);
    } else if (answer->ok) {
        held_by(op, answer->payload);
        s3_op_end(op);
    } else if (s3_not_found(answer) && ++op->tries < TRIES) {
        lock_object(op);
    } else {
        if (s3_not_found(answer))
            op->result = (StoreResult){.held = true};
        else
            s3_op_fail(op, "Error reading the state lock", &answer->error);
        s3_op_end(op);
    }
}

static void lock_item_put(S3Op *op, const AwsResult *answer) {
    if (answer->ok) {
        s3_op_end(op);
    } else if (s3_failed_with(answer, "ConditionalCheckFailedException")) {
        op->state = LOCK_GET_ITEM;
        dynamodb_get_info(op);
    } else {
        s3_op_fail(op, "Error acquiring the state lock", &answer->error);
        lock_release(op);
    }
}

static void lock_item_got(S3Op *op, const AwsResult *answer) {
    Str info;
    bool there = answer->ok && dynamodb_attribute(op, answer, "Info", &info);
    if (there && str_eq(info, op->ours)) {
        s3_op_end(op);
    } else if (there) {
        held_by(op, info);
        lock_release(op);
    } else if (answer->ok && ++op->tries < TRIES) {
        lock_item(op);
    } else {
        if (answer->ok)
            op->result = (StoreResult){.held = true};
        else
            s3_op_fail(op, "Error reading the state lock", &answer->error);
        lock_release(op);
    }
}

void s3_lock_step(S3Op *op, const AwsResult *answer) {
    switch (op->state) {
    case LOCK_BEGIN:
        op->state = LOCK_HASHED;
        op->bytes = op->ours;
        if (op->b->config.lockfile)
            s3_op_hash(op, true);
        else
            lock_item(op);
        return;
    case LOCK_HASHED: lock_object(op); return;
    case LOCK_PUT_OBJECT: lock_object_put(op, answer); return;
    case LOCK_GET_OBJECT: lock_object_got(op, answer); return;
    case LOCK_PUT_ITEM: lock_item_put(op, answer); return;
    case LOCK_GET_ITEM: lock_item_got(op, answer); return;
    default: s3_op_end(op); return; // what became of the release changes nothing in the answer
    }
}

enum { UNLOCK_BEGIN, UNLOCK_GOT_OBJECT, UNLOCK_DELETED_OBJECT, UNLOCK_GOT_ITEM, UNLOCK_DELETED_ITEM };

static void unlock_item(S3Op *op) {
    if (!op->b->dynamodb) {
        s3_op_end(op);
        return;
    }
    op->state = UNLOCK_GOT_ITEM;
    dynamodb_get_info(op);
}

// Is the stored lock the one to release? Else says what is there instead.
static bool unlock_matches(S3Op *op, bool there, Str raw, const char *where) {
    LockInfo holder = {0};
    if (there && lock_decode(op->arena, raw, &holder) && str_eq(holder.id, op->name)) return true;
    const char *summary = "Error releasing the state lock";
    if (holder.id.n)
        op->result.ok = diag_error(op->diags, "state_unlock", SPAN_NONE, summary,
                                   "%.*s is locked %s with the ID \"%.*s\" by %.*s, not with \"%.*s\".",
                                   STR_ARG(op->store->base.where), where, STR_ARG(holder.id), STR_ARG(holder.who),
                                   STR_ARG(op->name));
    else
        op->result.ok =
            diag_error(op->diags, "state_unlock", SPAN_NONE, summary, "%.*s is not locked %s%s.",
                       STR_ARG(op->store->base.where), where, there ? " with anything that can be understood" : "");
    return false;
}

static void unlock_object_got(S3Op *op, const AwsResult *answer) {
    bool missing = s3_not_found(answer);
    if (!answer->ok && !missing) {
        s3_op_fail(op, "Error releasing the state lock", &answer->error);
        unlock_item(op);
    } else if (unlock_matches(op, !missing, missing ? STR_NONE : answer->payload, "by an object in the bucket")) {
        op->state = UNLOCK_DELETED_OBJECT;
        s3_delete(op, op->store->lock_key);
    } else {
        unlock_item(op);
    }
}

static void unlock_item_got(S3Op *op, const AwsResult *answer) {
    Str info = STR_NONE;
    bool there = answer->ok && dynamodb_attribute(op, answer, "Info", &info);
    if (!answer->ok) {
        s3_op_fail(op, "Error releasing the state lock", &answer->error);
        s3_op_end(op);
    } else if (unlock_matches(op, there, info, "in the DynamoDB table")) {
        op->state = UNLOCK_DELETED_ITEM;
        dynamodb_delete_info(op, info);
    } else {
        s3_op_end(op);
    }
}

static void unlock_deleted(S3Op *op, const AwsResult *answer) {
    if (!answer->ok) s3_op_fail(op, "Error releasing the state lock", &answer->error);
}

// Both are always tried, so that as little as possible stays locked.
void s3_unlock_step(S3Op *op, const AwsResult *answer) {
    switch (op->state) {
    case UNLOCK_BEGIN:
        op->state = UNLOCK_GOT_OBJECT;
        if (op->b->config.lockfile)
            s3_get(op, op->store->lock_key);
        else
            unlock_item(op);
        return;
    case UNLOCK_GOT_OBJECT: unlock_object_got(op, answer); return;
    case UNLOCK_DELETED_OBJECT:
        unlock_deleted(op, answer);
        unlock_item(op);
        return;
    case UNLOCK_GOT_ITEM: unlock_item_got(op, answer); return;
    default:
        unlock_deleted(op, answer);
        s3_op_end(op);
        return;
    }
}

enum { TAKE_BEGIN, TAKE_HASHED, TAKE_GOT_OBJECT, TAKE_PUT_OBJECT, TAKE_GOT_ITEM, TAKE_PUT_ITEM, TAKE_RELEASE };

// Not ours after all: what was taken on the way is given back, unless it was the dead holder's to begin with.
static void take_fail(S3Op *op, const AwsResult *answer) {
    bool changed = !answer || s3_refused(answer) || s3_failed_with(answer, "ConditionalCheckFailedException");
    if (changed)
        op->result = (StoreResult){.changed = true};
    else
        s3_op_fail(op, "Error taking over the state lock", &answer->error);
    if (!op->has_object) {
        s3_op_end(op);
        return;
    }
    op->state = TAKE_RELEASE;
    s3_delete(op, op->store->lock_key);
}

static void take_item(S3Op *op) {
    if (!op->b->dynamodb) {
        if (op->matched)
            s3_op_end(op);
        else
            take_fail(op, NULL);
        return;
    }
    op->state = TAKE_GOT_ITEM;
    dynamodb_get_info(op);
}

static void take_object_got(S3Op *op, const AwsResult *answer) {
    bool missing = s3_not_found(answer);
    op->state = TAKE_PUT_OBJECT;
    op->matched = answer->ok && str_eq(answer->payload, op->raw);
    if (op->matched)
        put_lock(op, s3_text(op, answer, "ETag"));
    else if (missing && op->b->dynamodb) // the holder had the item only
        put_lock(op, STR_NONE);
    else
        take_fail(op, answer->ok || missing ? NULL : answer);
}

static void take_item_got(S3Op *op, const AwsResult *answer) {
    Str info = STR_NONE;
    bool there = answer->ok && dynamodb_attribute(op, answer, "Info", &info);
    bool same = there && str_eq(info, op->raw);
    op->state = TAKE_PUT_ITEM;
    if (same || (answer->ok && !there && op->matched))
        dynamodb_put_info(op, op->ours, same ? op->raw : STR_NONE);
    else
        take_fail(op, answer->ok ? NULL : answer);
}

void s3_take_over_step(S3Op *op, const AwsResult *answer) {
    switch (op->state) {
    case TAKE_BEGIN:
        op->state = TAKE_HASHED;
        op->bytes = op->ours;
        if (op->b->config.lockfile)
            s3_op_hash(op, true);
        else
            take_item(op);
        return;
    case TAKE_HASHED:
        op->state = TAKE_GOT_OBJECT;
        s3_get(op, op->store->lock_key);
        return;
    case TAKE_GOT_OBJECT: take_object_got(op, answer); return;
    case TAKE_PUT_OBJECT:
        op->has_object = answer->ok;
        if (answer->ok)
            take_item(op);
        else
            take_fail(op, answer);
        return;
    case TAKE_GOT_ITEM: take_item_got(op, answer); return;
    case TAKE_PUT_ITEM:
        if (answer->ok)
            s3_op_end(op);
        else
            take_fail(op, answer);
        return;
    default: s3_op_end(op); return;
    }
}
