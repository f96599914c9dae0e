// Locks and digests as items of a DynamoDB table. Facts: internal/backend/remote-state/s3/client.go.
#include "state/backend/s3_internal.h"

static Str digest_id(S3Op *op, Str id) { return str_concat(op->arena, id, STR("-md5")); }

// {"S": text}
static Value text_attribute(S3Op *op, Str text) {
    Name s = name_of(arena_process(op->arena), STR("S"));
    Value v = value_string(op->arena, text);
    return value_object_of(op->arena, &s, &v, 1);
}

static Value attributes(S3Op *op, const char *const *names, const Str *texts, uint32_t n) {
    S3Input in = {.op = op};
    for (uint32_t i = 0; i < n; i++) s3_input(&in, names[i], text_attribute(op, texts[i]));
    return s3_input_value(&in);
}

static Value key_of(S3Op *op, Str id) { return attributes(op, (const char *[]){"LockID"}, &id, 1); }

static void get_item(S3Op *op, Str id, Str projection) {
    S3Input in = {.op = op};
    s3_input_text(&in, "TableName", op->b->config.table);
    s3_input(&in, "Key", key_of(op, id));
    s3_input_text(&in, "ProjectionExpression", projection);
    s3_input(&in, "ConsistentRead", value_bool(true));
    s3_send(op, op->b->dynamodb, "GetItem", s3_input_value(&in), STR_NONE, false);
}

void dynamodb_get_info(S3Op *op) { get_item(op, op->store->id, STR("LockID, Info")); }
void dynamodb_get_digest(S3Op *op) { get_item(op, digest_id(op, op->store->id), STR("LockID, Digest")); }

bool dynamodb_attribute(S3Op *op, const AwsResult *answer, const char *name, Str *out) {
    Process *p = arena_process(op->arena);
    *out = STR_NONE;
    const Value *item = value_is_set(answer->output) ? value_get(answer->output, name_of(p, STR("Item"))) : NULL;
    if (!item || !value_is_set(*item) || item->n == 0) return false;
    const Value *attribute = value_get_str(*item, str_of(name));
    const Value *text = attribute && value_is_set(*attribute) ? value_get(*attribute, name_of(p, STR("S"))) : NULL;
    if (text && value_is_set(*text)) *out = value_str(*text);
    return true;
}

static void condition(S3Op *op, S3Input *in, Str expected) {
    if (!expected.n) {
        s3_input_text(in, "ConditionExpression", STR("attribute_not_exists(LockID)"));
        return;
    }
    s3_input_text(in, "ConditionExpression", STR("Info = :info"));
    s3_input(in, "ExpressionAttributeValues", attributes(op, (const char *[]){":info"}, &expected, 1));
}

void dynamodb_put_info(S3Op *op, Str info, Str expected) {
    S3Input in = {.op = op};
    s3_input_text(&in, "TableName", op->b->config.table);
    s3_input(&in, "Item", attributes(op, (const char *[]){"LockID", "Info"}, (Str[]){op->store->id, info}, 2));
    condition(op, &in, expected);
    s3_send(op, op->b->dynamodb, "PutItem", s3_input_value(&in), STR_NONE, false);
}

void dynamodb_delete_info(S3Op *op, Str expected) {
    S3Input in = {.op = op};
    s3_input_text(&in, "TableName", op->b->config.table);
    s3_input(&in, "Key", key_of(op, op->store->id));
    condition(op, &in, expected);
    s3_send(op, op->b->dynamodb, "DeleteItem", s3_input_value(&in), STR_NONE, false);
}

void dynamodb_put_digest(S3Op *op, Str digest) {
    S3Input in = {.op = op};
    Str texts[] = {digest_id(op, op->store->id), digest};
    s3_input_text(&in, "TableName", op->b->config.table);
    s3_input(&in, "Item", attributes(op, (const char *[]){"LockID", "Digest"}, texts, 2));
    s3_send(op, op->b->dynamodb, "PutItem", s3_input_value(&in), STR_NONE, false);
}

void dynamodb_delete_digest(S3Op *op, Str id) {
    S3Input in = {.op = op};
    s3_input_text(&in, "TableName", op->b->config.table);
    s3_input(&in, "Key", key_of(op, digest_id(op, id)));
    s3_send(op, op->b->dynamodb, "DeleteItem", s3_input_value(&in), STR_NONE, false);
}
