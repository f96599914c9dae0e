// A state in memory: what was applied, object by object.
//
// Read from the version 4 format (codec.h). Attributes stay slices of the file's bytes until somebody asks for them,
// so reading 100,000 objects allocates little more than this table. Texts live as long as the snapshot's arena or the
// buffer it was read from (which must live as long).
//
// As read, and after snapshot_settle, resources are sorted by module, mode (data first), type, name; instances by
// key, the current object before deposed ones. The tables are dense at any time, but edits append and fill holes with
// the last item, so that any number of them is linear: whoever needs the order settles first (codec_write does).
// An edit may move resources and objects: pointers into the tables hold until the next put, remove or settle.
#ifndef INFRA_STATE_SNAPSHOT_H
#define INFRA_STATE_SNAPSHOT_H

#include "engine/base/map.h"
#include "engine/value/json.h"
#include "engine/value/key.h"
#include "engine/value/marks.h"

typedef struct Snapshot Snapshot;

typedef struct StateObject {
    InstanceKey key;
    Str deposed; // 8 hex digits, empty for the current object
    bool tainted;
    bool create_before_destroy;
    bool skip_destroy;
    uint64_t schema_version;
    Str attributes;      // JSON object; empty when only flat attributes are there
    Str attributes_flat; // JSON object of strings (very old states), or empty
    Str sensitive;       // JSON of sensitive_attributes, or empty
    Str identity;        // JSON, or empty
    uint64_t identity_version;
    bool has_identity_version;
    Str private_bytes;       // base64 as stored, or empty
    const Str *dependencies; // resource addresses without keys, sorted
    uint32_t dependency_count;
    Str provider; // only when it differs per instance (provider for_each)
    Str unknown;  // members that this version does not know, as a JSON object, or empty
} StateObject;

typedef struct StateResource {
    Str module; // "module.a[\"x\"].module.b", "" for the root
    bool data;  // mode: data or managed
    Str type, name;
    Str provider; // provider["registry.opentofu.org/hashicorp/aws"].alias
    Str address;  // module.…​.data.type.name without key
    StateObject *objects;
    uint32_t n, cap;
    Str unknown;   // as in StateObject
    bool unsorted; // then `index` finds objects: a hash table of places + 1
    uint32_t *index;
    uint32_t index_size, index_used;
} StateResource;

typedef struct StateOutput {
    Str name;
    Str value; // JSON
    Str type;  // JSON
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
    StrMap by_address; // StateResource.address to index + 1
    StateOutput *outputs;
    uint32_t output_count, output_cap;
    Str check_results; // JSON, empty for null
    Str unknown;       // as in StateObject
    bool unsorted;
    struct SnapshotSplices *splices; // edges of resources that were removed, until settled
};

// An empty state with a fresh lineage and serial 0.
Snapshot *snapshot_new(Arena *arena);
StateResource *snapshot_find(const Snapshot *s, Str address);
// Made when absent; the provider is set in any case. Texts are copied.
StateResource *snapshot_put_resource(Snapshot *s, Str module, bool data, Str type, Str name, Str provider);
StateObject *snapshot_object(const StateResource *r, InstanceKey key, Str deposed);
// The object, made when absent, cleared in any case (key and deposed are copied). Texts that the caller puts in it must
// live as long as the snapshot's arena.
StateObject *snapshot_put_object(Snapshot *s, StateResource *r, InstanceKey key, Str deposed);
// Removes the object if it is there; the resource too when it was the last.
void snapshot_remove_object(Snapshot *s, Str address, InstanceKey key, Str deposed);
// Restores the order. Objects that name a resource that is gone get that resource's own dependencies as well, through
// any chain of gone ones, so that their destroy order stays right (the name itself stays, as in peers' states: a
// resource that is being replaced may be back later). One pass over all edges serves all removals since the last one.
void snapshot_settle(Snapshot *s);
void snapshot_put_output(Snapshot *s, const StateOutput *output);
void snapshot_remove_output(Snapshot *s, Str name);
uint32_t snapshot_object_count(const Snapshot *s);

// Attributes as a value of the type (of the object's own schema version: upgrade first when it differs). Its strings
// may be slices of the state's text: it must not outlive the snapshot.
bool snapshot_decode(Arena *arena, const StateObject *o, const Type *type, Value *out, JsonError *error);
// Sensitive paths as marks, added to out. False when they are malformed.
bool snapshot_sensitive(Arena *arena, const StateObject *o, PathMarksList *out);
// Fills attributes and sensitive from a value with marks; texts in the snapshot's arena.
void snapshot_encode(Snapshot *s, StateObject *o, Value v, const Type *type);

#endif
