// A block needs what its expressions mention. References are collected once per module definition and laid over
// every module node that uses it.
#include "engine/graph/build.h"

typedef struct BlockRef {
    uint32_t from; // local id
    const Ref *ref;
    uint8_t flags;
} BlockRef;

typedef struct DefRefs {
    VEC(BlockRef) list;
} DefRefs;

static bool ref_is_own_key(const Ref *ref) {
    if (SLOT_KIND(ref->slot) != SLOT_RESOURCE || ref->n == 0 || !ref->steps[0].index) return false;
    const Ref *key = code_single_ref(ref->steps[0].index);
    if (!key || key->n > 0) return false;
    return SLOT_KIND(key->slot) == SLOT_EACH_KEY || SLOT_KIND(key->slot) == SLOT_COUNT_INDEX;
}

static void refs_add(Build *b, DefRefs *out, uint32_t from, const Ref *const *refs, uint32_t n, bool instance) {
    for (uint32_t i = 0; i < n; i++) {
        BlockRef r = {from, refs[i], instance && ref_is_own_key(refs[i]) ? EDGE_SAME_KEY : 0};
        vec_push(b->arena, &out->list, r);
    }
}

static void refs_code(Build *b, DefRefs *out, uint32_t from, const Code *code, bool instance) {
    const Ref *const *refs;
    uint32_t n = code ? code_refs(b->arena, code, &refs) : 0;
    if (n > 0) refs_add(b, out, from, refs, n, instance);
}

static void refs_body(Build *b, DefRefs *out, uint32_t from, const BodyCode *code, bool instance) {
    const Ref *const *refs;
    uint32_t n = code ? decode_refs(b->arena, code, &refs) : 0;
    if (n > 0) refs_add(b, out, from, refs, n, instance);
}

static void refs_rules(Build *b, DefRefs *out, uint32_t from, const RuleList *rules) {
    for (uint32_t i = 0; i < rules->list.n; i++) {
        refs_code(b, out, from, rules->list.at[i].condition, true);
        refs_code(b, out, from, rules->list.at[i].message, true);
    }
}

static void refs_resource(Build *b, DefRefs *out, uint32_t from, const Resource *r) {
    refs_code(b, out, from, r->repeat_code, false);
    refs_code(b, out, from, r->provider_key, true);
    refs_body(b, out, from, r->code, true);
    refs_rules(b, out, from, &r->lifecycle.preconditions);
    refs_rules(b, out, from, &r->lifecycle.postconditions);
    refs_code(b, out, from, r->lifecycle.prevent_destroy, true);
    for (uint32_t i = 0; i < r->lifecycle.replace_triggered_by.n; i++)
        refs_code(b, out, from, r->lifecycle.replace_triggered_by.at[i], true);
    for (uint32_t i = 0; i < r->provisioners.n; i++) {
        refs_body(b, out, from, r->provisioners.at[i].code, true);
        refs_body(b, out, from, r->provisioners.at[i].connection_code, true);
    }
}

static void refs_of_def(Build *b, const ModuleDef *def, DefRefs *out) {
    for (uint32_t i = 0; i < def->locals.n; i++)
        refs_code(b, out, config_local_id(def, BLOCK_LOCAL, i), def->locals.at[i].code, false);
    for (uint32_t i = 0; i < def->providers.n; i++) {
        uint32_t id = config_local_id(def, BLOCK_PROVIDER, i);
        refs_code(b, out, id, def->providers.at[i].for_each, false);
        refs_body(b, out, id, def->providers.at[i].code, false);
    }
    for (uint32_t i = 0; i < def->resources.n; i++)
        refs_resource(b, out, config_local_id(def, BLOCK_RESOURCE, i), &def->resources.at[i]);
    for (uint32_t i = 0; i < def->calls.n; i++)
        refs_code(b, out, config_local_id(def, BLOCK_MODULE, i), def->calls.at[i].repeat_code, false);
    for (uint32_t i = 0; i < def->outputs.n; i++) {
        uint32_t id = config_local_id(def, BLOCK_OUTPUT, i);
        refs_code(b, out, id, def->outputs.at[i].code, false);
        refs_rules(b, out, id, &def->outputs.at[i].preconditions);
    }
    for (uint32_t i = 0; i < def->checks.n; i++)
        refs_rules(b, out, config_local_id(def, BLOCK_CHECK, i), &def->checks.at[i].asserts);
}

// module.x[k].out needs the output, module.x as a whole the end of the module; both need the call.
static void edges_to_module(Build *b, const ModuleNode *node, uint32_t from, const Ref *ref, uint8_t flags) {
    uint32_t call = SLOT_INDEX(ref->slot);
    build_edge(b, from, node->base + config_local_id(node->def, BLOCK_MODULE, call), ref->span, flags);
    const ModuleNode *child = &b->config->nodes[node->first_child + call];
    uint32_t step = ref->n > 0 && ref->steps[0].index ? 1 : 0;
    if (step < ref->n && ref->steps[step].attr) {
        for (uint32_t i = 0; i < child->def->outputs.n; i++) {
            if (child->def->outputs.at[i].name != ref->steps[step].attr) continue;
            build_edge(b, from, child->base + config_local_id(child->def, BLOCK_OUTPUT, i), ref->span, flags);
            return;
        }
    }
    for (uint32_t i = 0; i < child->def->outputs.n; i++)
        build_edge(b, from, child->base + config_local_id(child->def, BLOCK_OUTPUT, i), ref->span, flags);
}

static void edges_to_ref(Build *b, const ModuleNode *node, uint32_t from, const Ref *ref, uint8_t flags) {
    uint32_t i = SLOT_INDEX(ref->slot);
    switch (SLOT_KIND(ref->slot)) {
    case SLOT_VARIABLE:
        build_edge(b, from, node->base + config_local_id(node->def, BLOCK_VARIABLE, i), ref->span, flags);
        break;
    case SLOT_LOCAL:
        build_edge(b, from, node->base + config_local_id(node->def, BLOCK_LOCAL, i), ref->span, flags);
        break;
    case SLOT_RESOURCE: {
        uint32_t to = node->base + config_local_id(node->def, BLOCK_RESOURCE, i);
        if (to == from) {
            diag_error(b->diags, "self_reference", ref->span, "Self-referential block",
                       "Configuration for a resource may not refer to itself. Inside it, its own attributes are known "
                       "as \"self\" in postconditions and provisioners only.");
            return;
        }
        build_edge(b, from, to, ref->span, flags);
        break;
    }
    case SLOT_MODULE: edges_to_module(b, node, from, ref, flags); break;
    case SLOT_EACH_KEY:
    case SLOT_EACH_VALUE:
    case SLOT_COUNT_INDEX:
    case SLOT_SELF:
    case SLOT_PATH:
    case SLOT_WORKSPACE:
    case SLOT_APPLYING: break;
    }
}

// The inputs of a call are expressions of the calling module that the called module's variables need.
static void edges_of_inputs(Build *b, const ModuleNode *node) {
    for (uint32_t c = 0; c < node->def->calls.n; c++) {
        const ModuleCall *call = &node->def->calls.at[c];
        const ModuleNode *child = &b->config->nodes[node->first_child + c];
        for (uint32_t i = 0; i < call->input_count; i++) {
            const Ref *const *refs;
            uint32_t n = call->inputs[i].code ? code_refs(b->arena, call->inputs[i].code, &refs) : 0;
            uint32_t from = child->base + config_local_id(child->def, BLOCK_VARIABLE, call->inputs[i].variable);
            for (uint32_t k = 0; k < n; k++) edges_to_ref(b, node, from, refs[k], 0);
        }
    }
}

// Validation rules may mention other variables and more: they run when their module is at its end, so that rules
// that mention each other's variables make no cycle.
static void edges_of_validations(Build *b, const ModuleNode *node) {
    uint32_t end = b->config->block_count + node->id;
    for (uint32_t v = 0; v < node->def->variables.n; v++) {
        const RuleList *rules = &node->def->variables.at[v].validations;
        for (uint32_t i = 0; i < rules->list.n; i++) {
            const Code *codes[2] = {rules->list.at[i].condition, rules->list.at[i].message};
            for (int c = 0; c < 2; c++) {
                const Ref *const *refs;
                uint32_t n = codes[c] ? code_refs(b->arena, codes[c], &refs) : 0;
                for (uint32_t k = 0; k < n; k++) edges_to_ref(b, node, end, refs[k], 0);
            }
        }
    }
}

// What an import block mentions is needed by the resource that it is for.
static void edges_of_imports(Build *b) {
    const ModuleNode *root = &b->config->nodes[0];
    for (uint32_t i = 0; i < root->def->imports.n; i++) {
        const Import *in = &root->def->imports.at[i];
        const Code *codes[4] = {in->id, in->identity, in->for_each, in->to_key};
        const ModuleNode *m = root;
        for (uint32_t k = 0; m && k < in->to.module_count; k++) {
            uint32_t call = config_find_call(m->def, in->to.modules[k].module);
            m = call == UINT32_MAX ? NULL : &b->config->nodes[m->first_child + call];
        }
        uint32_t r = m && in->to.type ? config_find_resource(m->def, in->to.mode, in->to.type, in->to.name) : UINT32_MAX;
        if (r == UINT32_MAX) continue;
        for (int c = 0; c < 4; c++) {
            const Ref *const *refs;
            uint32_t n = codes[c] ? code_refs(b->arena, codes[c], &refs) : 0;
            for (uint32_t k = 0; k < n; k++)
                edges_to_ref(b, root, m->base + config_local_id(m->def, BLOCK_RESOURCE, r), refs[k], 0);
        }
    }
}

bool step_references(Build *b) {
    const Config *config = b->config;
    DefRefs *refs = ARENA_ARRAY(b->arena, DefRefs, config->defs.n);
    IdMap index = idmap_in(b->arena);
    for (uint32_t i = 0; i < config->defs.n; i++) {
        refs_of_def(b, config->defs.at[i], &refs[i]);
        *idmap_put(&index, (uint64_t)(uintptr_t)config->defs.at[i], NULL) = i;
    }
    for (uint32_t m = 0; m < config->node_count; m++) {
        const ModuleNode *node = &config->nodes[m];
        const DefRefs *def = &refs[*idmap_get(&index, (uint64_t)(uintptr_t)node->def)];
        for (uint32_t i = 0; i < def->list.n; i++)
            edges_to_ref(b, node, node->base + def->list.at[i].from, def->list.at[i].ref, def->list.at[i].flags);
        edges_of_inputs(b, node);
        edges_of_validations(b, node);
    }
    edges_of_imports(b);
    return true;
}
