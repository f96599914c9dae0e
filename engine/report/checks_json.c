#include "engine/report/checks_json.h"

#include <stdlib.h>

typedef struct Item {         // one object that has conditions
    Str kind, config, object; // addresses; object empty: known to have none
    int status;
    const Str *failures;
    uint32_t failure_count;
} Item;

typedef struct Items {
    Arena *arena;
    VEC(Item) list;
} Items;

static const char *status_name(int status) {
    switch (status) {
    case CHECK_PASS: return "pass";
    case CHECK_FAIL: return "fail";
    case CHECK_ERROR: return "error";
    default: return "unknown";
    }
}

static int status_of(Str name) {
    for (int s = CHECK_PASS; s < CHECK_UNKNOWN; s++)
        if (str_eqz(name, status_name(s))) return s;
    return CHECK_UNKNOWN;
}

static int item_cmp(const void *pa, const void *pb) {
    const Item *a = pa, *b = pb;
    int c = str_cmp(a->config, b->config);
    return c ? c : str_cmp(a->object, b->object);
}

// ---- addresses ----

// The length of the module part, with its last dot: "module.a[0].module.b.".
static size_t module_length(Str address) {
    size_t n = 0;
    while (str_starts(str_slice(address, n, address.n), STR("module."))) {
        bool quoted = false;
        for (n += strlen("module."); n < address.n; n++) {
            char c = address.p[n];
            if (quoted && c == '\\')
                n++;
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && c == '.')
                break;
        }
        n++;
    }
    return n < address.n ? n : address.n;
}

static void module_field(JsonWriter *w, Str address) {
    size_t n = module_length(address);
    if (n) json_text_field(w, "module", str_slice(address, 0, n - 1));
}

static void static_address(JsonWriter *w, const Item *item) {
    Str local = str_slice(item->config, module_length(item->config), item->config.n), first, second = STR_NONE;
    bool resource = str_eqz(item->kind, "resource"), data = false;
    Str rest = local;
    str_next(&rest, '.', &first);
    str_next(&rest, '.', &second);
    if (resource && (data = str_eqz(first, "data")) != false) {
        first = second;
        str_next(&rest, '.', &second);
    }
    json_open_object(w);
    json_text_field(w, "kind", item->kind);
    if (resource) json_text_field(w, "mode", data ? STR("data") : STR("managed"));
    module_field(w, item->config);
    json_text_field(w, "name", second);
    json_text_field(w, "to_display", item->config);
    if (resource) json_text_field(w, "type", first);
    json_close_object(w);
}

static void instance_key(JsonWriter *w, Str address) {
    Str local = str_slice(address, module_length(address), address.n);
    ptrdiff_t at = str_find_char(local, '[');
    if (at < 0 || local.p[local.n - 1] != ']') return;
    json_field(w, "instance_key");
    json_raw(w, str_slice(local, (size_t)at + 1, local.n - 1)); // a number or a quoted text: JSON either way
}

static void dynamic_address(JsonWriter *w, const Item *item) {
    json_open_object(w);
    if (str_eqz(item->kind, "resource")) instance_key(w, item->object);
    module_field(w, item->object);
    json_text_field(w, "to_display", item->object);
    json_close_object(w);
}

// ---- results ----

static int str_order(const void *a, const void *b) { return str_cmp(*(const Str *)a, *(const Str *)b); }

static void problems_write(JsonWriter *w, Arena *arena, const Item *item) {
    if (item->failure_count == 0) return;
    Str *sorted = ARENA_ARRAY(arena, Str, item->failure_count);
    memcpy(sorted, item->failures, sizeof *sorted * item->failure_count);
    qsort(sorted, item->failure_count, sizeof *sorted, str_order);
    json_field(w, "problems");
    json_open_array(w);
    for (uint32_t i = 0; i < item->failure_count; i++) {
        json_open_object(w);
        json_text_field(w, "message", sorted[i]);
        json_close_object(w);
    }
    json_close_array(w);
}

static int status_rank(int status) {
    return status == CHECK_ERROR ? 3 : status == CHECK_FAIL ? 2 : status == CHECK_UNKNOWN ? 1 : 0;
}

// The objects at[0 … n) of one configuration object.
static void group_write(JsonWriter *w, Arena *arena, const Item *at, uint32_t n) {
    int worst = CHECK_PASS;
    bool objects = false;
    for (uint32_t i = 0; i < n; i++) {
        if (status_rank(at[i].status) > status_rank(worst)) worst = at[i].status;
        objects |= at[i].object.n > 0;
    }
    json_open_object(w);
    json_field(w, "address");
    static_address(w, at);
    json_text_field(w, "status", str_of(status_name(worst)));
    if (objects) {
        json_field(w, "instances");
        json_open_array(w);
        for (uint32_t i = 0; i < n; i++) {
            if (at[i].object.n == 0) continue;
            json_open_object(w);
            json_field(w, "address");
            dynamic_address(w, &at[i]);
            json_text_field(w, "status", str_of(status_name(at[i].status)));
            problems_write(w, arena, &at[i]);
            json_close_object(w);
        }
        json_close_array(w);
    }
    json_close_object(w);
}

static void items_write(JsonWriter *w, Items *items) {
    Item *at = items->list.at;
    uint32_t n = items->list.n;
    if (n == 0) return;
    qsort(at, n, sizeof *at, item_cmp);
    json_field(w, "checks");
    json_open_array(w);
    for (uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && str_eq(at[end].config, at[i].config); end++) {
        }
        group_write(w, items->arena, &at[i], end - i);
    }
    json_close_array(w);
}

void checks_json_walk(JsonWriter *w, const Walk *walk) {
    Items items = {.arena = arena_new(walk->process, LIFE_OP, "checks")};
    for (uint32_t i = 0; i < walk->checks.n; i++) {
        const CheckResult *c = &walk->checks.at[i];
        vec_push(
            items.arena, &items.list,
            ((Item){c->object_kind, c->config_addr, c->object_addr, (int)c->status, c->failures.at, c->failures.n}));
    }
    items_write(w, &items);
    arena_free(items.arena);
}

static Str text_of(Value object, const char *name) {
    const Value *v = value_get_str(object, str_of(name));
    return v && value_is_set(*v) && v->kind == TYPE_STRING ? value_str(*v) : STR_NONE;
}

// States say "output" for what JSON calls "output_value".
static Str kind_of(Value group) {
    Str kind = text_of(group, "object_kind");
    return str_eqz(kind, "output") ? STR("output_value") : kind;
}

static void state_object(Items *items, Value group, Value object) {
    Item item = {kind_of(group),
                 text_of(group, "config_addr"),
                 text_of(object, "object_addr"),
                 status_of(text_of(object, "status")),
                 NULL,
                 0};
    const Value *messages = value_get_str(object, STR("failure_messages"));
    uint32_t n = messages ? value_parts(*messages) : 0;
    Str *failures = ARENA_ARRAY(items->arena, Str, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        Value message = value_part(*messages, i);
        if (value_is_set(message) && message.kind == TYPE_STRING) failures[item.failure_count++] = value_str(message);
    }
    item.failures = failures;
    vec_push(items->arena, &items->list, item);
}

void checks_json_state(JsonWriter *w, Process *process, Str check_results) {
    Items items = {.arena = arena_new(process, LIFE_OP, "checks")};
    Value all;
    bool known = check_results.n && json_decode(items.arena, check_results, &all, NULL);
    for (uint32_t i = 0; known && i < value_parts(all); i++) {
        Value group = value_part(all, i);
        if (group.kind != TYPE_OBJECT) continue;
        const Value *objects = value_get_str(group, STR("objects"));
        uint32_t n = objects ? value_parts(*objects) : 0;
        for (uint32_t k = 0; k < n; k++)
            if (value_part(*objects, k).kind == TYPE_OBJECT) state_object(&items, group, value_part(*objects, k));
        if (n == 0)
            vec_push(items.arena, &items.list,
                     ((Item){kind_of(group), text_of(group, "config_addr"), STR_NONE,
                             status_of(text_of(group, "status")), NULL, 0}));
    }
    items_write(w, &items);
    arena_free(items.arena);
}
