// Decoding, upgrading and reading the objects of one provider.
#include "engine/base/base64.h"
#include "engine/plan/prior.h"
#include "engine/value/pack.h"

typedef struct ReadPhase {
    Walk *walk;
    ProviderUse *use;
    VEC(uint32_t) objects; // indices into walk->prior
    ProviderRead *requests;
    ProviderRead **list;
    uint32_t count;
    uint32_t upgrades; // not yet answered
    bool failed, upgrading;
} ReadPhase;

typedef struct UpgradeOp {
    ReadPhase *phase;
    uint32_t object;
    const Schema *schema;
    ProviderUpgrade request;
} UpgradeOp;

Str prior_address(Arena *arena, const PriorObject *p) {
    assert(p->resource && p->object);
    Buf b = buf_in(arena);
    buf_add(&b, p->resource->address);
    key_print(p->object->key, &b);
    return buf_str(&b);
}

static Str object_name(Arena *arena, const PriorObject *p) {
    Buf b = buf_in(arena);
    buf_add(&b, prior_address(arena, p));
    if (p->object->deposed.n) buf_format(&b, " (deposed object %.*s)", STR_ARG(p->object->deposed));
    return buf_str(&b);
}

static bool prior_failed(ReadPhase *r, const PriorObject *p, const char *code, const char *summary, Str detail) {
    Diag *d = diag_add(r->walk->diags, SEV_ERROR, code, SPAN_NONE, str_of(summary), detail);
    d->address = object_name(r->walk->diags->arena, p);
    r->failed = true;
    return false;
}

// What reading found when a saved plan was made.
static void prior_drifted(Walk *w, PriorObject *p, const Schema *schema, Str packed) {
    Str bytes;
    if (!unpack_value(w->arena, &packed, schema->block->type, &p->current) || !unpack_text(&packed, &bytes)) {
        diag_error(w->diags, "damaged_plan", SPAN_NONE, "Damaged plan file",
                   "What the plan file says of %.*s cannot be read. Make a new plan.", STR_ARG(p->resource->address));
        return;
    }
    bytes = str_copy(w->arena, bytes);
    p->private_bytes = (PrivateBytes){bytes.p, bytes.n};
    p->read = true;
}

static void prior_store(Walk *w, PriorObject *p, const Schema *schema, Value v) {
    PathMarksList marks = {0};
    if (p->object->sensitive.n && snapshot_sensitive(w->arena, p->object, &marks)) v = marks_apply(w->arena, v, &marks);
    p->stored = p->current = schema_mark(w->arena, schema->block, v);
    uint32_t i = (uint32_t)(p - w->prior.at);
    if (w->drift && w->drift[i].n) prior_drifted(w, p, schema, w->drift[i]);
}

static void read_phase_next(ReadPhase *r);

static void upgrade_done(void *ctx) {
    UpgradeOp *op = ctx;
    ReadPhase *r = op->phase;
    PriorObject *p = &r->walk->prior.at[op->object];
    Diags *diags = op->request.diags;
    if (diags_failed(diags)) r->failed = true;
    else prior_store(r->walk, p, op->schema, op->request.result);
    if (op->request.result_private.n) p->private_bytes = op->request.result_private;
    diags_append(r->walk->diags, diags);
    r->upgrades--;
    if (!r->upgrading && r->upgrades == 0) read_phase_next(r);
}

static void prior_upgrade(ReadPhase *r, uint32_t object, const Schema *schema, Name type) {
    Walk *w = r->walk;
    PriorObject *p = &w->prior.at[object];
    UpgradeOp *op = ARENA_NEW(w->arena, UpgradeOp);
    op->phase = r;
    op->object = object;
    op->schema = schema;
    Diags *diags = ARENA_NEW(w->arena, Diags);
    *diags = diags_in(w->arena);
    bool flat = p->object->attributes.n == 0;
    op->request = (ProviderUpgrade){.arena = w->arena,
                                    .diags = diags,
                                    .type = type,
                                    .address = prior_address(w->arena, p),
                                    .version = p->object->schema_version,
                                    .attributes = flat ? p->object->attributes_flat : p->object->attributes,
                                    .flat = flat,
                                    .private_bytes = p->private_bytes};
    r->upgrades++;
    provider_upgrade(r->use->provider, &op->request, upgrade_done, op);
}

static bool prior_decode(ReadPhase *r, uint32_t object, const Schema *schema, Name type) {
    Walk *w = r->walk;
    PriorObject *p = &w->prior.at[object];
    if (p->object->private_bytes.n) {
        Str bytes;
        if (base64_decode(w->arena, p->object->private_bytes, &bytes)) p->private_bytes = (PrivateBytes){bytes.p, bytes.n};
    }
    if (p->object->schema_version > schema->version)
        return prior_failed(r, p, "newer_object", "Object written by a newer provider",
                            str_format(w->scratch,
                                       "The state holds this object in schema version %llu of %s, but the provider in "
                                       "use knows version %llu at most. Use a newer provider.",
                                       (unsigned long long)p->object->schema_version, type->text,
                                       (unsigned long long)schema->version));
    Value v;
    JsonError error;
    if (p->object->schema_version == schema->version && p->object->attributes.n &&
        snapshot_decode(w->arena, p->object, schema->block->type, &v, &error)) {
        prior_store(w, p, schema, v);
        return true;
    }
    prior_upgrade(r, object, schema, type);
    return true;
}

static void read_done(void *ctx) {
    ReadPhase *r = ctx;
    Walk *w = r->walk;
    for (uint32_t i = 0; i < r->count; i++) {
        ProviderRead *q = r->list[i];
        uint32_t object = r->objects.at[i];
        PriorObject *p = &w->prior.at[object];
        if (diags_failed(q->diags)) {
            r->failed = true;
        } else {
            const Schema *schema = prior_schema(w, p);
            p->current = schema_mark(w->arena, schema->block, q->result);
            if (q->private_bytes.n) p->private_bytes = q->private_bytes;
        }
        diags_append(w->diags, q->diags);
        p->read = true;
        if (w->hooks && w->hooks->refresh_done) w->hooks->refresh_done(w->hooks->ctx, w, object);
    }
    walk_node_done(w, r->use->node, r->failed);
}

// After decoding and upgrades: one read of all objects that can have changed outside.
static void read_phase_next(ReadPhase *r) {
    Walk *w = r->walk;
    uint32_t n = 0;
    if (!w->refresh || r->failed) {
        walk_node_done(w, r->use->node, r->failed);
        return;
    }
    r->requests = ARENA_ARRAY(w->arena, ProviderRead, r->objects.n + 1);
    r->list = ARENA_ARRAY(w->arena, ProviderRead *, r->objects.n + 1);
    Diags *diags = ARENA_ARRAY(w->arena, Diags, r->objects.n + 1);
    StateResource *last = NULL;
    uint32_t flags = 0;
    Name type = NULL;
    for (uint32_t i = 0; i < r->objects.n; i++) {
        uint32_t object = r->objects.at[i];
        PriorObject *p = &w->prior.at[object];
        if (p->resource != last) {
            last = p->resource;
            type = name_of(w->process, last->type);
            plugin_schema(r->use->plugin, INFRA_RESOURCE, type, &flags);
        }
        if ((flags & INFRA_TYPE_NO_EFFECT) || (w->unread && w->unread[object])) continue;
        diags[n] = diags_in(w->arena);
        r->requests[n] = (ProviderRead){.arena = w->arena,
                                        .diags = &diags[n],
                                        .type = type,
                                        .address = prior_address(w->arena, p),
                                        .prior = p->stored,
                                        .prior_private = p->private_bytes};
        r->list[n] = &r->requests[n];
        r->objects.at[n++] = object;
        if (w->hooks && w->hooks->refresh_start) w->hooks->refresh_start(w->hooks->ctx, w, object);
    }
    r->count = n;
    if (n == 0) walk_node_done(w, r->use->node, false);
    else provider_read_many(r->use->provider, r->list, n, read_done, r);
}

void prior_read(Walk *w, ProviderUse *use) {
    ReadPhase *r = ARENA_NEW(w->arena, ReadPhase);
    r->walk = w;
    r->use = use;
    r->upgrading = true;
    StateResource *last = NULL;
    const Schema *schema = NULL;
    Name type = NULL;
    for (uint32_t i = 0; i < w->prior.n; i++) {
        PriorObject *p = &w->prior.at[i];
        if (p->provider != use->node || p->resource->data) continue;
        if (p->resource != last) {
            last = p->resource;
            type = name_of(w->process, last->type);
            uint32_t flags;
            schema = plugin_schema(use->plugin, INFRA_RESOURCE, type, &flags);
            if (!schema)
                prior_failed(r, p, "unknown_type", "Unknown resource type in the state",
                             str_format(w->scratch, "The provider %.*s has no resource type \"%s\".",
                                        STR_ARG(use->address), type->text));
        }
        if (!schema) continue;
        prior_decode(r, i, schema, type);
        vec_push(w->arena, &r->objects, i);
    }
    r->upgrading = false;
    if (r->upgrades == 0) read_phase_next(r);
}
