// The cases of tests/lang: expressions and what they give.
//
//   > expression           one or more lines
//   what it gives          as the console prints it; or "! Summary: detail" for each error, with the values seen
//     type, …              of an unknown value what is known of it
//
// Lines that begin with # between cases are comments. With UPDATE=1 the files are rewritten with what is given now.
#include "tests/harness/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/harness/eval_scope.h"

static char *read_file(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    long n = ftell(file);
    rewind(file);
    char *text = malloc((size_t)n + 1);
    size_t got = fread(text, 1, (size_t)n, file);
    text[got] = 0;
    fclose(file);
    return text;
}

// Of an unknown value its type, and what else is known of it.
static void print_unknown(TestScope *t, Value v, Buf *out) {
    if (!value_is_unknown(v)) return;
    buf_z(out, "  ");
    type_print(value_type(t->process, v), out);
    if (v.unk->not_null) buf_z(out, ", not null");
    if (v.unk->prefix.n) buf_format(out, ", begins with \"%.*s\"", STR_ARG(v.unk->prefix));
    if (v.unk->has_length) buf_format(out, ", %u to %u elements", v.unk->min_length, v.unk->max_length);
    for (int i = 0; i < 2; i++) {
        Value bound = i ? v.unk->max : v.unk->min;
        if (bound.kind != TYPE_NUMBER) continue;
        buf_z(out, i ? ", at most " : ", at least ");
        render_value(t->process, bound, 0, out);
    }
    buf_char(out, '\n');
}

static void print_result(TestScope *t, Str expression, Buf *out) {
    Diags diags = diags_in(t->arena);
    Value v;
    if (test_eval(t, expression, &v, &diags)) {
        render_value(t->process, v, 0, out);
        buf_char(out, '\n');
        print_unknown(t, v, out);
    }
    for (uint32_t i = 0; i < diags.list.n; i++) {
        const Diag *d = &diags.list.at[i];
        buf_format(out, "! %.*s: %.*s\n", STR_ARG(d->summary), STR_ARG(d->detail));
        for (uint32_t k = 0; k < d->values.n; k++) {
            buf_format(out, "!   %.*s %.*s\n", STR_ARG(d->values.at[k].expression), STR_ARG(d->values.at[k].statement));
        }
    }
}

typedef struct Case {
    Buf expression, want;
} Case;

static uint32_t run_case(Process *process, const char *name, Case *c, Buf *rewritten) {
    if (c->expression.n == 0) return 0;
    Arena *arena = arena_new(process, LIFE_OP, "case");
    Buf got = buf_in(arena);
    print_result(test_scope(process, arena), str_trim(buf_str(&c->expression)), &got);
    Str want = buf_str(&c->want);
    while (want.n > 1 && want.p[want.n - 1] == '\n' && want.p[want.n - 2] == '\n') want.n--;
    uint32_t failed = !str_eq(buf_str(&got), want);
    if (failed && !getenv("UPDATE")) {
        print_error("%s: %.*sgives\n%.*sinstead of\n%.*s\n", name, STR_ARG(buf_str(&c->expression)),
                    STR_ARG(buf_str(&got)), STR_ARG(want));
    }
    Str rest = str_trim(buf_str(&c->expression)), line;
    while (str_next(&rest, '\n', &line)) buf_format(rewritten, "> %.*s\n", STR_ARG(line));
    buf_format(rewritten, "%.*s\n", STR_ARG(buf_str(&got)));
    arena_free(arena);
    buf_clear(&c->expression);
    buf_clear(&c->want);
    return failed;
}

static uint32_t run_file(Process *process, const char *path, const char *name) {
    char *text = read_file(path);
    assert_non_null(text);
    Case c = {0};
    Buf rewritten = {0};
    uint32_t failed = 0;
    Str rest = str_of(text), line;
    while (str_next(&rest, '\n', &line)) {
        bool expression = str_starts(line, STR("> ")), comment = str_starts(line, STR("# "));
        if ((expression || comment) && c.want.n) failed += run_case(process, name, &c, &rewritten);
        if (comment)
            buf_format(&rewritten, "%.*s\n", STR_ARG(line));
        else if (expression)
            buf_format(&c.expression, "%.*s\n", STR_ARG(str_slice(line, 2, line.n)));
        else if (c.expression.n)
            buf_format(&c.want, "%.*s\n", STR_ARG(line));
        else if (rewritten.n)
            buf_format(&rewritten, "\n");
    }
    failed += run_case(process, name, &c, &rewritten);
    while (rewritten.n > 1 && rewritten.p[rewritten.n - 1] == '\n' && rewritten.p[rewritten.n - 2] == '\n')
        rewritten.n--;
    if (getenv("UPDATE")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fwrite(rewritten.p, 1, rewritten.n, file);
        fclose(file);
        failed = 0;
    }
    buf_free(&rewritten);
    buf_free(&c.expression);
    buf_free(&c.want);
    free(text);
    return failed;
}

static void cases(void **state) {
    (void)state;
    const char *root = getenv("INFRA_SOURCE");
    if (!root) skip();
    char folder[4096], path[8192];
    snprintf(folder, sizeof folder, "%s/tests/lang", root);
    // File functions read tests/lang/files.
    assert_int_equal(chdir(folder), 0);
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    uint32_t failed = 0, files = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (!str_ends(str_of(entry->d_name), STR(".txt"))) continue;
        Process *process = test_process();
        type_init(process);
        marks_init(process);
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        failed += run_file(process, path, entry->d_name);
        process_free(process);
        files++;
    }
    closedir(dir);
    assert_true(files > 0);
    assert_int_equal(failed, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
