// A change as a tree: what of a value stays, appears, goes or becomes another, down to single texts.
//
// Built from the values before and after along the schema, in an arena that is reset after each resource. Unchanged
// parts are not taken apart until somebody shows them (delta_expand). Unknown, sensitive and write-only values are
// nodes of their own; whoever renders the tree decides what is shown of them.
// Facts: opentofu internal/command/jsonformat (what counts as a change, and of which kind).
#ifndef INFRA_REPORT_DELTA_H
#define INFRA_REPORT_DELTA_H

#include "engine/plan/row.h"
#include "engine/schema/schema.h"

typedef enum DeltaKind {
    DELTA_SAME, // unchanged, not taken apart
    DELTA_TEXT, // string, number, bool or null: before and after
    DELTA_LIST, // parts, shown with what surrounds a change
    DELTA_NESTED_LIST,
    DELTA_SET,
    DELTA_NESTED_SET,
    DELTA_MAP, // parts by keys
    DELTA_NESTED_MAP,
    DELTA_OBJECT,
    DELTA_NESTED_OBJECT,
    DELTA_BLOCK,           // parts by keys, and groups
    DELTA_UNKNOWN,         // parts[0]: what it was, if n
    DELTA_SENSITIVE,       // parts[0]: what is hidden
    DELTA_SENSITIVE_BLOCK, // likewise
    DELTA_TYPE_CHANGE,     // parts[0] to parts[1]
    DELTA_WRITE_ONLY,
} DeltaKind;

typedef struct Delta Delta;
typedef struct DeltaGroup DeltaGroup;

struct Delta {
    uint8_t kind;   // DeltaKind
    uint8_t action; // ACTION_NOOP, CREATE, UPDATE or DELETE
    uint8_t text;   // TypeKind of a DELTA_TEXT
    bool replace;   // forces the replacement of the resource
    bool before_sensitive, after_sensitive;
    bool paired; // two different elements of a set that are alike
    uint32_t n, group_count;
    Value before, after;
    Delta *parts;
    const Str *keys;
    const DeltaGroup *groups;
    const struct DeltaSame *same;
};

// The nested blocks of one type.
struct DeltaGroup {
    Str name;
    Delta *parts;
    const Str *labels; // of a map of blocks, or NULL
    uint32_t n;
    bool replace, before_sensitive, after_sensitive;
};

// A set of paths as seen from inside a value: those that lead through it.
typedef struct PathSet {
    const Path *const *at;
    uint32_t n, depth;
    bool all; // everything is in it
} PathSet;

typedef struct Change {
    Value before, after;        // null: absent
    bool has_before, has_after; // a null is one that somebody wrote
    bool parts_unknown;         // it will be another object altogether: absent attributes are unknown ones
    PathSet replace;            // what forces a replacement
    PathSet relevant;           // all else is shown as unchanged
} Change;

Change change_of(Arena *arena, Value before, Value after, const PathList *replace);
PathSet path_set_of(Arena *arena, const PathList *list);
Delta delta_block(Arena *arena, Change change, const SchemaBlock *block);
// Along the values alone, as outputs and JSON texts are compared.
Delta delta_value(Arena *arena, Change change);
// Along a type; "any" is delta_value.
Delta delta_type(Arena *arena, Change change, const Type *type);
// The unchanged value taken apart.
Delta delta_expand(Arena *arena, const Delta *same);

// For the sources of this folder.
typedef struct DeltaSame {
    Change change;
    const Type *type;          // when not nested
    const SchemaBlock *nested; // attributes of a structured attribute
    Nesting nesting;
} DeltaSame;
bool change_nil(Value v);
// Equal as JSON: kinds of sequences and of keyed values are not told apart. What holds an unknown equals nothing.
bool change_same(Value a, Value b);
Change change_attr(Arena *arena, const Change *c, Name name);
Change change_key(Arena *arena, const Change *c, Str key, const Value *before, const Value *after);
Change change_index(Arena *arena, const Change *c, uint32_t before, uint32_t after);
bool path_set_ends(const PathSet *set);
Delta delta_nested(Arena *arena, Change change, const SchemaBlock *nested, Nesting nesting);
// Known and not sensitive itself.
Delta delta_block_inside(Arena *arena, const Change *change, const SchemaBlock *block);
// The action of a value as a whole, before its parts have a say, and with a part's.
uint8_t change_action_whole(const Change *c);
uint8_t change_action_add(uint8_t action, uint8_t part);
// How the elements of two sequences go together; pairs in the arena. keyed: objects may be pairs though they differ.
struct DiffPair;
uint32_t change_pairs_list(Arena *arena, const Change *c, bool keyed, struct DiffPair **out);
uint32_t change_pairs_set(Arena *arena, const Change *c, bool keyed, struct DiffPair **out);
// A change of one element, or of a removed or added one; sets have no indices.
Change change_pair(Arena *arena, const Change *c, struct DiffPair pair, bool set);

#endif
