// The comment above a change: what happens to which object, and why.
#include "engine/report/headline.h"

static void bold_address(const Drawing *d, const Subject *s) {
    draw_color(d->out, COLOR_BOLD);
    out_z(d->out, "  # ");
    subject_address(s, &d->out->buf);
    if (s->deposed.n) out_format(d->out, " (deposed object %.*s)", STR_ARG(s->deposed));
    draw_plain(d->out);
}

static void strong_red(const Drawing *d, const char *text) {
    draw_color(d->out, COLOR_BOLD);
    draw_colored(d->out, COLOR_RED, text);
}

static const char *read_reason(Reason reason) {
    switch (reason) {
    case REASON_READ_CONFIG_UNKNOWN: return "config refers to values not yet known";
    case REASON_READ_DEPENDENCY_PENDING: return "depends on a resource or a module with changes pending";
    case REASON_READ_CHECK_NESTED: return "config will be reloaded to verify a check block";
    default: return NULL;
    }
}

static void delete_reason(const Drawing *d, const Subject *s) {
    Out *o = d->out;
    switch (s->reason) {
    case REASON_DELETE_NO_RESOURCE_CONFIG:
        out_format(o, "\n  # (because %.*s.%.*s is not in configuration)", STR_ARG(s->type), STR_ARG(s->name));
        break;
    case REASON_DELETE_NO_MOVE_TARGET:
        out_format(o, "\n  # (because %.*s was moved to ", STR_ARG(s->moved_from));
        subject_address(s, &o->buf);
        out_z(o, ", which is not in configuration)");
        break;
    case REASON_DELETE_NO_MODULE:
        out_format(o, "\n  # (because %.*s is not in configuration)", STR_ARG(s->module));
        break;
    case REASON_DELETE_WRONG_REPETITION:
        out_z(o, s->key.kind == KEY_NONE  ? "\n  # (because resource uses count or for_each)"
                 : s->key.kind == KEY_INT ? "\n  # (because resource does not use count)"
                                          : "\n  # (because resource does not use for_each)");
        break;
    case REASON_DELETE_COUNT_INDEX:
        out_z(o, "\n  # (because index ");
        key_print(s->key, &o->buf);
        out_z(o, " is out of range for count)");
        break;
    case REASON_DELETE_ENABLED_FALSE: out_z(o, "\n  # (because enabled is false)"); break;
    case REASON_DELETE_EACH_KEY:
        out_z(o, "\n  # (because key ");
        key_print(s->key, &o->buf);
        out_z(o, " is not in for_each map)");
        break;
    default: break;
    }
}

static void left_over(const Drawing *d, const Subject *s) {
    if (s->deposed.n) out_z(d->out, "\n  # (left over from a partially-failed replacement of this instance)");
}

static void replace_headline(const Drawing *d, const Subject *s, Action action) {
    switch (s->reason) {
    case REASON_REPLACE_TAINTED:
        out_z(d->out, " is tainted, so it must be ");
        strong_red(d, "replaced");
        break;
    case REASON_REPLACE_BY_REQUEST:
        out_z(d->out, " will be ");
        strong_red(d, "replaced");
        out_z(d->out, ", as requested");
        break;
    case REASON_REPLACE_BY_TRIGGERS:
        out_z(d->out, " will be ");
        strong_red(d, "replaced");
        out_z(d->out, " due to changes in replace_triggered_by");
        break;
    default:
        out_z(d->out, " must be ");
        strong_red(d, "replaced");
        break;
    }
    if (action != ACTION_FORGET_THEN_CREATE) return;
    out_z(d->out, " - ");
    draw_colored(d->out, COLOR_YELLOW, "older instance will not be destroyed");
    out_z(d->out, " (lifecycle.destroy = false)");
    left_over(d, s);
}

static void forget_headline(const Drawing *d, const Subject *s) {
    out_z(d->out, " will be removed from the state ");
    strong_red(d, "but will not be destroyed");
    if (s->reason == REASON_FORGET_IN_STATE)
        out_z(d->out, "\n  # (because lifecycle.destroy = false was set before it was removed from the configuration)");
    if (s->reason == REASON_FORGET_IN_CONFIG)
        out_z(d->out, "\n  # (because lifecycle.destroy = false is set in the configuration)");
    left_over(d, s);
}

static void noop_headline(const Drawing *d, const Subject *s) {
    if (s->moved_from.n) {
        draw_color(d->out, COLOR_BOLD);
        out_format(d->out, "  # %.*s", STR_ARG(s->moved_from));
        draw_plain(d->out);
        out_z(d->out, " has moved to ");
        draw_color(d->out, COLOR_BOLD);
        subject_address(s, &d->out->buf);
        draw_plain(d->out);
        return;
    }
    bold_address(d, s);
    if (s->imported) out_z(d->out, " will be imported");
}

static void changed_headline(const Drawing *d, const Subject *s, Action action, bool drift) {
    bold_address(d, s);
    switch (action) {
    case ACTION_CREATE: out_z(d->out, " will be created"); break;
    case ACTION_READ: {
        const char *reason = read_reason(s->reason);
        out_z(d->out, " will be read during apply");
        if (reason) out_format(d->out, "\n  # (%s)", reason);
        break;
    }
    case ACTION_UPDATE: out_z(d->out, drift ? " has changed" : " will be updated in-place"); break;
    case ACTION_DELETE:
        if (drift) {
            out_z(d->out, " has been deleted");
        } else {
            out_z(d->out, " will be ");
            strong_red(d, "destroyed");
        }
        delete_reason(d, s);
        left_over(d, s);
        break;
    case ACTION_FORGET: forget_headline(d, s); break;
    default: replace_headline(d, s, action); break;
    }
}

static void import_line(const Drawing *d, const Subject *s) {
    if (s->import_id.n) {
        out_format(d->out, "  # (imported from \"%.*s\")\n", STR_ARG(s->import_id));
    } else if (value_parts(s->import_identity)) {
        Buf text = buf_in(d->arena);
        JsonWriter w = json_writer(&text, 2);
        json_value(&w, s->import_identity, NULL, JSON_IMPLIED);
        out_z(d->out, "  # imported using resource identity: ");
        Str line;
        for (Str rest = buf_str(&text); str_next(&rest, '\n', &line);)
            out_format(d->out, "%s%.*s\n", line.p == text.p ? "" : "  # ", STR_ARG(line));
    } else {
        out_z(d->out, "  # (will be imported first)\n");
    }
}

void headline_draw(const Drawing *d, const Subject *s, Action action, bool drift) {
    if (action == ACTION_NOOP)
        noop_headline(d, s);
    else
        changed_headline(d, s, action, drift);
    out_z(d->out, "\n");
    if (s->moved_from.n && action != ACTION_NOOP) out_format(d->out, "  # (moved from %.*s)\n", STR_ARG(s->moved_from));
    if (!s->imported) return;
    import_line(d, s);
    if (action == ACTION_DELETE_THEN_CREATE || action == ACTION_CREATE_THEN_DELETE) {
        out_z(d->out, "  # ");
        draw_colored(d->out, COLOR_YELLOW, "Warning: this will destroy the imported resource");
        out_z(d->out, "\n");
    }
}
