#include "providers/aws/core/tags.h"

#include "providers/aws/core/mapping.h"

static bool listed(StrList list, Str key, bool prefix) {
    for (uint32_t i = 0; i < list.n; i++)
        if (prefix ? str_starts(key, list.at[i]) : str_eq(key, list.at[i])) return true;
    return false;
}

static bool ignored(const struct InfraProvider *p, Str key) {
    return p && (listed(p->ignore_keys, key, false) || listed(p->ignore_prefixes, key, true));
}

static Value make_map(Arena *arena, MapItem *at, uint32_t n) {
    return value_map(arena, type_string(arena_process(arena)), at, n);
}

Value tags_planned(Arena *arena, const struct InfraProvider *provider, Value own) {
    Process *p = arena_process(arena);
    const Type *type = type_map(p, type_string(p));
    Value defaults = provider ? provider->default_tags : value_null(p, type);
    if (!value_is_whole(own) || !value_is_whole(defaults)) return value_unknown(p, type);
    MapItem *at = ARENA_ARRAY(arena, MapItem, value_parts(own) + value_parts(defaults) + 1);
    uint32_t n = 0;
    for (int k = 0; k < 2; k++) { // the later one of a key wins
        Value from = k ? own : defaults;
        for (uint32_t i = 0; i < value_parts(from); i++) {
            if (ignored(provider, from.map->at[i].key) || value_is_null(from.map->at[i].value)) continue;
            at[n++] = from.map->at[i];
        }
    }
    return make_map(arena, at, n);
}

Value tags_seen(Arena *arena, const struct InfraProvider *provider, Value read) {
    Value all = mapping_pairs(arena, read);
    MapItem *at = ARENA_ARRAY(arena, MapItem, value_parts(all) + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < value_parts(all); i++) {
        Str key = all.kind == TYPE_MAP ? all.map->at[i].key : name_str(all.obj->shape->names[i]);
        Value v = value_part(all, i);
        if (str_starts(key, STR("aws:")) || ignored(provider, key)) continue;
        at[n++] = (MapItem){key, value_is_set(v) ? v : value_string(arena, STR(""))};
    }
    return make_map(arena, at, n);
}

Value tags_own(Arena *arena, const struct InfraProvider *provider, Value all, Value was) {
    Value defaults =
        provider ? provider->default_tags : value_null(arena_process(arena), type_dynamic(arena_process(arena)));
    MapItem *at = ARENA_ARRAY(arena, MapItem, value_parts(all) + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < value_parts(all); i++) {
        Str key = all.map->at[i].key;
        const Value *given = value_get_str(defaults, key), *own = value_get_str(was, key);
        bool by_default = given && value_same(*given, all.map->at[i].value);
        if (!by_default || own) at[n++] = all.map->at[i];
    }
    return make_map(arena, at, n);
}

void tags_difference(Arena *arena, Value from, Value to, Value *add, Value *remove_keys) {
    Process *p = arena_process(arena);
    MapItem *at = ARENA_ARRAY(arena, MapItem, value_parts(to) + 1);
    Value *keys = ARENA_ARRAY(arena, Value, value_parts(from) + 1);
    uint32_t n = 0, gone = 0;
    for (uint32_t i = 0; i < value_parts(to); i++) {
        const Value *before = value_get_str(from, to.map->at[i].key);
        if (!before || !value_same(*before, to.map->at[i].value)) at[n++] = to.map->at[i];
    }
    for (uint32_t i = 0; i < value_parts(from); i++)
        if (!value_get_str(to, from.map->at[i].key)) keys[gone++] = value_string_raw(arena, from.map->at[i].key);
    *add = n ? make_map(arena, at, n) : value_null(p, type_dynamic(p));
    *remove_keys = gone ? value_tuple(arena, keys, gone) : value_null(p, type_dynamic(p));
}
