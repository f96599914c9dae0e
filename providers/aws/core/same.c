#include "providers/aws/core/same.h"

// Null and the zero value are one for optional attributes that are not nullable, and for what AWS fills in.
static bool zero_is_null(const Attr *a, Value v) {
    if (a->nullable) return false;
    if (v.kind >= TYPE_LIST || a->block) return true;
    if (v.kind == TYPE_STRING) return true;
    return !(a->flags & INFRA_COMPUTED) && (!a->has_fallback || value_is_zero(a->fallback));
}

static Value normal(Frame *f, const Attr *a, Value v) {
    if (!a->normal || !value_is_set(v)) return v;
    Diags quiet = diags_in(frame_arena(f));
    Value outer = f->roots[SLOT_VALUE];
    f->roots[SLOT_VALUE] = v;
    Value out = frame_eval(f, a->normal, &quiet);
    f->roots[SLOT_VALUE] = outer;
    return diags_failed(&quiet) || value_is_unknown(out) ? v : out;
}

static bool said_same(Frame *f, const Attr *a, Value old, Value now) {
    Diags quiet = diags_in(frame_arena(f));
    Value before = f->roots[SLOT_OLD], after = f->roots[SLOT_NEW];
    f->roots[SLOT_OLD] = old;
    f->roots[SLOT_NEW] = now;
    bool same = frame_true(f, a->same, false, &quiet);
    f->roots[SLOT_OLD] = before;
    f->roots[SLOT_NEW] = after;
    return same && !diags_failed(&quiet);
}

static bool objects_same(Frame *f, const Attrs *attrs, Value old, Value now);

static bool element_same(Frame *f, const Attr *a, Value old, Value now) {
    return a->inside ? objects_same(f, a->inside, old, now) : value_same(old, now);
}

// Each of one among the other; both have as many.
static bool sets_same(Frame *f, const Attr *a, Value old, Value now) {
    uint32_t n = old.n;
    bool *met = ARENA_ARRAY(frame_arena(f), bool, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        bool found = false;
        for (uint32_t j = 0; j < n && !found; j++) {
            if (met[j] || !element_same(f, a, value_part(old, j), value_part(now, i))) continue;
            found = met[j] = true;
        }
        if (!found) return false;
    }
    return true;
}

static bool parts_same(Frame *f, const Attr *a, Value old, Value now) {
    if (old.n != now.n) return false;
    if (old.kind == TYPE_SET) return sets_same(f, a, old, now);
    for (uint32_t i = 0; i < old.n; i++) {
        if (old.kind == TYPE_MAP && !str_eq(old.map->at[i].key, now.map->at[i].key)) return false;
        if (!element_same(f, a, value_part(old, i), value_part(now, i))) return false;
    }
    return true;
}

static bool plain_same(Frame *f, const Attr *a, Value old, Value now) {
    if (value_same(old, now)) return true;
    if (value_is_unknown(old) || value_is_unknown(now)) return false;
    if (value_is_zero(old) && value_is_zero(now)) return zero_is_null(a, value_is_null(old) ? now : old);
    if (value_is_null(old) || value_is_null(now) || old.kind != now.kind) return false;
    if (!a->inside || now.kind < TYPE_LIST) return false;
    if (now.kind == TYPE_OBJECT) return objects_same(f, a->inside, old, now);
    return parts_same(f, a, old, now);
}

// Recursion is over the schema's nesting.
bool same_values(Frame *f, const Attr *a, Value old, Value now) {
    if (plain_same(f, a, old, now)) return true;
    if (value_is_unknown(old) || value_is_unknown(now)) return false;
    if (a->same && said_same(f, a, old, now)) return true;
    return a->normal && plain_same(f, a, normal(f, a, old), normal(f, a, now));
}

static bool objects_same(Frame *f, const Attrs *attrs, Value old, Value now) {
    if (!value_is_set(old) || !value_is_set(now) || old.kind != TYPE_OBJECT || now.kind != TYPE_OBJECT)
        return value_same(old, now);
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attr *a = &attrs->at[i];
        if (!same_values(f, a, frame_get(f, old, a->name), frame_get(f, now, a->name))) return false;
    }
    return true;
}

static Value keep_object(Frame *f, const Attrs *attrs, Value old, Value now, bool settle) {
    if (!value_is_set(old) || !value_is_set(now)) return now;
    ObjectData *data = value_object_data(frame_arena(f), attrs->shape);
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attr *a = &attrs->at[i];
        Value was = frame_get(f, old, a->name), is = frame_get(f, now, a->name);
        data->at[i] = settle ? same_settle(f, a, was, is) : same_keep(f, a, was, is);
    }
    return value_finish_object(frame_arena(f), data);
}

// Elements of lists pair by place, of maps by key, of sets by being the same.
static Value keep_parts(Frame *f, const Attr *a, Value old, Value now, bool settle) {
    Value *parts = ARENA_ARRAY(frame_arena(f), Value, now.n + 1);
    for (uint32_t i = 0; i < now.n; i++) {
        Value is = parts[i] = value_part(now, i);
        if (now.kind == TYPE_SET) {
            for (uint32_t j = 0; j < old.n; j++)
                if (element_same(f, a, value_part(old, j), is)) parts[i] = value_part(old, j);
        } else if (now.kind == TYPE_LIST && i < old.n) {
            parts[i] = keep_object(f, a->inside, value_part(old, i), is, settle);
        }
    }
    return value_with_parts(frame_arena(f), now, parts);
}

Value same_keep(Frame *f, const Attr *a, Value old, Value now) {
    if (same_values(f, a, old, now)) return old;
    bool inner = a->inside && value_is_set(old) && value_is_set(now) && old.kind == now.kind && now.kind >= TYPE_LIST;
    if (!inner) return now;
    if (now.kind == TYPE_OBJECT) return keep_object(f, a->inside, old, now, false);
    return keep_parts(f, a, old, now, false);
}

Value same_settle(Frame *f, const Attr *a, Value was, Value got) {
    if (value_is_unknown(was)) was = value_null(f->def->core->process, a->type);
    bool empty = value_is_null(got) || (got.kind == TYPE_STRING && got.n == 0 && value_is_set(got));
    if (empty && !a->block) {
        if (same_values(f, a, was, got)) return was;
        if (a->has_fallback) return same_values(f, a, was, a->fallback) ? was : a->fallback;
        if (attr_is_auto(a) && !value_is_null(was) && value_is_null(got)) return was;
        return got;
    }
    if (same_values(f, a, was, got)) return was;
    bool inner = a->inside && value_is_set(was) && value_is_set(got) && was.kind == got.kind && got.kind >= TYPE_LIST;
    if (!inner) return got;
    if (got.kind == TYPE_OBJECT) return keep_object(f, a->inside, was, got, true);
    return keep_parts(f, a, was, got, true);
}
