#include "engine/cli/outputs.h"

#include <stdlib.h>

#include "engine/value/convert.h"
#include "engine/value/render.h"
#include "state/codec.h"

static int by_name(const void *a, const void *b) {
    const StateOutput *const *x = a, *const *y = b;
    return str_cmp((*x)->name, (*y)->name);
}

static const StateOutput **sorted(Cli *cli, const Snapshot *state) {
    const StateOutput **list = ARENA_ARRAY(cli->arena, const StateOutput *, state->output_count + 1);
    for (uint32_t i = 0; i < state->output_count; i++) list[i] = &state->outputs[i];
    if (state->output_count) qsort(list, state->output_count, sizeof *list, by_name);
    return list;
}

static bool value_of(Cli *cli, const StateOutput *output, Value *out) {
    const Type *type = type_from_json(cli->process, output->type);
    JsonReader r = json_reader(cli->arena, output->value);
    JsonError why;
    if (type && json_read_value(cli->arena, &r, type, JSON_IMPLIED, out, &why)) return true;
    return diag_error(&cli->diags, "bad_output", SPAN_NONE, "Unreadable output in the state",
                      "The stored value of the output \"%.*s\" does not fit its type.", STR_ARG(output->name));
}

bool outputs_show(Cli *cli, const Snapshot *state) {
    const StateOutput **list = sorted(cli, state);
    bool ok = true;
    for (uint32_t i = 0; i < state->output_count; i++) {
        Value v = {0};
        Buf text = {0};
        if (list[i]->sensitive && !cli->show_sensitive) {
            buf_z(&text, "<sensitive>");
        } else if (value_of(cli, list[i], &v)) {
            render_value(cli->process, v, 0, &text);
        } else {
            ok = false;
            continue;
        }
        out_format(&cli->out, "%.*s = ", STR_ARG(list[i]->name));
        out_add(&cli->out, buf_str(&text));
        out_z(&cli->out, "\n");
        buf_free(&text);
    }
    return ok;
}

static bool raw_text(Cli *cli, const StateOutput *output, Value v, Str *out) {
    Value text = {0};
    bool simple = v.kind == TYPE_STRING || v.kind == TYPE_NUMBER || v.kind == TYPE_BOOL;
    if (simple && !value_is_null(v) && convert_value(cli->arena, v, type_string(cli->process), &text, NULL)) {
        *out = value_str(text);
        return true;
    }
    return diag_error(&cli->diags, "raw_output", SPAN_NONE, "Output has no plain form",
                      "-raw prints strings, numbers and bools only, and \"%.*s\" is %s. Use -json.",
                      STR_ARG(output->name), value_is_null(v) ? "null" : "none of these");
}

bool outputs_show_one(Cli *cli, const StateOutput *output, bool raw) {
    Value v = {0};
    Str text = STR("");
    if (!value_of(cli, output, &v)) return false;
    if (raw) {
        if (!raw_text(cli, output, v, &text)) return false;
        out_add(&cli->out, text);
        return true;
    }
    Buf b = buf_in(cli->arena);
    render_value(cli->process, v, 0, &b);
    out_add(&cli->out, buf_str(&b));
    out_z(&cli->out, "\n");
    return true;
}

void outputs_json(Cli *cli, const Snapshot *state) {
    const StateOutput **list = sorted(cli, state);
    Buf text = buf_in(cli->arena);
    JsonWriter w = json_writer(&text, 2);
    w.escape_html = true;
    json_open_object(&w);
    for (uint32_t i = 0; i < state->output_count; i++) {
        json_key(&w, list[i]->name);
        json_open_object(&w);
        json_key(&w, STR("sensitive"));
        json_bool(&w, list[i]->sensitive);
        if (list[i]->deprecated.n) {
            json_key(&w, STR("deprecated"));
            json_string(&w, list[i]->deprecated);
        }
        json_key(&w, STR("type"));
        codec_raw(&w, list[i]->type);
        json_key(&w, STR("value"));
        codec_raw(&w, list[i]->value);
        json_close_object(&w);
    }
    json_close_object(&w);
    out_add(&cli->out, buf_str(&text));
    out_z(&cli->out, "\n");
}

void outputs_json_one(Cli *cli, const StateOutput *output) {
    Buf text = buf_in(cli->arena);
    JsonWriter w = json_writer(&text, 0);
    w.escape_html = true;
    codec_raw(&w, output->value);
    out_add(&cli->out, buf_str(&text));
    out_z(&cli->out, "\n");
}

const StateOutput *outputs_find(const Snapshot *state, Str name) {
    for (uint32_t i = 0; i < state->output_count; i++)
        if (str_eq(state->outputs[i].name, name)) return &state->outputs[i];
    return NULL;
}
