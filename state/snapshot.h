// A state in memory: what was applied, object by object.
//
// Read from the version 4 format (codec.h). Attributes stay slices of the file's bytes until somebody asks for them,
// so reading 100,000 objects allocates little more than this table. Texts live as long as the snapshot's arena or the
// buffer it was read from (which the snapshot keeps). Resources are sorted by module, mode, type, name; instances by
// key, the current object before deposed ones: an edit keeps that order.
#ifndef INFRA_STATE_SNAPSHOT_H
#define INFRA_STATE_SNAPSHOT_H

#include "engine/base/map.h"
#include "engine/value/json.h"
#include "engine/value/key.h"
#include "engine/value/marks.h"

typedef struct Snapshot Snapshot;

typedef struct StateObject {
    InstanceKey key;
    Str deposed;           // 8 hex digits, empty for the current object
    bool tainted;
    bool create_before_destroy;
    bool skip_destroy;
    uint64_t schema_version;
    Str attributes;        // JSON object; empty when only flat attributes are there
    Str attributes_flat;   // JSON object of strings (very old states), or empty
    Str sensitive;         // JSON of sensitive_attributes, or empty
    Str identity;          // JSON, or empty
    uint64_t identity_version;
    Str private_bytes;     // base64 as stored, or empty
    const Str *dependencies; // resource addresses without keys, sorted
    uint32_t dependency_count;
    Str provider;          // only when it differs per instance (provider for_each)
} StateObject;

typedef struct StateResource {
    Str module;    // "module.a[\"x\"].module.b", "" for the root
    bool data;     // mode: data or managed
    Str type, name;
    Str provider;  // provider["registry.opentofu.org/hashicorp/aws"].alias
    Str address;   // module.…​.data.type.name without key
    StateObject *objects;
    uint32_t n, cap;
} StateResource;

typedef struct StateOutput {
    Str name;
    Str value;     // JSON
    Str type;      // JSON
    bool sensitive;
    Str deprecated;
} StateOutput;

struct Snapshot {
    Arena *arena;
    Str lineage;
    uint64_t serial;
    Str terraform_version; // as read
    StateResource *resources;
    uint32_t resource_count, resource_cap;
    StrMap by_address;     // StateResource.address to index + 1
    StateOutput *outputs;
    uint32_t output_count, output_cap;
    Str check_results;     // JSON, empty for null
};

// An empty state with a fresh lineage and serial 0.
Snapshot *snapshot_new(Arena *arena);
StateResource *snapshot_find(const Snapshot *s, Str address);
// Made when absent, in its place.
StateResource *snapshot_put_resource(Snapshot *s, Str module, bool data, Str type, Str name, Str provider);
StateObject *snapshot_object(const StateResource *r, InstanceKey key, Str deposed);
// A cleared object in its place.
StateObject *snapshot_put_object(Snapshot *s, StateResource *r, InstanceKey key, Str deposed);
// Removes the object; the resource too when it was the last. Its dependency edges are spliced into its dependents
// (objects that name it and have no other instance of it) so that their destroy order stays right.
void snapshot_remove_object(Snapshot *s, Str address, InstanceKey key, Str deposed);
void snapshot_put_output(Snapshot *s, const StateOutput *output);
void snapshot_remove_output(Snapshot *s, Str name);
uint32_t snapshot_object_count(const Snapshot *s);

// Attributes as a value of the type (of the object's own schema version: upgrade first when it differs).
bool snapshot_decode(Arena *arena, const StateObject *o, const Type *type, Value *out, JsonError *error);
// Sensitive paths as marks.
bool snapshot_sensitive(Arena *arena, const StateObject *o, PathMarksList *out);
// Fills attributes and sensitive from a value with marks; texts in the snapshot's arena.
void snapshot_encode(Snapshot *s, StateObject *o, Value v, const Type *type);

#endif
