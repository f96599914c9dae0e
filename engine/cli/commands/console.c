// infra console
#include "engine/cli/commands.h"
#include "engine/cli/evaluate.h"
#include "engine/io/file.h"
#include "engine/value/render.h"

// Brackets that are open at the end of the text, outside of strings: the expression goes on in the next line.
static int open_brackets(Str text) {
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (quoted)
            continue;
        else if (c == '(' || c == '[' || c == '{')
            depth++;
        else if (c == ')' || c == ']' || c == '}')
            depth--;
    }
    return depth;
}

// type(EXPR), which only the console has: the expression, or false.
static bool type_call(Str text, Str *inner) {
    if (!str_starts(text, STR("type(")) || !str_ends(text, STR(")"))) return false;
    *inner = str_slice(text, 5, text.n - 1);
    int depth = 0;
    for (size_t i = 0; i < inner->n; i++) {
        depth += inner->p[i] == '(' ? 1 : inner->p[i] == ')' ? -1 : 0;
        if (depth < 0) return false;
    }
    return true;
}

static bool answer(Session *s, Walk *w, Arena *arena, Str text) {
    Cli *cli = s->cli;
    Str inner;
    Value v;
    bool type = type_call(text, &inner);
    bool ok = evaluate_text(s, w, arena, type ? inner : text, &v);
    if (ok) {
        Buf b = {0};
        if (type)
            type_print(value_type(cli->process, v), &b);
        else
            render_value(cli->process, v, 0, &b);
        out_add(&cli->out, buf_str(&b));
        out_z(&cli->out, "\n");
        buf_free(&b);
    }
    cli_show_diags(cli);
    arena_reset(arena);
    return ok;
}

static bool read_expression(Cli *cli, bool terminal, Str *out) {
    Str line;
    if (terminal) out_z(&cli->out, "> ");
    if (!cli_read_line(cli, &line)) return false;
    *out = line;
    while (open_brackets(*out) > 0) {
        if (terminal) out_z(&cli->out, ": ");
        if (!cli_read_line(cli, &line)) break;
        *out = str_format(cli->arena, "%.*s\n%.*s", STR_ARG(*out), STR_ARG(line));
    }
    *out = str_trim(*out);
    return true;
}

static bool talk(Session *s, Walk *w) {
    Cli *cli = s->cli;
    bool terminal = file_is_terminal(0), ok = true;
    Arena *arena = arena_new(cli->process, LIFE_OP, "console");
    for (Str text; ok && read_expression(cli, terminal, &text);) {
        if (str_eqz(text, "exit")) break;
        if (str_eqz(text, "help")) {
            out_z(&cli->out, "Type an expression of the language to see its value, \"exit\" to leave.\n");
            continue;
        }
        if (text.n && text.p[0] != '#' && !answer(s, w, arena, text)) ok = terminal;
    }
    if (terminal) out_z(&cli->out, "\n");
    arena_free(arena);
    return ok;
}

int command_console(Cli *cli, int argc, char **argv) {
    Session s;
    session_init(&s, cli);
    OptionSet *set = options_start(cli);
    OptionArgs rest;
    session_state_options(&s, set, false);
    session_input_options(&s, set);
    session_lock_options(&s, set);
    if (!options_parse(set, argc, argv, 0, 0, &rest)) return session_leave(&s);
    bool ok = session_show_walk(&s);
    if (ok) {
        Walk *w = evaluate_walk(&s);
        cli_show_diags(cli);
        cli->failed = false; // what could not be evaluated is unknown; expressions that work do
        ok = talk(&s, w);
    }
    return session_finish(&s, ok ? EXIT_OK : EXIT_FAILED);
}
