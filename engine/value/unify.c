// One type for several. Fact source: zclconf/go-cty cty/convert/unify.go, compare_types.go, sort_types.go.
#include "engine/value/convert_type.h"

#include "engine/base/map.h"

// Up to here a scan is quicker than a hash table.
#define FEW_TYPES 16u

typedef struct Kinds {
    uint32_t map, list, set, object, tuple, dynamic;
} Kinds;

static Kinds count_kinds(const Type *const *types, uint32_t n) {
    Kinds k = {0};
    for (uint32_t i = 0; i < n; i++) {
        switch ((TypeKind)types[i]->kind) {
        case TYPE_MAP: k.map++; break;
        case TYPE_LIST: k.list++; break;
        case TYPE_SET: k.set++; break;
        case TYPE_OBJECT: k.object++; break;
        case TYPE_TUPLE: k.tuple++; break;
        case TYPE_DYNAMIC: k.dynamic++; break;
        default: break;
        }
    }
    return k;
}

static int compare_rows(const Type *a, const Type *b);

// Below 0: a is the more general one, at first sight; whether conversion works out is for the caller to see.
static int compare_types(const Type *a, const Type *b) {
    bool a_any = a->kind == TYPE_DYNAMIC, b_any = b->kind == TYPE_DYNAMIC;
    if (a_any || b_any) return (int)a_any - (int)b_any;
    if (type_is_primitive(a) && type_is_primitive(b))
        return (int)(b->kind == TYPE_STRING) - (int)(a->kind == TYPE_STRING);
    if (a->kind == b->kind && type_is_collection(a)) return compare_types(a->elem, b->elem);
    bool a_seq = a->kind == TYPE_TUPLE || a->kind == TYPE_LIST, b_seq = b->kind == TYPE_TUPLE || b->kind == TYPE_LIST;
    if (b->kind == TYPE_SET && a_seq) return -1;
    if (a->kind == TYPE_SET && b_seq) return 1;
    if (a->kind == TYPE_LIST && b->kind == TYPE_TUPLE) return -1;
    if (a->kind == TYPE_TUPLE && b->kind == TYPE_LIST) return 1;
    if (a->kind == TYPE_MAP && b->kind == TYPE_OBJECT) return -1;
    if (a->kind == TYPE_OBJECT && b->kind == TYPE_MAP) return 1;
    bool rows = a->kind == TYPE_OBJECT || a->kind == TYPE_TUPLE;
    return a->kind == b->kind && rows ? compare_rows(a, b) : 0;
}

static int compare_rows(const Type *a, const Type *b) {
    if (a->n != b->n) return 0;
    bool a_super = false, b_super = false;
    for (uint32_t i = 0; i < a->n; i++) {
        if (a->kind == TYPE_OBJECT && a->names[i] != b->names[i]) return 0;
        int order = compare_types(a->types[i], b->types[i]);
        a_super |= order < 0;
        b_super |= order > 0;
    }
    return (int)b_super - (int)a_super;
}

// The indexes of the types, the most general first: a topological order of "more general than".
static void sort_types(const Type *const *types, uint32_t n, uint32_t *order) {
    Buf memory = {0};
    uint32_t *above = (uint32_t *)(void *)buf_reserve(&memory, n * sizeof *above), queued = 0;
    memset(above, 0, n * sizeof *above);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < n; k++)
            if (i != k && compare_types(types[k], types[i]) < 0) above[i]++;
    for (uint32_t i = 0; i < n; i++)
        if (above[i] == 0) order[queued++] = i;
    for (uint32_t done = 0; done < queued; done++)
        for (uint32_t k = 0; k < n; k++)
            if (k != order[done] && compare_types(types[order[done]], types[k]) < 0 && --above[k] == 0)
                order[queued++] = k;
    // In a cycle there is no most general type; what is left over comes last.
    for (uint32_t i = 0; queued < n; i++)
        if (above[i] != 0) order[queued++] = i;
    buf_free(&memory);
}

static bool all_convert(Process *p, const Type *const *types, uint32_t n, const Type *want, bool unsafe) {
    for (uint32_t i = 0; i < n; i++)
        if (!convert_types(p, types[i], want, unsafe)) return false;
    return true;
}

static const Type *unify_to_one(Process *p, const Type *const *types, uint32_t n, bool unsafe) {
    Buf memory = {0};
    uint32_t *order = (uint32_t *)(void *)buf_reserve(&memory, n * sizeof *order);
    sort_types(types, n, order);
    const Type *found = NULL;
    for (uint32_t i = 0; i < n && !found; i++)
        if (all_convert(p, types, n, types[order[i]], unsafe)) found = types[order[i]];
    buf_free(&memory);
    return found;
}

static const Type *collection_like(Process *p, TypeKind kind, const Type *elem) {
    return kind == TYPE_LIST ? type_list(p, elem) : kind == TYPE_SET ? type_set(p, elem) : type_map(p, elem);
}

static const Type *unify_collections(Process *p, TypeKind kind, const Type *const *types, uint32_t n, bool unsafe) {
    TypeList elems = {0};
    for (uint32_t i = 0; i < n; i++) types_add(&elems, types[i]->elem);
    const Type *elem = unify_types(p, types_at(&elems), elems.n, unsafe);
    buf_free(&elems.memory);
    if (!elem) return NULL;
    const Type *t = collection_like(p, kind, elem);
    return all_convert(p, types, n, t, unsafe) ? t : NULL;
}

// All attributes of all objects to a map's element, all elements of all tuples to a list's.
static const Type *unify_rows_to_collection(Process *p, const Type *const *types, uint32_t n, bool unsafe) {
    TypeList elems = {0};
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < types[i]->n; k++) types_add(&elems, types[i]->types[k]);
    const Type *elem = elems.n ? unify_types(p, types_at(&elems), elems.n, unsafe) : NULL;
    buf_free(&elems.memory);
    if (!elem) return NULL;
    const Type *t = collection_like(p, types[0]->kind == TYPE_OBJECT ? TYPE_MAP : TYPE_LIST, elem);
    return all_convert(p, types, n, t, unsafe) ? t : NULL;
}

static bool rows_alike(const Type *const *types, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        if (types[i]->n != types[0]->n) return false;
        if (types[0]->kind == TYPE_OBJECT && types[0]->n &&
            memcmp(types[i]->names, types[0]->names, types[0]->n * sizeof(Name)) != 0)
            return false;
    }
    return true;
}

// Objects of the same attributes, or tuples of the same length, column by column.
static const Type *unify_rows(Process *p, const Type *const *types, uint32_t n, bool unsafe) {
    if (!rows_alike(types, n)) return unify_rows_to_collection(p, types, n, unsafe);
    const Type *first = types[0];
    TypeList columns = {0}, column = {0};
    bool ok = true;
    for (uint32_t k = 0; k < first->n && ok; k++) {
        column.n = 0;
        buf_clear(&column.memory);
        for (uint32_t i = 0; i < n; i++) types_add(&column, types[i]->types[k]);
        const Type *t = unify_types(p, types_at(&column), column.n, unsafe);
        ok = t != NULL;
        types_add(&columns, t);
    }
    const Type *t = NULL;
    if (ok && first->kind == TYPE_TUPLE) t = type_tuple(p, types_at(&columns), columns.n);
    if (ok && first->kind == TYPE_OBJECT) {
        Buf fields = {0};
        for (uint32_t k = 0; k < first->n; k++) {
            TypeField field = {first->names[k], types_at(&columns)[k], false};
            buf_bytes(&fields, &field, sizeof field);
        }
        t = type_object(p, (const TypeField *)(const void *)fields.p, first->n);
        buf_free(&fields);
    }
    buf_free(&column.memory);
    buf_free(&columns.memory);
    if (t && !all_convert(p, types, n, t, unsafe)) t = unify_rows_to_collection(p, types, n, unsafe);
    return t;
}

// Objects among maps, tuples among lists: the rows as one collection first, then all of them. NULL: no luck.
static const Type *unify_rows_among(Process *p, TypeKind row, const Type *const *types, uint32_t n, bool unsafe) {
    TypeList rows = {0}, all = {0};
    for (uint32_t i = 0; i < n; i++)
        if (types[i]->kind == row) types_add(&rows, types[i]);
    const Type *one = unify_rows_to_collection(p, types_at(&rows), rows.n, unsafe), *t = NULL;
    if (one) {
        for (uint32_t i = 0; i < n; i++) types_add(&all, types[i]->kind == row ? one : types[i]);
        t = unify_types(p, types_at(&all), all.n, unsafe);
    }
    buf_free(&rows.memory);
    buf_free(&all.memory);
    return t && t->kind == (row == TYPE_OBJECT ? TYPE_MAP : TYPE_LIST) ? t : NULL;
}

static const Type *unify_distinct(Process *p, const Type *const *types, uint32_t n, bool unsafe) {
    Kinds k = count_kinds(types, n);
    const Type *any = k.dynamic ? type_dynamic(p) : NULL;
    uint32_t known = n - k.dynamic;
    if (known == 0) return type_dynamic(p);
    // With something of unknown type among them the result depends on what it turns out to be.
    if (k.map == known) return any ? any : unify_collections(p, TYPE_MAP, types, n, unsafe);
    if (k.list == known) return any ? any : unify_collections(p, TYPE_LIST, types, n, unsafe);
    if (k.set == known) return any ? any : unify_collections(p, TYPE_SET, types, n, unsafe);
    if (k.object == known || k.tuple == known) return any ? any : unify_rows(p, types, n, unsafe);
    const Type *t = NULL;
    if (k.map && k.map + k.object == known) {
        t = unify_rows_among(p, TYPE_OBJECT, types, n, unsafe);
    } else if (k.list && k.list + k.tuple == known) {
        t = unify_rows_among(p, TYPE_TUPLE, types, n, unsafe);
    } else if (k.object && k.tuple) {
        return NULL;
    }
    return t ? t : unify_to_one(p, types, n, unsafe);
}

static bool among(const TypeList *list, const Type *t) {
    for (uint32_t i = 0; i < list->n; i++)
        if (types_at(list)[i] == t) return true;
    return false;
}

// Each type once, in order of appearance.
static void add_distinct(Process *p, TypeList *distinct, const Type *const *types, uint32_t n) {
    if (n <= FEW_TYPES) {
        for (uint32_t i = 0; i < n; i++)
            if (!among(distinct, types[i])) types_add(distinct, types[i]);
        return;
    }
    Arena *scratch = arena_new(p, LIFE_OP, "unify");
    IdMap seen = idmap_in(scratch);
    for (uint32_t i = 0; i < n; i++) {
        bool added;
        idmap_put(&seen, (uintptr_t)types[i], &added);
        if (added) types_add(distinct, types[i]);
    }
    arena_free(scratch);
}

const Type *unify_types(Process *p, const Type *const *types, uint32_t n, bool unsafe) {
    if (n == 0) return NULL;
    uint32_t same = 1;
    while (same < n && types[same] == types[0]) same++;
    if (same == n && !types[0]->has_optional) {
        // What is all of one type is that type, as long as nothing of unknown type is inside of it.
        if (!types[0]->has_dynamic || types[0]->kind == TYPE_DYNAMIC) return types[0];
    }
    TypeList distinct = {0};
    add_distinct(p, &distinct, types, n);
    const Type *t = unify_distinct(p, types_at(&distinct), distinct.n, unsafe);
    buf_free(&distinct.memory);
    return t;
}

const Type *convert_unify(Process *p, const Type *const *types, uint32_t n) { return unify_types(p, types, n, true); }
