#include "engine/report/provider_keys.h"

#include <stdlib.h>

#include "engine/base/vec.h"

static Str key_text(Arena *arena, const ModuleNode *node, Name local, Name alias) {
    return str_format(arena, "%.*s%s%s%s%s", STR_ARG(node->path), node->path.n ? ":" : "", local->text,
                      alias ? "." : "", alias ? alias->text : "");
}

// ---- versions: ">= 3, ~>4.1" is written ">= 3.0.0, ~> 4.1" ----

typedef struct Term {
    Str op, rest; // rest: a pre-release or build suffix
    uint32_t part[3], parts;
} Term;

static Term term_of(Str text) {
    Term t = {0};
    text = str_trim(text);
    size_t n = 0;
    while (n < text.n && (text.p[n] < '0' || text.p[n] > '9') && text.p[n] != ' ' && text.p[n] != 'v') n++;
    t.op = str_slice(text, 0, n);
    Str version = str_trim(str_slice(text, n, text.n));
    size_t i = 0;
    for (; i < version.n && t.parts < 3; i++) {
        uint32_t *part = &t.part[t.parts++];
        for (; i < version.n && version.p[i] >= '0' && version.p[i] <= '9'; i++)
            *part = *part * 10 + (uint32_t)(version.p[i] - '0');
        if (i >= version.n || version.p[i] != '.') break;
    }
    t.rest = str_slice(version, i, version.n);
    return t;
}

static int term_cmp(const void *pa, const void *pb) {
    const Term *a = pa, *b = pb;
    for (int i = 0; i < 3; i++)
        if (a->part[i] != b->part[i]) return a->part[i] < b->part[i] ? -1 : 1;
    int c = str_cmp(a->rest, b->rest);
    return c ? c : str_cmp(a->op, b->op);
}

static Str version_text(Arena *arena, Str constraint) {
    VEC(Term) terms = {0};
    for (Str rest = constraint, piece; str_next(&rest, ',', &piece);)
        if (str_trim(piece).n) vec_push(arena, &terms, term_of(piece));
    if (terms.n > 1) qsort(terms.at, terms.n, sizeof *terms.at, term_cmp);
    Buf out = buf_in(arena);
    for (uint32_t i = 0; i < terms.n; i++) {
        const Term *t = &terms.at[i];
        if (i && term_cmp(t, t - 1) == 0) continue;
        if (out.n) buf_z(&out, ", ");
        if (t->op.n && !str_eqz(t->op, "=")) buf_format(&out, "%.*s ", STR_ARG(t->op));
        buf_format(&out, "%u.%u", t->part[0], t->part[1]);
        if (!str_eqz(t->op, "~>") || t->parts == 3) buf_format(&out, ".%u", t->part[2]);
        buf_add(&out, t->rest);
    }
    return buf_str(&out);
}

// ---- keys ----

static ProviderKey *keys_add(ProviderKeys *keys, Str key) {
    if (strmap_get_ptr(&keys->by_key, key)) return NULL;
    ProviderKey *k = ARENA_NEW(keys->arena, ProviderKey);
    k->key = key;
    strmap_put_ptr(&keys->by_key, key, k);
    return k;
}

static const ProviderReq *find_requirement(const ModuleDef *def, Name local) {
    for (uint32_t i = 0; i < def->requirements.n; i++)
        if (def->requirements.at[i].local_name == local) return &def->requirements.at[i];
    return NULL;
}

// What a configuration of the calling module itself stands for.
static const ProviderKey *keys_source(const ProviderKeys *keys, Str key, Str address) {
    const ProviderKey *k = strmap_get_ptr(&keys->by_key, key);
    if (!k || !str_eq(k->address, address)) return NULL;
    return k->parent ? k->parent : k;
}

static void keys_passed(ProviderKeys *keys, const ModuleNode *node) {
    if (!node->parent) return;
    const ModuleCall *call = &node->parent->def->calls.at[node->call];
    for (uint32_t i = 0; i < call->pass_count; i++) {
        const struct ProviderPass *p = &call->passes[i];
        const ProviderReq *req = find_requirement(node->def, p->inner_name);
        ProviderKey *k = keys_add(keys, key_text(keys->arena, node, p->inner_name, p->inner_alias));
        if (!k) continue;
        k->name = str_format(keys->arena, "%s%s%s", p->inner_name->text, p->inner_alias ? "." : "",
                             p->inner_alias ? p->inner_alias->text : "");
        k->address = req ? req->address : STR_NONE;
        k->node = node;
        k->parent = keys_source(keys, key_text(keys->arena, node->parent, p->outer_name, p->outer_alias), k->address);
    }
}

static void keys_blocks(ProviderKeys *keys, const ModuleNode *node) {
    for (uint32_t i = 0; i < node->def->providers.n; i++) {
        const ProviderBlock *b = &node->def->providers.at[i];
        const ProviderReq *req = find_requirement(node->def, b->local_name);
        ProviderKey *k = keys_add(keys, key_text(keys->arena, node, b->local_name, b->alias));
        if (!k) continue;
        k->name = name_str(b->local_name);
        k->address = b->address;
        k->alias = b->alias ? name_str(b->alias) : STR_NONE;
        k->version = version_text(keys->arena, req && req->constraint.n ? req->constraint : b->version);
        k->node = node;
        k->block = b;
    }
}

static void keys_required(ProviderKeys *keys, const ModuleNode *node) {
    for (uint32_t i = 0; i < node->def->requirements.n; i++) {
        const ProviderReq *r = &node->def->requirements.at[i];
        for (uint32_t a = 0; a <= r->aliases.n; a++) {
            Name alias = a < r->aliases.n ? r->aliases.at[a] : NULL;
            ProviderKey *k = keys_add(keys, key_text(keys->arena, node, r->local_name, alias));
            if (!k) continue;
            k->name = name_str(r->local_name);
            k->address = r->address;
            k->version = version_text(keys->arena, r->constraint);
            k->node = node;
            if (node->parent && !alias)
                k->parent = keys_source(keys, key_text(keys->arena, node->parent, r->local_name, NULL), r->address);
        }
    }
}

// Providers that nobody declared: a resource's type names them.
static void keys_implied(ProviderKeys *keys, const ModuleNode *node) {
    for (uint32_t i = 0; i < node->def->resources.n; i++) {
        const Resource *r = &node->def->resources.at[i];
        if (r->provider_alias) continue;
        ProviderKey *k = keys_add(keys, key_text(keys->arena, node, r->provider_name, NULL));
        if (!k) continue;
        k->name = name_str(r->provider_name);
        k->address = r->provider_address;
        k->node = node;
        if (node->parent)
            k->parent = keys_source(keys, key_text(keys->arena, node->parent, r->provider_name, NULL), k->address);
    }
}

// An import needs the provider in the root module, whatever module its target lies in.
static void keys_imported(ProviderKeys *keys, const Config *config) {
    const ModuleNode *root = &config->nodes[0];
    for (uint32_t i = 0; i < root->def->imports.n; i++) {
        const Import *in = &root->def->imports.at[i];
        const ModuleNode *m = root;
        for (uint32_t k = 0; m && k < in->to.module_count; k++) {
            uint32_t call = config_find_call(m->def, in->to.modules[k].module);
            m = call == UINT32_MAX ? NULL : &config->nodes[m->first_child + call];
        }
        uint32_t r = m ? config_find_resource(m->def, MODE_MANAGED, in->to.type, in->to.name) : UINT32_MAX;
        if (r == UINT32_MAX || in->provider_name) continue;
        const Resource *to = &m->def->resources.at[r];
        ProviderKey *k = keys_add(keys, key_text(keys->arena, root, to->provider_name, NULL));
        if (!k) continue;
        k->name = name_str(to->provider_name);
        k->address = to->provider_address;
        k->node = root;
    }
}

static int key_cmp_text(const void *a, const void *b) {
    return str_cmp((*(ProviderKey *const *)a)->key, (*(ProviderKey *const *)b)->key);
}

ProviderKeys *provider_keys_new(Arena *arena, const Config *config) {
    ProviderKeys *keys = ARENA_NEW(arena, ProviderKeys);
    keys->arena = arena;
    keys->by_key = strmap_in(arena);
    for (uint32_t i = 0; i < config->node_count; i++) { // callers before what they call
        const ModuleNode *node = &config->nodes[i];
        keys_passed(keys, node);
        keys_blocks(keys, node);
        keys_required(keys, node);
        keys_implied(keys, node);
        if (i == 0) keys_imported(keys, config);
    }
    keys->n = keys->by_key.n;
    keys->at = ARENA_ARRAY(arena, ProviderKey *, keys->n + 1);
    for (uint32_t i = 0; i < keys->n; i++) keys->at[i] = (ProviderKey *)(uintptr_t)keys->by_key.items[i].value;
    if (keys->n > 1) qsort(keys->at, keys->n, sizeof *keys->at, key_cmp_text);
    return keys;
}

Str provider_keys_of(const ProviderKeys *keys, const ModuleNode *node, const Resource *r) {
    Str key = key_text(keys->arena, node, r->provider_name, r->provider_alias);
    const ProviderKey *k = strmap_get_ptr(&keys->by_key, key);
    return k && k->parent ? k->parent->key : key;
}
