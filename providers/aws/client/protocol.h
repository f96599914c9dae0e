// What is common to the five protocols: a request before it is signed, and the way from and to values.
//
// A request or a result that does not fit its shape is a problem told in words that name the member; the caller makes
// an error of it. Nesting is bounded by LIMIT_VALUE_DEPTH.
#ifndef INFRA_AWS_CLIENT_PROTOCOL_H
#define INFRA_AWS_CLIENT_PROTOCOL_H

#include "engine/base/vec.h"
#include "engine/io/http/http.h"
#include "providers/aws/client/client.h"
#include "providers/aws/client/model.h"

typedef struct AwsWire {
    Arena *arena;
    Str method;
    Str host_prefix;       // labels filled in
    Buf path;              // percent-encoded, begins with '/'
    VEC(HttpHeader) query; // names and values not encoded
    VEC(HttpHeader) headers;
    Str body;
    Str problem; // why it cannot be made
} AwsWire;

// payload: the bytes of the operation's blob payload, or NULL to take its member.
bool protocol_request(Arena *arena, const AwsOperation *operation, Value input, const Str *payload, AwsWire *out);
// The result of an answer that is no error. raw_payload: the blob payload's member stays null.
bool protocol_result(Arena *arena, const AwsOperation *operation, const HttpResponse *response, bool raw_payload,
                     Value *out, Str *problem);
// Code, message and request id of an error's answer. The code stays empty when the body is none of the protocol's.
void protocol_error(Arena *arena, const AwsOperation *operation, const HttpResponse *response, AwsError *out);
// From the headers, empty when they have none.
Str protocol_request_id(const HttpResponse *response);
// True when a successful status carries an error's body nevertheless, as S3 does.
bool protocol_hidden_error(Arena *arena, const AwsOperation *operation, const HttpResponse *response);

// --- for the protocols' own files ---

// One each; all fill a wire whose method and path are set from the operation.
bool query_request(AwsWire *wire, const AwsOperation *operation, Value input);
bool ec2_request(AwsWire *wire, const AwsOperation *operation, Value input);
bool json_request(AwsWire *wire, const AwsOperation *operation, Value input);
bool rest_request(AwsWire *wire, const AwsOperation *operation, Value input, const Str *payload);

// Bodies. `problem` gets the reason, with the path to the member.
bool json_body_write(AwsWire *wire, const AwsShape *shape, Value v, Buf *out);
bool json_body_read(Arena *arena, const AwsShape *shape, Str body, Value *out, Str *problem);
bool xml_body_write(AwsWire *wire, const AwsOperation *operation, const AwsShape *shape, const AwsMember *payload,
                    Value v, Buf *out);
bool xml_body_read(Arena *arena, const AwsOperation *operation, const AwsShape *shape, Str body, Value *out,
                   Str *problem);
bool rest_result(Arena *arena, const AwsOperation *operation, const HttpResponse *response, bool raw_payload,
                 Value *out, Str *problem);

// The reason, formatted; returns false.
bool wire_problem(AwsWire *wire, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Puts ".name" or "[i]" before the reason, on the way out of a nested member; returns false.
bool wire_problem_in(AwsWire *wire, Str member);
bool wire_problem_at(AwsWire *wire, uint32_t index);
void wire_header(AwsWire *wire, Str name, Str value);
bool wire_has_header(const AwsWire *wire, Str name);

// --- input values (input.c) ---

// Checks that v is an object without members that the shape lacks.
bool input_is_structure(AwsWire *wire, const AwsShape *shape, Value v);
// The member's value in a structure, false when it is not to be sent. An idempotency token that is absent is made.
bool input_member(AwsWire *wire, const AwsMember *member, Value structure, Value *out);
// The elements of a list, tuple or set.
bool input_list(AwsWire *wire, Value v, const Value **at, uint32_t *n);
// The pairs of a map or an object, in key order. at is in the wire's arena.
bool input_map(AwsWire *wire, Value v, MapItem **at, uint32_t *n);
// A scalar as text; a timestamp in `form` unless the member says another, a blob in base64.
bool input_text(AwsWire *wire, const AwsMember *member, Value v, AwsTime form, Str *out);
// Bytes of a blob.
bool input_blob(AwsWire *wire, Value v, Str *out);

// --- output values (output.c) ---

// Null of the right type for a member that is absent.
Value output_null(Arena *arena, const AwsShape *shape);
// A structure with all members null, to be filled and finished.
ObjectData *output_structure(Arena *arena, const AwsShape *shape);
static inline Value *output_member(ObjectData *data, const AwsShape *shape, uint32_t member) {
    return &data->at[shape->places[member]];
}
// A scalar from text. False when it is not one.
bool output_scalar(Arena *arena, const AwsMember *member, Str text, Value *out);
Value output_blob(Arena *arena, Str bytes);
// Parts of a request's address that occur in a result lie in its body.
static inline bool output_in_body(const AwsMember *m) {
    return m->location == AWS_IN_BODY || m->location == AWS_IN_URI || m->location == AWS_IN_QUERY;
}
// The member's name on the wire.
static inline Str member_wire_name(const AwsMember *m) {
    return m->location_name.n ? m->location_name : name_str(m->name);
}

#endif
