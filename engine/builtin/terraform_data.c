#include "engine/builtin/terraform_data.h"

#include "engine/builtin/handle.h"

static const InfraAttr attrs[] = {
    {.name = "id", .type = "\"string\"", .flags = INFRA_COMPUTED},
    {.name = "input", .type = "\"dynamic\"", .flags = INFRA_OPTIONAL},
    {.name = "output", .type = "\"dynamic\"", .flags = INFRA_COMPUTED},
    {.name = "triggers_replace", .type = "\"dynamic\"", .flags = INFRA_OPTIONAL},
};
const InfraBlock terraform_data_block = {.attrs = attrs, .attr_count = sizeof attrs / sizeof *attrs};

// The schema's fields, which are sorted by name.
enum { ID, INPUT, OUTPUT, TRIGGERS, FIELDS };
_Static_assert(sizeof attrs / sizeof *attrs == FIELDS, "one field an attribute");

static Value field(InfraValue object, int i) { return value_part(handle_value(object), (uint32_t)i); }

void terraform_data_validate(InfraRequest *base, InfraValue config) {
    if (value_parts(handle_value(config)) != FIELDS) return;
    for (int i = ID; i <= OUTPUT; i += OUTPUT - ID) {
        if (value_is_null(field(config, i))) continue;
        InfraStep step = {.attr = {attrs[i].name, strlen(attrs[i].name)}};
        InfraText detail = base->host->format(base->arena, "The attribute \"%s\" is read-only.", attrs[i].name);
        base->host->diag(base->diags, INFRA_ERROR, (InfraText){"Invalid argument", 16}, detail, (InfraPath){&step, 1});
    }
}

// From null_resource: its triggers become triggers_replace.
void terraform_data_move(InfraUpgrade *q) {
    const InfraHost *host = q->base.host;
    Str from = {q->from_type.p, q->from_type.n};
    if (!str_eq(from, STR("null_resource"))) {
        InfraText detail = host->format(
            q->base.arena, "An object of type %.*s cannot become a terraform_data; one of type null_resource can.",
            STR_ARG(from));
        host->diag(q->base.diags, INFRA_ERROR, (InfraText){"Unsupported move", 16}, detail, (InfraPath){NULL, 0});
        return;
    }
    InfraValue stored;
    if (!host->from_json(q->base.arena, q->attributes, &stored)) {
        host->diag(q->base.diags, INFRA_ERROR, (InfraText){"Malformed object", 16},
                   (InfraText){"The stored null_resource is not JSON.", 37}, (InfraPath){NULL, 0});
        return;
    }
    InfraText names[] = {{"id", 2}, {"triggers_replace", 16}};
    InfraValue values[] = {host->get(host, stored, "id"), host->get(host, stored, "triggers")};
    q->result = host->make_object(q->base.arena, names, values, 2);
}

static Value new_id(Process *p, Arena *arena) {
    Unknown id = {.type = type_string(p), .not_null = true, .min.kind = TYPE_DYNAMIC, .max.kind = TYPE_DYNAMIC};
    return value_refined(arena, &id);
}

// The output has the input's type, also as long as it is unknown.
static Value new_output(Process *p, Value input) { return value_unknown(p, value_type(p, input)); }

void terraform_data_plan(InfraPlan *q) {
    if (q->base.host->is_null(q->proposed)) {
        q->planned = q->proposed;
        return;
    }
    Arena *arena = (Arena *)q->base.arena;
    Process *p = arena_process(arena);
    static const InfraStep step = {.attr = {"triggers_replace", 16}};
    static const InfraPath triggers = {&step, 1};
    Value input = field(q->proposed, INPUT);
    bool create = value_is_null(handle_value(q->prior));
    bool replace = !create && !value_same(field(q->prior, TRIGGERS), field(q->proposed, TRIGGERS));
    bool changed = !create && !value_same(field(q->prior, INPUT), input);
    if (!create && !replace && !changed) {
        q->planned = q->proposed;
        return;
    }
    Value proposed = handle_value(q->proposed);
    ObjectData *planned = value_object_data(arena, proposed.obj->shape);
    memcpy(planned->at, proposed.obj->at, sizeof(Value) * FIELDS);
    if (create || replace) planned->at[ID] = new_id(p, arena);
    // A changed input's output is unknown even when the input is null, as peers have it.
    planned->at[OUTPUT] = (create || replace) && value_is_null(input) ? input : new_output(p, input);
    if (replace) {
        q->replace = &triggers;
        q->replace_count = 1;
    }
    q->planned = handle_of(value_finish_object(arena, planned));
}

void terraform_data_apply(InfraApply *q) {
    q->result = q->planned;
    if (q->action == INFRA_DELETE) return;
    Arena *arena = (Arena *)q->base.arena;
    Value planned = handle_value(q->planned);
    ObjectData *now = value_object_data(arena, planned.obj->shape);
    memcpy(now->at, planned.obj->at, sizeof(Value) * FIELDS);
    if (!value_is_known(now->at[OUTPUT])) now->at[OUTPUT] = now->at[INPUT];
    if (!value_is_known(now->at[ID])) {
        char uuid[37];
        process_uuid(arena_process(arena), uuid);
        now->at[ID] = value_string(arena, str_make(uuid, 36));
    }
    q->result = handle_of(value_finish_object(arena, now));
}

void terraform_data_import(InfraRead *q) {
    const InfraHost *host = q->base.host;
    InfraText name = {"id", 2};
    InfraValue id = host->make_text(q->base.arena, q->id);
    q->result = host->make_object(q->base.arena, &name, &id, 1);
}
