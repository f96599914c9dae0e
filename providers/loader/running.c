// The life of one call across the boundary.
#include "providers/loader/running.h"

#include <assert.h>

Running *running_new(Plugin *plugin, Provider *provider, const PluginType *type, Arena *arena, Str address,
                     Diags *diags) {
    Plugins *plugins = plugin->plugins;
    Running *r = plugins->free_running;
    if (r)
        plugins->free_running = r->next_free;
    else
        r = arena_alloc(plugins->arena, sizeof *r);
    *r = (Running){
        .plugins = plugins,
        .plugin = plugin,
        .provider = provider,
        .type = type,
        .arena = arena,
        .address = address,
        .diags = diags_in(arena),
        .out_diags = diags,
    };
    return r;
}

void running_base(Running *r, InfraRequest *base, Diags *diags) {
    base->host = &r->plugins->host;
    base->plugin = r->plugin->self;
    base->arena = (InfraArena *)r->arena;
    base->diags = (InfraDiags *)diags;
    base->type = r->type && r->type->name ? host_text(name_str(r->type->name)) : (InfraText){"", 0};
    base->address = host_text(r->address);
}

void running_begin(Running *r, void *request, void (*finish)(Running *r), ProviderDone done, void *ctx) {
    r->request = request;
    r->finish = finish;
    r->done = done;
    r->done_ctx = ctx;
    r->inside = true;
}

InfraCall *running_call(Running *r) { return (InfraCall *)r; }

// The struct goes back to the pool first: the caller may start the next call from its done.
static void running_end(Running *r) {
    ProviderDone done = r->done;
    void *ctx = r->done_ctx;
    r->finish(r);
    r->next_free = r->plugins->free_running;
    r->plugins->free_running = r;
    if (done) done(ctx);
}

void running_leave(Running *r) {
    r->inside = false;
    if (r->answered) running_end(r);
}

void running_done(InfraCall *call) {
    Running *r = (Running *)call;
    assert(!r->answered && "a call is answered once");
    r->answered = true;
    if (!r->inside) running_end(r);
}

void running_messages(Diags *to, Diags *from, Str address) {
    if (!from->list.n && !from->errors) return;
    for (uint32_t i = 0; i < from->list.n; i++)
        if (!from->list.at[i].address.n) from->list.at[i].address = address;
    diags_append(to, from);
}

// Whether every field has its type already, so that nothing needs converting.
static bool fits(const SchemaBlock *block, Value v) {
    if (v.kind != TYPE_OBJECT || !value_is_set(v) || v.obj->shape != block->shape) return false;
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *attr = &block->attrs[i];
        if (attr->type->kind == TYPE_DYNAMIC) continue;
        if (attr->type->has_dynamic || !value_has_type(v.obj->at[attr->field], attr->type)) return false;
    }
    for (uint32_t i = 0; i < block->block_count; i++) {
        const SchemaNested *nested = &block->blocks[i];
        const Value at = v.obj->at[nested->field];
        const Type *type = block->type->types[nested->field];
        if (value_is_null(at) && nested->nesting != NEST_SINGLE) return false;
        if (type->has_dynamic || !value_has_type(at, type)) return false;
    }
    return true;
}

bool running_conform(Arena *arena, const PluginType *type, Value v, Diags *diags, const char *summary, Value *out) {
    const SchemaBlock *block = type->schema.block;
    *out = v;
    if (fits(block, v)) return true;
    if (value_is_null(v)) {
        *out = value_null(arena_process(arena), block->type);
        return true;
    }
    Str error = STR_NONE;
    if (schema_conform(arena, block, v, out, &error)) return true;
    *out = value_null(arena_process(arena), block->type);
    return diag_error(diags, "provider_bug", SPAN_NONE, summary,
                      "The provider gave an object that does not fit its own schema: %.*s. This is a bug in the "
                      "provider.",
                      STR_ARG(error));
}

Value running_out(Arena *arena, const PluginType *type, const PathMarksList *marks, Value v) {
    if (!value_is_set(v)) return v;
    if (marks && marks->list.n) v = marks_apply(arena, v, marks);
    return schema_mark(arena, type->schema.block, v);
}
