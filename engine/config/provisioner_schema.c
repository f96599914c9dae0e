// What provisioners and connections are configured with, and their bodies compiled.
#include "engine/config/loader.h"
#include "engine/schema/suggest.h"

typedef struct Argument {
    const char *name;
    char type; // s(tring) n(umber) b(ool) l(ist of string) m(ap of string)
    bool required;
} Argument;

static const SchemaBlock *schema_of(Process *p, const Argument *arguments, uint32_t n) {
    SchemaBuilder b = schema_builder(p);
    for (uint32_t i = 0; i < n; i++) {
        const Type *type = type_string(p);
        switch (arguments[i].type) {
        case 'n': type = type_number(p); break;
        case 'b': type = type_bool(p); break;
        case 'l': type = type_list(p, type); break;
        case 'm': type = type_map(p, type); break;
        default: break;
        }
        schema_add(&b, arguments[i].name, type, arguments[i].required ? ATTR_REQUIRED : ATTR_OPTIONAL);
    }
    return schema_finish(&b);
}

#define SCHEMA_OF(p, arguments) schema_of((p), (arguments), sizeof(arguments) / sizeof(arguments)[0])

ProvisionerSchemas provisioners_schemas(Process *p) {
    static const Argument local_exec[] = {{"command", 's', true},
                                          {"interpreter", 'l', false},
                                          {"working_dir", 's', false},
                                          {"environment", 'm', false},
                                          {"quiet", 'b', false}};
    static const Argument remote_exec[] = {{"inline", 'l', false}, {"script", 's', false}, {"scripts", 'l', false}};
    static const Argument file[] = {{"source", 's', false}, {"content", 's', false}, {"destination", 's', true}};
    static const Argument connection[] = {{"host", 's', true},
                                          {"type", 's', false},
                                          {"user", 's', false},
                                          {"password", 's', false},
                                          {"port", 'n', false},
                                          {"timeout", 's', false},
                                          {"script_path", 's', false},
                                          {"target_platform", 's', false},
                                          {"private_key", 's', false},
                                          {"certificate", 's', false},
                                          {"host_key", 's', false},
                                          {"agent", 'b', false},
                                          {"agent_identity", 's', false},
                                          {"proxy_scheme", 's', false},
                                          {"proxy_host", 's', false},
                                          {"proxy_port", 'n', false},
                                          {"proxy_user_name", 's', false},
                                          {"proxy_user_password", 's', false},
                                          {"bastion_host", 's', false},
                                          {"bastion_host_key", 's', false},
                                          {"bastion_port", 'n', false},
                                          {"bastion_user", 's', false},
                                          {"bastion_password", 's', false},
                                          {"bastion_private_key", 's', false},
                                          {"bastion_certificate", 's', false},
                                          {"https", 'b', false},
                                          {"insecure", 'b', false},
                                          {"cacert", 's', false},
                                          {"use_ntlm", 'b', false}};
    return (ProvisionerSchemas){SCHEMA_OF(p, local_exec), SCHEMA_OF(p, remote_exec), SCHEMA_OF(p, file),
                                SCHEMA_OF(p, connection)};
}

static const SchemaBlock *find_schema(Loader *l, const ProvisionerSchemas *schemas, const Provisioner *p) {
    Str name = name_str(p->type);
    if (str_eqz(name, "local-exec")) return schemas->local_exec;
    if (str_eqz(name, "remote-exec")) return schemas->remote_exec;
    if (str_eqz(name, "file")) return schemas->file;
    Suggest near = suggest_start(name);
    suggest_try(&near, STR("local-exec"));
    suggest_try(&near, STR("remote-exec"));
    suggest_try(&near, STR("file"));
    diag_error(l->diags, "unknown_provisioner", p->span, "Unknown provisioner",
               "There is no provisioner \"%s\", only local-exec, remote-exec and file.%s", p->type->text,
               suggest_text(l->arena, &near));
    return NULL;
}

// Destroy-time code runs when other objects may be gone.
static void check_destroy(Loader *l, const BodyCode *code) {
    const Ref *const *refs;
    uint32_t n = decode_refs(l->arena, code, &refs);
    for (uint32_t i = 0; i < n; i++) {
        SlotKind kind = SLOT_KIND(refs[i]->slot);
        bool fine = kind == SLOT_SELF || kind == SLOT_COUNT_INDEX || kind == SLOT_EACH_KEY || kind == SLOT_PATH ||
                    kind == SLOT_WORKSPACE;
        if (!fine)
            diag_error(
                l->diags, "destroy_reference", refs[i]->span, "Invalid reference from destroy provisioner",
                "What runs at destruction can only use self, count.index and each.key: other objects may be gone "
                "by then.");
    }
}

static const BodyCode *compile(Def *def, Resource *r, const Body *body, const SchemaBlock *schema, bool destroy) {
    Definer d;
    definer_start(&d, def, r ? r->once_count : 0);
    definer_repeat(&d, r ? r->repeat : REPEAT_NONE);
    d.binder.self = true;
    const BodyCode *code = decode_compile(&d.session, body, schema, NULL);
    if (r) r->once_count = d.session.once_count;
    if (destroy) check_destroy(def->loader, code);
    return code;
}

void provisioners_bind(Def *def, const ProvisionerSchemas *schemas, Resource *r, Provisioner *list, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        Provisioner *p = &list[i];
        const SchemaBlock *schema = find_schema(def->loader, schemas, p);
        if (!schema) continue;
        p->code = compile(def, r, p->body, schema, p->on_destroy);
        if (p->connection) p->connection_code = compile(def, r, p->connection, schemas->connection, p->on_destroy);
    }
}
