/* Planning: what is computed and not configured is unknown until there is a value, and stays as it is after. */
#include "providers/tfcoremock/mock.h"

#include <string.h>

typedef struct Plan {
    const InfraHost *host;
    InfraArena *arena;
    int fill; /* make values up, instead of unknown ones */
} Plan;

static InfraValue body_walk(Plan *p, const MockAttr *attrs, size_t attr_count, const MockBlock *blocks,
                            size_t block_count, InfraValue v);
static InfraValue attr_walk(Plan *p, const MockAttr *attr, InfraValue v);
static InfraValue generate(Plan *p, const MockAttr *attr);

/* An object that is made up has its required attributes and its computed ones. */
static InfraValue generate_object(Plan *p, const MockAttr *attr) {
    size_t n = attr->attr_count;
    InfraText *names = p->host->alloc(p->arena, sizeof *names * n);
    InfraValue *at = p->host->alloc(p->arena, sizeof *at * n);
    for (size_t i = 0; i < n; i++) {
        const MockAttr *inner = &attr->attrs[i];
        names[i] = text_of(inner->name);
        int wanted = inner->has_value || (inner->flags & (INFRA_REQUIRED | INFRA_COMPUTED));
        at[i] = wanted ? generate(p, inner) : p->host->null;
    }
    return p->host->make_object(p->arena, names, at, n);
}

static InfraValue generate(Plan *p, const MockAttr *attr) {
    if (attr->has_value) return decode_value(p->host, p->arena, attr, attr->value);
    switch (attr->kind) {
    case MOCK_BOOLEAN: return p->host->make_boolean(0);
    case MOCK_NUMBER: return p->host->make_integer(0);
    case MOCK_STRING: return p->host->make_text(p->arena, text_uuid(p->host, p->arena));
    case MOCK_MAP: return p->host->make_object(p->arena, NULL, NULL, 0);
    case MOCK_OBJECT: return generate_object(p, attr);
    default: return p->host->make_list(p->arena, NULL, 0);
    }
}

/* Elements one by one; v itself when none changed. */
static InfraValue elements_walk(Plan *p, InfraValue v, InfraValue (*walk)(Plan *p, const void *of, InfraValue v),
                                const void *of) {
    size_t n = p->host->length(v);
    int map = p->host->kind(v) == INFRA_MAP, changed = 0;
    InfraValue *at = p->host->alloc(p->arena, sizeof *at * n);
    InfraText *keys = p->host->alloc(p->arena, sizeof *keys * n);
    for (size_t i = 0; i < n; i++) {
        InfraValue before = p->host->element(v, i);
        at[i] = walk(p, of, before);
        if (map) keys[i] = p->host->key(v, i);
        changed |= memcmp(&at[i], &before, sizeof before) != 0;
    }
    if (!changed) return v;
    return map ? p->host->make_map(p->arena, keys, at, n) : p->host->make_list(p->arena, at, n);
}

static InfraValue attr_element(Plan *p, const void *of, InfraValue v) { return attr_walk(p, of, v); }

static InfraValue block_element(Plan *p, const void *of, InfraValue v) {
    const MockBlock *block = of;
    return body_walk(p, block->attrs, block->attr_count, block->blocks, block->block_count, v);
}

/* Inside of a value that is there. */
static InfraValue attr_walk(Plan *p, const MockAttr *attr, InfraValue v) {
    if (p->host->is_null(v) || p->host->is_unknown(v) || attr->plain) return v;
    if (attr->kind == MOCK_OBJECT) return body_walk(p, attr->attrs, attr->attr_count, NULL, 0, v);
    if (attr->kind >= MOCK_LIST && attr->elem->kind == MOCK_OBJECT)
        return elements_walk(p, v, attr_element, attr->elem);
    return v;
}

static InfraValue attr_plan(Plan *p, const MockAttr *attr, InfraValue v) {
    if (p->fill && p->host->is_unknown(v)) return generate(p, attr);
    if (!p->fill && p->host->is_null(v) && (attr->flags & INFRA_COMPUTED)) return p->host->unknown;
    return attr_walk(p, attr, v);
}

static InfraValue replace_attr(Plan *p, InfraValue object, const char *name, InfraValue before, InfraValue after) {
    return memcmp(&before, &after, sizeof before) ? p->host->with(p->arena, object, name, after) : object;
}

/* Recursion is over the type's nesting. */
static InfraValue body_walk(Plan *p, const MockAttr *attrs, size_t attr_count, const MockBlock *blocks,
                            size_t block_count, InfraValue v) {
    if (p->host->is_null(v) || p->host->is_unknown(v)) return v;
    for (size_t i = 0; i < attr_count; i++) {
        InfraValue before = p->host->get(p->host, v, attrs[i].name);
        v = replace_attr(p, v, attrs[i].name, before, attr_plan(p, &attrs[i], before));
    }
    for (size_t i = 0; i < block_count; i++) {
        InfraValue before = p->host->get(p->host, v, blocks[i].name);
        if (p->host->is_null(before) || p->host->is_unknown(before)) continue;
        v = replace_attr(p, v, blocks[i].name, before, elements_walk(p, before, block_element, &blocks[i]));
    }
    return v;
}

/* ---- what needs a replacement ---- */

enum { MAX_STEPS = 64 };

typedef struct Replace {
    InfraPlan *request;
    InfraStep steps[MAX_STEPS];
    size_t depth, n, cap;
    InfraPath *paths;
} Replace;

static void replace_add(Replace *r) {
    InfraPlan *q = r->request;
    const InfraHost *host = q->base.host;
    if (!r->paths || r->n == r->cap) {
        InfraPath *more = host->alloc(q->base.arena, sizeof *more * (r->cap = r->cap ? r->cap * 2 : 8));
        if (r->n) memcpy(more, r->paths, sizeof *more * r->n);
        r->paths = more;
    }
    InfraStep *steps = host->alloc(q->base.arena, sizeof *steps * r->depth);
    memcpy(steps, r->steps, sizeof *steps * r->depth);
    r->paths[r->n++] = (InfraPath){steps, r->depth};
    q->replace = r->paths;
    q->replace_count = r->n;
}

static void replace_body(Replace *r, const MockAttr *attrs, size_t attr_count, const MockBlock *blocks,
                         size_t block_count, InfraValue prior, InfraValue planned, InfraValue config);

static void replace_elements(Replace *r, const MockAttr *attrs, size_t attr_count, const MockBlock *blocks,
                             size_t block_count, InfraValue prior, InfraValue planned, InfraValue config) {
    const InfraHost *host = r->request->base.host;
    int map = host->kind(planned) == INFRA_MAP, list = host->kind(planned) == INFRA_LIST;
    if ((!map && !list) || r->depth == MAX_STEPS) return; /* elements of sets have no identity */
    for (size_t i = 0; i < host->length(planned); i++) {
        InfraText key = map ? host->key(planned, i) : (InfraText){NULL, 0};
        InfraArena *arena = r->request->base.arena;
        const char *name = map ? host->format(arena, "%.*s", (int)key.n, key.p).p : NULL;
        InfraValue was = map                       ? host->get(host, prior, name)
                         : i < host->length(prior) ? host->element(prior, i)
                                                   : host->null;
        InfraValue as = map                        ? host->get(host, config, name)
                        : i < host->length(config) ? host->element(config, i)
                                                   : host->null;
        InfraValue index = map ? host->make_text(arena, key) : host->make_integer((int64_t)i);
        r->steps[r->depth++] = (InfraStep){.index = index};
        replace_body(r, attrs, attr_count, blocks, block_count, was, host->element(planned, i), as);
        r->depth--;
    }
}

static void replace_attr_of(Replace *r, const MockAttr *attr, InfraValue was, InfraValue now, InfraValue as) {
    const InfraHost *host = r->request->base.host;
    int own = host->is_null(as) && (attr->flags & INFRA_COMPUTED); /* may have changed outside: no reason */
    if (attr->replace && !own) replace_add(r);
    if (attr->plain || host->is_null(was) || host->is_unknown(now)) return;
    if (attr->kind == MOCK_OBJECT)
        replace_body(r, attr->attrs, attr->attr_count, NULL, 0, was, now, as);
    else if (attr->kind >= MOCK_LIST && attr->elem->kind == MOCK_OBJECT)
        replace_elements(r, attr->elem->attrs, attr->elem->attr_count, NULL, 0, was, now, as);
}

static void replace_body(Replace *r, const MockAttr *attrs, size_t attr_count, const MockBlock *blocks,
                         size_t block_count, InfraValue prior, InfraValue planned, InfraValue config) {
    const InfraHost *host = r->request->base.host;
    if (host->is_null(planned) || host->is_unknown(planned) || r->depth == MAX_STEPS) return;
    for (size_t i = 0; i < attr_count; i++) {
        InfraValue was = host->get(host, prior, attrs[i].name), now = host->get(host, planned, attrs[i].name);
        if (host->equal(was, now) && !host->has_unknown(now)) continue;
        r->steps[r->depth++] = (InfraStep){.attr = text_of(attrs[i].name)};
        replace_attr_of(r, &attrs[i], was, now, host->get(host, config, attrs[i].name));
        r->depth--;
    }
    for (size_t i = 0; i < block_count; i++) {
        const MockBlock *b = &blocks[i];
        r->steps[r->depth++] = (InfraStep){.attr = text_of(b->name)};
        replace_elements(r, b->attrs, b->attr_count, b->blocks, b->block_count, host->get(host, prior, b->name),
                         host->get(host, planned, b->name), host->get(host, config, b->name));
        r->depth--;
    }
}

static const MockAttr id_attr = {
    .name = "id", .kind = MOCK_STRING, .flags = INFRA_OPTIONAL | INFRA_COMPUTED, .replace = 1};

void plan_object(const MockType *type, InfraPlan *q) {
    const InfraHost *host = q->base.host;
    q->planned = q->proposed;
    int create = host->is_null(q->prior);
    if (host->is_null(q->proposed) || (!create && host->equal(q->prior, q->proposed))) return;
    Plan p = {host, q->base.arena, 0};
    InfraValue v = body_walk(&p, &id_attr, 1, NULL, 0, q->proposed);
    q->planned = body_walk(&p, type->body.attrs, type->body.attr_count, type->body.blocks, type->body.block_count, v);
    if (create) return;
    Replace r = {.request = q};
    replace_body(&r, &id_attr, 1, NULL, 0, q->prior, q->planned, q->config);
    replace_body(&r, type->body.attrs, type->body.attr_count, type->body.blocks, type->body.block_count, q->prior,
                 q->planned, q->config);
}

InfraValue plan_fill(const InfraHost *host, InfraArena *arena, const MockType *type, InfraValue planned, InfraText id) {
    Plan p = {host, arena, 1};
    InfraValue v = host->with(arena, planned, "id", host->make_text(arena, id));
    return body_walk(&p, type->body.attrs, type->body.attr_count, type->body.blocks, type->body.block_count, v);
}
