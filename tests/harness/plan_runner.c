// Runs the cases of tests/plan: each folder is a root module, with
//
//   options          further arguments of plan, one a line
//   state.json       the prior state; terraform.resource/ what is really there
//   want.code        exit codes: of plan -detailed-exitcode, and of applying that plan
//   want.json        the plan as JSON
//   want.state.json  the state after it was applied
//   want.error       instead, where planning fails: each line occurs in what is printed
//
//   plan_runner INFRA FOLDER [NAME…]
//
// INFRA is the program. Each case runs in a new folder under TMPDIR. UPDATE=1 rewrites want.error; the other files were
// recorded from the peer, so nothing rewrites them.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/plan_compare.h"

typedef struct Case {
    const char *infra, *name;
    char from[2048], dir[2048];
    char **options;
    size_t option_count;
    Buf told; // what is wrong
} Case;

// ---- files ----

static bool file_load(const char *dir, const char *name, Buf *out) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    char piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;) buf_bytes(out, piece, n);
    fclose(file);
    return true;
}

static bool file_store(const char *path, Str text) {
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    bool good = fwrite(text.p, 1, text.n, file) == text.n;
    return fclose(file) == 0 && good;
}

static bool tree_copy(const char *from, const char *to) {
    if (mkdir(to, 0700) != 0 && errno != EEXIST) return false;
    DIR *d = opendir(from);
    if (!d) return false;
    bool good = true;
    for (struct dirent *e; good && (e = readdir(d));) {
        if (e->d_name[0] == '.' || strncmp(e->d_name, "want.", 5) == 0) continue;
        char a[4096], b[4096];
        snprintf(a, sizeof a, "%s/%s", from, e->d_name);
        snprintf(b, sizeof b, "%s/%s", to, strcmp(e->d_name, "state.json") == 0 ? "terraform.tfstate" : e->d_name);
        struct stat st;
        if (stat(a, &st) == 0 && S_ISDIR(st.st_mode)) {
            good = tree_copy(a, b);
            continue;
        }
        Buf text = {0};
        good = file_load(from, e->d_name, &text) && file_store(b, buf_str(&text));
        buf_free(&text);
    }
    closedir(d);
    return good;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

// ---- the program ----

// Its exit status, or -1. Standard output and standard error go to files of these names in the folder.
static int infra(const Case *c, const char *out, const char *const *args, size_t n, bool with_options) {
    char **argv = calloc(n + c->option_count + 2, sizeof *argv);
    size_t k = 0;
    argv[k++] = (char *)c->infra;
    for (size_t i = 0; i < n; i++) argv[k++] = (char *)args[i];
    for (size_t i = 0; with_options && i < c->option_count; i++) argv[k++] = c->options[i];
    pid_t pid = fork();
    if (pid == 0) {
        if (chdir(c->dir) != 0) _exit(126);
        int fd = open(out, O_CREAT | O_WRONLY | O_TRUNC, 0600), err = open("stderr", O_CREAT | O_WRONLY | O_TRUNC, 0600);
        if (fd < 0 || err < 0 || dup2(fd, 1) < 0 || dup2(err, 2) < 0) _exit(126);
        execv(c->infra, argv);
        _exit(127);
    }
    free(argv);
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// ---- a case ----

static void tell_output(Case *c, const char *file) {
    file_load(c->dir, file, &c->told);
    file_load(c->dir, "stderr", &c->told);
}

static bool case_compare(Case *c, const char *want_name, const char *got_name) {
    Buf want = {0}, got = {0};
    bool good = true;
    if (file_load(c->from, want_name, &want)) {
        file_load(c->dir, got_name, &got);
        Buf told = {0};
        good = plan_compare(buf_str(&want), buf_str(&got), &told);
        if (!good) buf_format(&c->told, "  %s\n%.*s", want_name, STR_ARG(buf_str(&told)));
        buf_free(&told);
    }
    buf_free(&want);
    buf_free(&got);
    return good;
}

static bool case_error(Case *c) {
    Buf want = {0}, got = {0};
    file_load(c->dir, "stderr", &got);
    char path[4096];
    snprintf(path, sizeof path, "%s/want.error", c->from);
    bool good = true;
    if (getenv("UPDATE")) {
        Str rest = buf_str(&got), line;
        while (rest.n && str_next(&rest, '\n', &line)) {
            ptrdiff_t at = str_find(line, STR("Error: "));
            if (at >= 0) buf_format(&want, "%.*s\n", STR_ARG(str_slice(line, (size_t)at, line.n)));
        }
        good = file_store(path, buf_str(&want));
    } else if (!file_load(c->from, "want.error", &want)) {
        good = false;
        buf_z(&c->told, "  want.error is missing\n");
    }
    Str rest = buf_str(&want), line;
    while (good && rest.n && str_next(&rest, '\n', &line)) {
        if (str_find(buf_str(&got), line) >= 0) continue;
        good = false;
        buf_format(&c->told, "  not printed: %.*s\n%.*s", STR_ARG(line), STR_ARG(buf_str(&got)));
    }
    buf_free(&want);
    buf_free(&got);
    return good;
}

static bool case_code(Case *c, const char *command, const char *out, int want, int got) {
    if (want == got) return true;
    buf_format(&c->told, "  %s exits with %d, not with %d\n", command, got, want);
    tell_output(c, out);
    return false;
}

static bool case_steps(Case *c) {
    Buf codes = {0};
    int plan_code = -1, apply_code = -1;
    file_load(c->from, "want.code", &codes);
    buf_char(&codes, '\0');
    int read = sscanf(codes.p, "%d %d", &plan_code, &apply_code);
    buf_free(&codes);
    static const char *const plan[] = {"plan", "-no-color", "-input=false", "-detailed-exitcode", "-out=plan.bin"};
    static const char *const show[] = {"show", "-json", "plan.bin"};
    static const char *const apply[] = {"apply", "-no-color", "-input=false", "plan.bin"};
    if (!case_code(c, "plan", "plan.out", plan_code, infra(c, "plan.out", plan, 5, true))) return false;
    if (plan_code == 1) return case_error(c);
    if (!case_code(c, "show", "got.json", 0, infra(c, "got.json", show, 3, false))) return false;
    bool good = case_compare(c, "want.json", "got.json");
    if (read < 2) return good;
    if (!case_code(c, "apply", "apply.out", apply_code, infra(c, "apply.out", apply, 4, false))) return false;
    return case_compare(c, "want.state.json", "terraform.tfstate") && good;
}

static void case_options(Case *c, Buf *text) {
    if (!file_load(c->from, "options", text)) return;
    buf_char(text, '\0');
    c->options = calloc(text->n, sizeof *c->options);
    for (char *line = strtok(text->p, "\n"); line; line = strtok(NULL, "\n")) c->options[c->option_count++] = line;
}

static bool case_run(const char *program, const char *folder, const char *name) {
    Case c = {.infra = program, .name = name};
    const char *temp = getenv("TMPDIR");
    snprintf(c.from, sizeof c.from, "%s/%s", folder, name);
    snprintf(c.dir, sizeof c.dir, "%s/infra-plan-XXXXXX", temp ? temp : "/tmp");
    if (!mkdtemp(c.dir)) return false;
    Buf options = {0};
    case_options(&c, &options);
    bool good = tree_copy(c.from, c.dir) && case_steps(&c);
    if (!good) printf("FAILED %s\n%.*s", name, STR_ARG(buf_str(&c.told)));
    nftw(c.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(c.options);
    buf_free(&options);
    buf_free(&c.told);
    return good;
}

static int visible(const struct dirent *entry) { return entry->d_name[0] != '.' && entry->d_type != DT_REG; }

int main(int argc, char **argv) {
    char program[4096];
    if (argc < 3 || !realpath(argv[1], program)) return 2;
    setenv("TF_IN_AUTOMATION", "1", 1);
    int run = 0, failed = 0;
    if (argc > 3) {
        for (; run < argc - 3; run++) failed += !case_run(program, argv[2], argv[3 + run]);
    } else {
        struct dirent **list;
        int n = scandir(argv[2], &list, visible, alphasort);
        for (; run < n; run++) {
            failed += !case_run(program, argv[2], list[run]->d_name);
            free(list[run]);
        }
        if (n >= 0) free(list);
    }
    printf("%d cases, %d failed\n", run, failed);
    return failed > 0 || run <= 0;
}
