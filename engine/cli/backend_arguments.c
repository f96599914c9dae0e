// -backend-config: arguments of the backend beside its block, KEY=VALUE or a file of them.
#include "engine/cli/backend_settings.h"
#include "engine/io/file.h"
#include "engine/schema/decode.h"
#include "engine/schema/suggest.h"
#include "engine/value/convert.h"
#include "grammar/parse.h"

// Attributes and blocks that `over` sets replace those of `base`.
static Value overlay(Arena *arena, const SchemaBlock *schema, Value base, Value over) {
    ObjectData *out = value_object_data(arena, schema->shape);
    for (uint32_t i = 0; i < schema->shape->n; i++) {
        Value v = over.obj->at[i];
        bool set = value_is_set(v) && !(v.kind >= TYPE_LIST && v.kind != TYPE_OBJECT && v.n == 0);
        out->at[i] = set ? v : base.obj->at[i];
    }
    return value_finish_object(arena, out);
}

static bool from_text(Session *s, const SchemaBlock *schema, Str path, Str text, Value *config) {
    Cli *cli = s->cli;
    const SourceFile *file = source_add(cli->process, path, text);
    AstBody *ast;
    Value over;
    if (!file || !parse_body(s->arena, file, &ast, &cli->diags)) return false;
    if (!decode_constant(s->arena, body_native(s->arena, cli->process, ast), schema, &over, &cli->diags)) return false;
    *config = overlay(s->arena, schema, *config, over);
    return true;
}

static bool unknown_argument(Session *s, const BackendType *type, const SchemaBlock *schema, Str name) {
    Suggest near = suggest_start(name);
    for (uint32_t i = 0; i < schema->attr_count; i++) suggest_try(&near, name_str(schema->attrs[i].name));
    return diag_error(&s->cli->diags, "unknown_backend_argument", SPAN_NONE, "Unknown backend argument",
                      "-backend-config sets \"%.*s\", but the backend \"%s\" has no such argument.%s", STR_ARG(name),
                      type->name, suggest_text(s->arena, &near));
}

static bool from_pair(Session *s, const BackendType *type, const SchemaBlock *schema, Str pair, Value *config) {
    Cli *cli = s->cli;
    size_t equals = (size_t)str_find_char(pair, '=');
    Str name = str_trim(str_slice(pair, 0, equals)), text = str_slice(pair, equals + 1, pair.n);
    const SchemaAttr *a = schema_attr(schema, name_of(cli->process, name));
    if (!a) return unknown_argument(s, type, schema, name);
    if (!type_is_primitive(a->type)) {
        Str source = str_format(s->arena, "%.*s = %.*s\n", STR_ARG(name), STR_ARG(text));
        return from_text(s, schema, STR("-backend-config"), source, config);
    }
    ConvertError why;
    Value over = schema_empty(s->arena, schema), v;
    if (!convert_value(s->arena, value_string(s->arena, text), a->type, &v, &why))
        return diag_error(&cli->diags, "bad_backend_argument", SPAN_NONE, "Invalid backend argument",
                          "-backend-config gives \"%.*s\" a value that does not fit: %.*s.", STR_ARG(name),
                          STR_ARG(why.message));
    ObjectData *with = value_object_data(s->arena, schema->shape);
    for (uint32_t i = 0; i < schema->shape->n; i++) with->at[i] = over.obj->at[i];
    with->at[a->field] = v;
    *config = overlay(s->arena, schema, *config, value_finish_object(s->arena, with));
    return true;
}

bool backend_arguments(Session *s, const BackendType *type, const OptionTexts *given, Value *config) {
    const SchemaBlock *schema = backend_relaxed(s->cli->process, type->schema(s->cli->process));
    bool ok = true;
    for (uint32_t i = 0; i < given->list.n; i++) {
        Str text = given->list.at[i].text, bytes;
        if (!text.n) continue;
        if (str_find_char(text, '=') >= 0) {
            ok &= from_pair(s, type, schema, text, config);
            continue;
        }
        ok = file_read(s->arena, str_to_z(s->arena, text), LIMIT_SOURCE_BYTES, &bytes, &s->cli->diags) &&
             from_text(s, schema, text, bytes, config) && ok;
    }
    return ok;
}
