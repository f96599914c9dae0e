// Values: immutable, passed by value, 16 bytes.
//
// A payload lives in an arena; a Value may be kept only as long as that arena. The one rule: storing a value in
// memory that lives longer goes through value_copy, which stops at payloads that already live long enough (the life
// bits). Object attributes, map keys and sets are kept sorted, so equal values have equal layouts. Strings are NFC.
// Facts: zclconf/go-cty (kinds, null and unknown rules, set order, refinements).
#ifndef INFRA_VALUE_VALUE_H
#define INFRA_VALUE_VALUE_H

#include "engine/base/number.h"
#include "engine/value/type.h"

typedef struct Num Num;
typedef struct Unknown Unknown;
typedef struct ListData ListData;
typedef struct MapData MapData;
typedef struct ObjectData ObjectData;

enum {
    VALUE_NULL = 1,
    VALUE_UNKNOWN = 2,
    VALUE_UNKNOWN_INSIDE = 4, // itself or anything within is unknown
    VALUE_MARKED_INSIDE = 8,  // itself or anything within is marked
    VALUE_BIG = 16,           // number: payload is a Num, else an int64
    VALUE_LIFE_SHIFT = 6,     // two bits: Life of the payload's arena
};

// Marks of a value: bits for the common two, the rest is the id of an interned set of deprecation messages.
typedef uint16_t Marks;
enum { MARK_SENSITIVE = 1, MARK_EPHEMERAL = 2, MARK_SET_SHIFT = 2 };

typedef struct Value {
    uint32_t n;   // string: bytes; collection: elements; object: attributes; number: precision in bits
    uint8_t kind; // TypeKind; TYPE_DYNAMIC only for null and unknown of unknown type
    uint8_t bits;
    Marks marks; // of this value itself; what is inside has its own
    union {
        int64_t i;             // bool (0/1), number without VALUE_BIG
        const Num *num;        // number with VALUE_BIG
        const char *s;         // string
        const ListData *list;  // list, set, tuple
        const MapData *map;    // map
        const ObjectData *obj; // object
        const Type *type;      // null
        const Unknown *unk;    // unknown
    };
} Value;

_Static_assert(sizeof(Value) == 16, "a value is 16 bytes");

// list, set: elem is the element type. tuple: elem is NULL. Sets are in cty's order without duplicates.
struct ListData {
    const Type *elem;
    Value at[];
};

typedef struct MapItem {
    Str key;
    Value value;
} MapItem;

struct MapData {
    const Type *elem;
    MapItem at[]; // sorted by key
};

// The attribute names of an object, sorted by bytes. Shapes of up to SHAPE_INTERNED names are interned in the
// process, larger ones belong to the arena of the value that they were made for.
#define SHAPE_INTERNED 256u
typedef struct Shape {
    uint32_t n;
    const Name *names;
} Shape;

struct ObjectData {
    const Shape *shape;
    Value at[];
};

// What is known of an unknown. A plain unknown of each type is shared.
struct Unknown {
    const Type *type;
    bool not_null;
    bool has_length;
    uint32_t min_length, max_length; // collections, max UINT32_MAX: no bound
    Str prefix;                      // strings
    Value min, max;                  // numbers; kind TYPE_DYNAMIC: no bound
    bool min_inclusive, max_inclusive;
};

static inline bool value_is_null(Value v) { return v.bits & VALUE_NULL; }
static inline bool value_is_unknown(Value v) { return v.bits & VALUE_UNKNOWN; }
static inline bool value_is_known(Value v) { return !(v.bits & VALUE_UNKNOWN); }
// Nothing unknown inside either.
static inline bool value_is_whole(Value v) { return !(v.bits & VALUE_UNKNOWN_INSIDE); }
static inline bool value_is_sensitive(Value v) { return v.marks & MARK_SENSITIVE; }
// Usable as payload of its kind: neither null nor unknown.
static inline bool value_is_set(Value v) { return !(v.bits & (VALUE_NULL | VALUE_UNKNOWN)); }
static inline bool value_true(Value v) { return value_is_set(v) && v.kind == TYPE_BOOL && v.i; }
static inline Str value_str(Value v) { return (Str){v.s, v.n}; }
static inline Life value_life(Value v) { return (Life)(v.bits >> VALUE_LIFE_SHIFT); }

// Making values. The arena decides the life bits. Elements must live at least as long as the arena (value_copy them).
Value value_null(Process *p, const Type *type);
Value value_unknown(Process *p, const Type *type);
// As cty: when what is known leaves only one value (length 0, both bounds the same), or a list's length, the result is
// known as far as that. A plain unknown when nothing is refined. Prefix and bounds live like the arena.
Value value_refined(Arena *arena, const Unknown *refined);
Value value_bool(bool b);
Value value_int(int64_t i);                            // precision 512
Value value_int_prec(int64_t i, uint32_t precision);
Value value_num(Arena *arena, const Num *num);         // narrowed to int64 when it fits; num in arena's life or longer
Value value_string(Arena *arena, Str text);            // copied, brought to NFC
Value value_string_raw(Arena *arena, Str text);        // not copied: NFC already and lives like the arena
Value value_list(Arena *arena, const Type *elem, const Value *at, uint32_t n); // elements are of type elem
Value value_tuple(Arena *arena, const Value *at, uint32_t n);
Value value_set(Arena *arena, const Type *elem, const Value *at, uint32_t n);  // sorts, removes duplicates
Value value_map(Arena *arena, const Type *elem, MapItem *at, uint32_t n);      // sorts in place; the last of a key wins
const Shape *shape_of(Arena *arena, const Name *names, uint32_t n);            // any order
// The shape of an object type's attributes; lives as long as the process.
const Shape *shape_of_type(Process *p, const Type *object);
int32_t shape_index(const Shape *shape, Name name);
int32_t shape_find(const Shape *shape, Str name);
// Values in the shape's order.
Value value_object(Arena *arena, const Shape *shape, const Value *at);
// Names in any order; of a name given twice the last wins.
Value value_object_of(Arena *arena, const Name *names, const Value *at, uint32_t n);
// v whose own marks are exactly these: marks_add (marks.h) adds.
Value value_with_marks(Value v, Marks marks);
// An array payload to fill in place: returns n cleared values inside a fresh ListData or ObjectData. Finish with
// value_finish, which computes the inside bits. For the hot paths of decode and plan.
ListData *value_list_data(Arena *arena, const Type *elem, uint32_t n);
ObjectData *value_object_data(Arena *arena, const Shape *shape);
Value value_finish_list(Arena *arena, TypeKind kind, ListData *data, uint32_t n);
Value value_finish_object(Arena *arena, ObjectData *data);

// The type; builds object and tuple types, so not for hot paths.
const Type *value_type(Process *p, Value v);
// Whether value_type would be t, without building it.
bool value_has_type(Value v, const Type *t);
// The number of any number value; made in the arena when it is kept as an int64.
const Num *value_number(Arena *arena, Value v);
bool value_to_i64(Value v, int64_t *out);
// The attribute of an object or the element of a map, NULL when absent or v is not set.
const Value *value_get(Value v, Name name);
const Value *value_get_str(Value v, Str key);
// Elements of a set list, set or tuple; attribute values of an object.
const Value *value_elements(Value v);
// What is inside of any kind: n parts of a list, set, tuple, map or object that is set, else 0.
static inline uint32_t value_parts(Value v) { return value_is_set(v) && v.kind >= TYPE_LIST ? v.n : 0; }
static inline Value value_part(Value v, uint32_t i) {
    return v.kind == TYPE_MAP ? v.map->at[i].value : v.kind == TYPE_OBJECT ? v.obj->at[i] : v.list->at[i];
}
// The same keys, element type, kind and own marks with other parts (of the same types; sets are arranged anew).
Value value_with_parts(Arena *arena, Value v, const Value *parts);

// A copy that lives as long as arena; parts that already do are shared.
Value value_copy(Arena *arena, Value v);
// Same type, same content, same nullness; unknowns are equal to unknowns of the same type; marks are compared too.
bool value_identical(Value a, Value b);
// Like value_identical but marks are not looked at.
bool value_same(Value a, Value b);
// Total order of values of one type as sets keep them (cty's set order).
int value_set_cmp(Arena *scratch, Value a, Value b);
// Hash for value_same.
uint64_t value_hash(Value v);

#endif
