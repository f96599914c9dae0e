#include "providers/aws/client/protocol.h"

#include "engine/io/crypto/crypto.h"
#include "providers/aws/client/text.h"

// "foo.{label}." with its labels filled in.
static bool write_host_prefix(AwsWire *wire, const AwsOperation *operation, Value input) {
    Buf out = buf_in(wire->arena);
    Str pattern = operation->host_prefix;
    for (ptrdiff_t open; (open = str_find_char(pattern, '{')) >= 0;) {
        ptrdiff_t close = str_find_char(pattern, '}');
        if (close < open) break;
        buf_add(&out, str_slice(pattern, 0, (size_t)open));
        Str label = str_slice(pattern, (size_t)open + 1, (size_t)close);
        const Value *v = value_get_str(input, label);
        if (!v || !value_is_set(*v) || v->kind != TYPE_STRING || v->n == 0) {
            wire_problem(wire, "a string that is not empty is needed, it is part of the host's name");
            return wire_problem_in(wire, label);
        }
        text_uri(&out, value_str(*v), false);
        pattern = str_slice(pattern, (size_t)close + 1, pattern.n);
    }
    buf_add(&out, pattern);
    wire->host_prefix = buf_str(&out);
    return true;
}

static bool add_checksum(AwsWire *wire) {
    const Crypto *crypto = crypto_open(NULL);
    if (!crypto) return wire_problem(wire, "infra-crypto.so, which checksums need, cannot be opened");
    uint8_t md5[16];
    Buf text = buf_in(wire->arena);
    crypto->md5(wire->body, md5);
    text_base64(&text, str_make((const char *)md5, sizeof md5));
    wire_header(wire, STR("Content-MD5"), buf_str(&text));
    return true;
}

static bool serialize(AwsWire *wire, const AwsOperation *operation, Value input, const Str *payload) {
    switch (operation->model->protocol) {
    case AWS_EC2: return ec2_request(wire, operation, input);
    case AWS_QUERY: return query_request(wire, operation, input);
    case AWS_JSON: return json_request(wire, operation, input);
    default: return rest_request(wire, operation, input, payload);
    }
}

bool protocol_request(Arena *arena, const AwsOperation *operation, Value input, const Str *payload, AwsWire *out) {
    *out = (AwsWire){.arena = arena, .method = operation->method, .path = buf_in(arena)};
    buf_z(&out->path, "/");
    // No input at all is an empty one.
    if (value_is_null(input)) input = value_object_of(arena, NULL, NULL, 0);
    bool ok = serialize(out, operation, input, payload) &&
              (str_empty(operation->host_prefix) || write_host_prefix(out, operation, input));
    if (ok && operation->checksum_required && !wire_has_header(out, STR("Content-MD5"))) ok = add_checksum(out);
    if (!ok && str_starts(out->problem, STR(": "))) out->problem = str_slice(out->problem, 2, out->problem.n);
    return ok;
}

bool protocol_result(Arena *arena, const AwsOperation *operation, const HttpResponse *response, bool raw_payload,
                     Value *out, Str *problem) {
    if (!operation->output) {
        *out = value_object_of(arena, NULL, NULL, 0);
        return true;
    }
    switch (operation->model->protocol) {
    case AWS_EC2:
    case AWS_QUERY: return xml_body_read(arena, operation, operation->output, response->body, out, problem);
    case AWS_JSON: return json_body_read(arena, operation->output, response->body, out, problem);
    default: return rest_result(arena, operation, response, raw_payload, out, problem);
    }
}
