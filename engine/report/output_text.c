// Values of outputs, for people and for scripts.
#include "engine/report/report.h"
#include "engine/report/state_value.h"
#include "engine/value/convert.h"
#include "engine/value/marks.h"
#include "engine/value/render.h"
#include "state/codec.h"

static const StateOutput *output_find(const Snapshot *s, Str name) {
    for (uint32_t i = 0; i < s->output_count; i++)
        if (str_eq(s->outputs[i].name, name)) return &s->outputs[i];
    return NULL;
}

static bool output_read(Arena *arena, const StateOutput *o, Value *out, Diags *diags) {
    if (state_output_value(arena, o, out)) return true;
    return diag_error(diags, "bad_output", SPAN_NONE, "Unreadable output in the state",
                      "The stored value of the output \"%.*s\" cannot be read.", STR_ARG(o->name));
}

static void line_write(Process *p, Str name, Value v, const ReportOptions *options, Out *out) {
    out_add(out, name);
    out_z(out, " = ");
    if (value_is_sensitive(v) && !options->show_sensitive) {
        out_z(out, "<sensitive>\n");
        return;
    }
    Arena *arena = arena_new(p, LIFE_OP, "output");
    render_value(p, options->show_sensitive ? marks_strip(arena, v, NULL) : v, 0, &out->buf);
    out_z(out, "\n");
    arena_free(arena);
}

// ---- one output ----

static bool raw_write(Arena *arena, Str name, Value v, Out *out, Diags *diags) {
    Process *p = arena_process(arena);
    Value text = v;
    if (!value_is_set(v) || v.kind > TYPE_BOOL || v.kind == TYPE_DYNAMIC)
        return diag_error(diags, "raw_output", SPAN_NONE, "Unsupported value for raw output",
                          "-raw prints strings, numbers and bools, but the output \"%.*s\" is %s. Use -json for any "
                          "value.",
                          STR_ARG(name), value_is_null(v) ? "null" : "a collection or an object");
    if (!convert_value(arena, v, type_string(p), &text, NULL)) return false;
    out_add(out, value_str(text));
    return true;
}

static bool one_write(Arena *arena, const StateOutput *o, OutputForm form, Out *out, Diags *diags) {
    Value v;
    if (form == OUTPUT_JSON) {
        JsonWriter w = json_writer(&out->buf, 0);
        codec_raw(&w, o->value);
        out_z(out, "\n");
        return true;
    }
    if (!output_read(arena, o, &v, diags)) return false;
    v = marks_strip(arena, v, NULL); // who asks for one by name wants to see it
    if (form == OUTPUT_RAW) return raw_write(arena, o->name, v, out, diags);
    render_value(arena_process(arena), v, 0, &out->buf);
    out_z(out, "\n");
    return true;
}

// ---- all of them ----

static void all_json(const Snapshot *s, Out *out) {
    JsonWriter w = json_writer(&out->buf, 2);
    w.escape_html = true;
    json_open_object(&w);
    for (uint32_t i = 0; i < s->output_count; i++) {
        const StateOutput *o = &s->outputs[i];
        json_key(&w, o->name);
        json_open_object(&w);
        json_key(&w, STR("sensitive"));
        json_bool(&w, o->sensitive);
        if (o->deprecated.n) {
            json_key(&w, STR("deprecated"));
            json_string(&w, o->deprecated);
        }
        json_key(&w, STR("type"));
        codec_raw(&w, o->type);
        json_key(&w, STR("value"));
        codec_raw(&w, o->value);
        json_close_object(&w);
    }
    json_close_object(&w);
    out_z(out, "\n");
}

static bool all_write(Arena *arena, const Snapshot *s, OutputForm form, const ReportOptions *options, Out *out,
                      Diags *diags) {
    bool ok = true;
    if (form == OUTPUT_JSON) {
        all_json(s, out);
        return true;
    }
    if (s->output_count == 0)
        diag_warn(diags, "no_outputs", SPAN_NONE, "No outputs found",
                  "The state has no outputs: the configuration declares none, or nothing was applied since they were "
                  "added.");
    for (uint32_t i = 0; i < s->output_count; i++) {
        Value v;
        if (output_read(arena, &s->outputs[i], &v, diags))
            line_write(arena_process(arena), s->outputs[i].name, v, options, out);
        else
            ok = false;
        arena_reset(arena);
    }
    return ok;
}

bool report_output(Process *process, const Snapshot *s, const Str *name, OutputForm form, const ReportOptions *options,
                   Out *out, Diags *diags) {
    Arena *arena = arena_new(process, LIFE_OP, "output");
    bool ok;
    const StateOutput *o = name ? output_find(s, *name) : NULL;
    if (name && !o)
        ok = diag_error(diags, "no_output", SPAN_NONE, "Output not found",
                        "The state has no output \"%.*s\". An output that was added to the configuration has a value "
                        "after the next apply.",
                        STR_ARG(*name));
    else
        ok = o ? one_write(arena, o, form, out, diags) : all_write(arena, s, form, options, out, diags);
    arena_free(arena);
    out_flush(out);
    return ok;
}

void report_output_values(Process *process, const OutputChange *outputs, uint32_t n, const ReportOptions *options,
                          Out *out) {
    bool started = false;
    for (uint32_t i = 0; i < n; i++) {
        const OutputChange *c = &outputs[i];
        if (value_is_null(c->after)) continue;
        if (!started) out_z(out, "\nOutputs:\n\n");
        started = true;
        line_write(process, name_str(c->name), c->sensitive ? value_with_marks(c->after, MARK_SENSITIVE) : c->after,
                   options, out);
    }
    out_flush(out);
}
