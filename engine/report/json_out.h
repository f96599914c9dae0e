// Pieces of the JSON that plans and states are shown as. Facts: opentofu internal/command/jsonplan, jsonstate,
// jsonchecks.
#ifndef INFRA_REPORT_JSON_OUT_H
#define INFRA_REPORT_JSON_OUT_H

#include "engine/report/report.h"
#include "engine/report/subject.h"

// A compact writer that streams into the Out.
JsonWriter json_out(Out *out);
static inline void json_field(JsonWriter *w, const char *name) { json_key(w, str_of(name)); }
void json_text_field(JsonWriter *w, const char *name, Str text);
// Left out when empty.
void json_text_field_if(JsonWriter *w, const char *name, Str text);
void json_instance_key(JsonWriter *w, InstanceKey key);
void json_path(JsonWriter *w, Path path);
void json_type(JsonWriter *w, const Type *type);
// The address text of a subject, built in the writer's scratch.
void json_address(JsonWriter *w, const char *field, const Subject *s);

// What is known of v: unknown members are left out, unknown elements are null. v itself is not unknown.
void json_known(JsonWriter *w, Value v);
// true for what is unknown; members that are known altogether are left out.
void json_unknown(JsonWriter *w, Value v);
// true for what is sensitive; members without anything sensitive are left out.
void json_sensitive(JsonWriter *w, Value v);

// address, mode, type, name, index, provider_name, schema_version.
void json_resource_head(JsonWriter *w, const Subject *s, uint64_t schema_version);
// A resource as states and planned values have it; object NULL: planned.
void json_resource(JsonWriter *w, const Subject *s, uint64_t schema_version, Value v, const StateObject *object);

// A member `name` of {sensitive, value, type}; plans have the type before the value.
void json_output(JsonWriter *w, Process *p, Str name, bool sensitive, Value v, bool in_plan);

#endif
