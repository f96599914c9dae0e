// yamlencode: block style, texts in double quotes, or as literal blocks where they hold line ends.
#include <yaml.h>

#include "engine/eval/funcs/funcs.h"
#include "engine/eval/heavy/heavy.h"

static int write_buf(void *context, unsigned char *bytes, size_t n) {
    buf_bytes(context, bytes, n);
    return 1;
}

static bool emit_scalar(yaml_emitter_t *e, Str text, yaml_scalar_style_t style) {
    yaml_event_t event;
    return yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)(text.p ? text.p : ""), (int)text.n, 1,
                                        1, style) &&
           yaml_emitter_emit(e, &event);
}

static bool emit_text(yaml_emitter_t *e, Str text) {
    bool lines = str_find_char(text, '\n') >= 0;
    return emit_scalar(e, text, lines ? YAML_LITERAL_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

static bool emit_value(FuncCall *call, yaml_emitter_t *e, Value v);

static bool emit_sequence(FuncCall *call, yaml_emitter_t *e, Value v) {
    yaml_event_t event;
    bool fine = yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE) &&
                yaml_emitter_emit(e, &event);
    for (uint32_t i = 0; fine && i < v.n; i++) fine = emit_value(call, e, v.list->at[i]);
    return fine && yaml_sequence_end_event_initialize(&event) && yaml_emitter_emit(e, &event);
}

static bool emit_mapping(FuncCall *call, yaml_emitter_t *e, Value v) {
    yaml_event_t event;
    bool fine = yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE) &&
                yaml_emitter_emit(e, &event);
    for (uint32_t i = 0; fine && i < v.n; i++) {
        Str key = v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
        fine = emit_text(e, key) && emit_value(call, e, value_part(v, i));
    }
    return fine && yaml_mapping_end_event_initialize(&event) && yaml_emitter_emit(e, &event);
}

static bool emit_value(FuncCall *call, yaml_emitter_t *e, Value v) {
    if (value_is_null(v)) return emit_scalar(e, STR("null"), YAML_PLAIN_SCALAR_STYLE);
    if (v.kind == TYPE_STRING) return emit_text(e, value_str(v));
    if (v.kind == TYPE_BOOL) return emit_scalar(e, v.i ? STR("true") : STR("false"), YAML_PLAIN_SCALAR_STYLE);
    if (is_sequence(v.kind)) return emit_sequence(call, e, v);
    if (is_mapping(v.kind)) return emit_mapping(call, e, v);
    Buf text = buf_in(call->arena);
    num_print(value_number(call->arena, v), &text);
    return emit_scalar(e, buf_str(&text), YAML_PLAIN_SCALAR_STYLE);
}

static bool emit_document(FuncCall *call, yaml_emitter_t *e, Value v) {
    yaml_event_t event;
    return yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) && yaml_emitter_emit(e, &event) &&
           yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1) && yaml_emitter_emit(e, &event) &&
           emit_value(call, e, v) && yaml_document_end_event_initialize(&event, 1) && yaml_emitter_emit(e, &event) &&
           yaml_stream_end_event_initialize(&event) && yaml_emitter_emit(e, &event);
}

bool heavy_yamlencode(FuncCall *call, Value *out) {
    Buf text = buf_in(call->arena);
    yaml_emitter_t e;
    if (!yaml_emitter_initialize(&e)) return func_fail(call, -1, "YAML is not available");
    yaml_emitter_set_output(&e, write_buf, &text);
    yaml_emitter_set_unicode(&e, 1);
    bool fine = emit_document(call, &e, call->args[0]);
    const char *problem = e.problem;
    yaml_emitter_delete(&e);
    if (!fine) return func_fail(call, -1, "%s", problem ? problem : "the value cannot be written as YAML");
    // The peer marks the end of a document after one plain scalar, and nowhere else.
    static const char end[] = "\n...\n";
    if (str_ends(buf_str(&text), str_of(end))) text.n -= strlen(end) - 1;
    if (value_is_null(call->args[0]) || call->args[0].kind == TYPE_NUMBER || call->args[0].kind == TYPE_BOOL) {
        buf_z(&text, "...\n");
    }
    return call_string(call, buf_str(&text), out);
}
