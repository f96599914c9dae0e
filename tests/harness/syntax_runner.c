// Runs the cases of tests/syntax: each folder has one input and want.txt, what it is read as.
//
//   syntax_runner FOLDER [NAME…]
//
// main.infra is read as a file, main.expr as an expression, main.tmpl as a template. UPDATE=1 rewrites want.txt.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/process.h"
#include "tests/harness/syntax_print.h"

static bool file_read(const char *path, Buf *out) {
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    char piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;) buf_bytes(out, piece, n);
    fclose(file);
    return true;
}

static void case_print(Str input, const char *name, Buf *out) {
    Process *process = process_new();
    Arena *arena = arena_new(process, LIFE_CONFIG, "case");
    Diags diags = diags_in(arena);
    const SourceFile *file = source_add(process, str_of(name), input);
    Expr *expr = NULL;
    AstBody *body = NULL;
    bool good;
    if (str_ends(str_of(name), STR(".infra")))
        good = parse_body(arena, file, &body, &diags);
    else if (str_ends(str_of(name), STR(".expr")))
        good = parse_expr(arena, file, &expr, &diags);
    else
        good = parse_template(arena, file, &expr, &diags);
    if (good == diags_failed(&diags)) buf_z(out, "the result does not agree with the diagnostics\n");
    if (body) syntax_print_body(body, 0, out);
    if (expr) {
        syntax_print_expr(expr, out);
        buf_char(out, '\n');
    }
    syntax_print_diags(process, &diags, out);
    arena_free(arena);
    process_free(process);
}

static bool case_write(const char *path, const Buf *text) {
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    bool good = fwrite(text->p, 1, text->n, file) == text->n;
    return fclose(file) == 0 && good;
}

static bool case_run(const char *folder, const char *name) {
    static const char *const inputs[] = {"main.infra", "main.expr", "main.tmpl"};
    char path[4096];
    Buf input = {0}, want = {0}, got = {0};
    size_t kind = 0;
    for (; kind < 3; kind++) {
        snprintf(path, sizeof path, "%s/%s/%s", folder, name, inputs[kind]);
        if (file_read(path, &input)) break;
    }
    bool good = kind < 3;
    if (good) case_print(buf_str(&input), inputs[kind], &got);
    snprintf(path, sizeof path, "%s/%s/want.txt", folder, name);
    bool update = getenv("UPDATE") && good;
    if (update)
        good = case_write(path, &got);
    else if (good)
        good = file_read(path, &want) && str_eq(buf_str(&want), buf_str(&got));
    if (!good) printf("FAILED %s\n--- want\n%.*s--- got\n%.*s", name, STR_ARG(buf_str(&want)), STR_ARG(buf_str(&got)));
    buf_free(&input);
    buf_free(&want);
    buf_free(&got);
    return good;
}

static int visible(const struct dirent *entry) { return entry->d_name[0] != '.' && entry->d_type != DT_REG; }

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    int run = 0, failed = 0;
    if (argc > 2) {
        for (; run < argc - 2; run++) failed += !case_run(argv[1], argv[2 + run]);
    } else {
        struct dirent **list;
        int n = scandir(argv[1], &list, visible, alphasort);
        for (; run < n; run++) {
            failed += !case_run(argv[1], list[run]->d_name);
            free(list[run]);
        }
        if (n >= 0) free(list);
    }
    printf("%d cases, %d failed\n", run, failed);
    return failed > 0 || run <= 0;
}
