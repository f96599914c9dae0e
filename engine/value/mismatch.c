// Why one type does not convert to another, in the peers' words. Fact source: zclconf/go-cty
// cty/convert/mismatch_msg.go. Where theirs depends on the order of a hash map, the first by name is told.
#include "engine/value/convert_type.h"
#include "engine/value/quote.h"
#include "engine/value/type_table.h"

static void required(const Type *want, Buf *out) {
    type_friendly_constraint(want, out);
    buf_z(out, " required");
}

static void attributes_required(const Type *got, const Type *want, uint32_t missing, Buf *out) {
    buf_z(out, missing == 1 ? "attribute " : "attributes ");
    uint32_t told = 0;
    for (uint32_t i = 0; i < want->n; i++) {
        bool optional = want->optional && want->optional[i];
        if (optional || type_attr(got, want->names[i]) >= 0) continue;
        told++;
        if (told > 1 && missing > 2) buf_z(out, ", ");
        if (told > 1 && missing == 2) buf_char(out, ' ');
        if (told > 1 && told == missing) buf_z(out, "and ");
        quote_go(name_str(want->names[i]), out);
    }
    buf_z(out, missing == 1 ? " is required" : " are required");
}

static void mismatch_objects(Process *p, const Type *got, const Type *want, Buf *out) {
    uint32_t missing = 0;
    int64_t unsafe = -1, safe = -1;
    for (uint32_t i = want->n; i-- > 0;) {
        bool optional = want->optional && want->optional[i];
        int32_t k = type_attr(got, want->names[i]);
        missing += k < 0 && !optional;
        if (k < 0) continue;
        if (!convert_types(p, got->types[k], want->types[i], true)) unsafe = i;
        if (!convert_types(p, got->types[k], want->types[i], false)) safe = i;
    }
    if (missing) {
        attributes_required(got, want, missing, out);
        return;
    }
    int64_t worst = unsafe >= 0 ? unsafe : safe;
    if (worst < 0) {
        buf_z(out, "incorrect object attributes");
        return;
    }
    buf_z(out, "attribute ");
    quote_go(name_str(want->names[worst]), out);
    buf_z(out, ": ");
    mismatch_print(p, got->types[type_attr(got, want->names[worst])], want->types[worst], out);
}

static void mismatch_rows(Process *p, const Type *got, const Type *want, Buf *out) {
    if ((want->kind == TYPE_MAP) != (got->kind == TYPE_OBJECT)) {
        required(want, out);
        return;
    }
    for (uint32_t i = 0; i < got->n; i++) {
        if (convert_types(p, got->types[i], want->elem, true)) continue;
        buf_z(out, "element ");
        if (got->kind == TYPE_TUPLE)
            buf_format(out, "%u", i);
        else
            quote_go(name_str(got->names[i]), out);
        buf_z(out, ": ");
        mismatch_print(p, got->types[i], want->elem, out);
        return;
    }
    buf_z(out, "all elements must be ");
    type_friendly_constraint(want->elem, out);
}

static void mismatch_collections(Process *p, const Type *got, const Type *want, Buf *out) {
    if ((want->kind == TYPE_MAP) != (got->kind == TYPE_MAP)) {
        required(want, out);
        return;
    }
    const char *kind = want->kind == TYPE_LIST ? "list" : want->kind == TYPE_SET ? "set" : "map";
    buf_format(out, "incorrect %s element type: ", kind);
    mismatch_print(p, got->elem, want->elem, out);
}

// Whether telling both types would confuse: "number required, but have string" when some strings convert.
static bool confusing(const Type *got, const Type *want) {
    if (type_is_primitive(got) != type_is_primitive(want)) return false;
    if (want->kind == TYPE_STRING) return false;
    if (want->kind == TYPE_BOOL && got->kind == TYPE_NUMBER) return false;
    if (want->kind == TYPE_NUMBER && got->kind == TYPE_BOOL) return false;
    return !(got->kind == TYPE_TUPLE && want->kind == TYPE_OBJECT);
}

void mismatch_print(Process *p, const Type *got, const Type *want, Buf *out) {
    bool rows = got->kind == TYPE_TUPLE || got->kind == TYPE_OBJECT;
    bool any_element = type_is_collection(want) && want->elem->kind == TYPE_DYNAMIC;
    if (got->kind == TYPE_OBJECT && want->kind == TYPE_OBJECT) {
        mismatch_objects(p, got, want, out);
    } else if (got->kind == TYPE_TUPLE && any_element && want->kind != TYPE_MAP) {
        buf_format(out, "all %s elements must have the same type", want->kind == TYPE_LIST ? "list" : "set");
    } else if (got->kind == TYPE_OBJECT && any_element && want->kind == TYPE_MAP) {
        buf_z(out, "all map elements must have the same type");
    } else if (rows && type_is_collection(want)) {
        mismatch_rows(p, got, want, out);
    } else if (type_is_collection(got) && type_is_collection(want)) {
        mismatch_collections(p, got, want, out);
    } else if (!confusing(got, want)) {
        type_friendly(want, out);
        buf_z(out, " required, but have ");
        type_friendly(got, out);
    } else {
        required(want, out);
    }
}
