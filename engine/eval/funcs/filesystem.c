// Paths and file contents.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/limits.h"
#include "engine/base/utf8.h"
#include "engine/eval/files.h"
#include "engine/eval/funcs/funcs.h"
#include "engine/eval/funcs/paths.h"
#include "engine/eval/template.h"

// The path without ".", ".." and doubled slashes, by its text alone. Empty gives ".".
Str filesystem_clean(Arena *arena, Str path) {
    bool rooted = path.n && path.p[0] == '/';
    VEC(Str) parts = {0};
    Str rest = path, part;
    while (str_next(&rest, '/', &part)) {
        if (part.n == 0 || str_eqz(part, ".")) continue;
        bool up = str_eqz(part, "..");
        if (up && parts.n && !str_eqz(parts.at[parts.n - 1], ".."))
            parts.n--;
        else if (!up || !rooted)
            vec_push(arena, &parts, part);
    }
    Buf out = buf_in(arena);
    if (rooted) buf_char(&out, '/');
    for (uint32_t i = 0; i < parts.n; i++) {
        if (i) buf_char(&out, '/');
        buf_add(&out, parts.at[i]);
    }
    if (out.n == 0) buf_char(&out, '.');
    return buf_str(&out);
}

static bool expand_home(FuncCall *call, Str path, Str *out) {
    *out = path;
    if (path.n == 0 || path.p[0] != '~') return true;
    if (path.n > 1 && path.p[1] != '/') return func_fail(call, -1, "cannot expand user-specific home dir");
    const char *home = getenv("HOME");
    if (!home || !*home) return func_fail(call, -1, "the home directory is not known: HOME is not set");
    Str joined = str_format(call->arena, "%s/%.*s", home, STR_ARG(str_slice(path, 1, path.n)));
    *out = filesystem_clean(call->arena, joined);
    return true;
}

static Str absolute(FuncCall *call, Str path) {
    if (path.n && path.p[0] == '/') return filesystem_clean(call->arena, path);
    Str base = call->context->cwd;
    if (base.n && base.p[0] == '/') {
        return filesystem_clean(call->arena, str_format(call->arena, "%.*s/%.*s", STR_ARG(base), STR_ARG(path)));
    }
    char here[4096];
    if (!getcwd(here, sizeof here)) strcpy(here, "/");
    return filesystem_clean(call->arena, str_format(call->arena, "%s/%.*s/%.*s", here, STR_ARG(base), STR_ARG(path)));
}

bool file_path(FuncCall *call, Str path, Str *out) {
    if (!expand_home(call, path, out)) return false;
    *out = absolute(call, *out);
    return true;
}

static bool read_error(FuncCall *call, Str path, Marks marks, int error) {
    const char *shown = call_z(call, call_quote(call, path, marks));
    if (error == ENOENT) {
        return func_fail(call, 0,
                         "no file exists at %s; this function works only with files that are distributed as "
                         "part of the configuration, so if a resource creates this file, use an attribute of "
                         "that resource instead",
                         shown);
    }
    if (error == EISDIR) return func_fail(call, 0, "failed to read file: %s is a directory", shown);
    if (error == EFBIG) return func_fail(call, 0, "failed to read file: %s is too large", shown);
    return func_fail(call, 0, "failed to read %s: %s", shown,
                     error == EACCES ? "permission denied" : "input/output error");
}

static int read_all(int fd, Arena *arena, Str *out) {
    struct stat st;
    if (fstat(fd, &st) != 0) return errno;
    if (S_ISDIR(st.st_mode)) return EISDIR;
    Buf buf = buf_in(arena);
    while (buf.n <= LIMIT_SOURCE_BYTES) {
        size_t room = st.st_size > 0 && buf.n < (size_t)st.st_size ? (size_t)st.st_size - buf.n + 1 : 4096;
        char *to = buf_reserve(&buf, room);
        ssize_t got = read(fd, to, room);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) {
            *out = buf_str(&buf);
            return 0;
        }
        buf.n += (size_t)got;
    }
    return EFBIG;
}

const Str *filesystem_read(FuncCall *call, Str path, Marks marks) {
    Str full;
    if (!file_path(call, path, &full)) return NULL;
    FileCache *files = files_of(call->context);
    const Str *known = strmap_get_ptr(&files->contents, full);
    if (known) return known;
    Arena *arena = call->context->arena;
    int fd = open(str_to_z(call->arena, full), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    Str *text = ARENA_NEW(arena, Str);
    int error = fd < 0 ? errno : read_all(fd, arena, text);
    if (fd >= 0) close(fd);
    if (error) {
        read_error(call, path, marks, error);
        return NULL;
    }
    strmap_put_ptr(&files->contents, str_copy(arena, full), text);
    return text;
}

bool filesystem_file(FuncCall *call, Value *out) {
    Str path = call_str(call, 0);
    Marks marks = call->args[0].marks;
    const Str *text = filesystem_read(call, path, marks);
    if (!text) return false;
    if (utf8_valid(*text) < text->n) {
        return func_fail(call, -1,
                         "contents of %s are not valid UTF-8; use the filebase64 function to obtain the Base64 "
                         "encoded contents, or filemd5, filesha256 and so on for a hash",
                         call_z(call, call_quote(call, path, marks)));
    }
    *out = value_with_marks(value_string(call->arena, *text), marks);
    return true;
}

bool filesystem_filebase64(FuncCall *call, Value *out) {
    Marks marks = call->args[0].marks;
    const Str *text = filesystem_read(call, call_str(call, 0), marks);
    if (!text) return false;
    Buf buf = buf_in(call->arena);
    base64_encode(*text, &buf);
    *out = value_with_marks(value_string(call->arena, buf_str(&buf)), marks);
    return true;
}

bool filesystem_fileexists(FuncCall *call, Value *out) {
    Str path;
    Marks marks = call->args[0].marks;
    if (!file_path(call, call_str(call, 0), &path)) return false;
    struct stat st;
    const char *shown = call_z(call, call_quote(call, call_str(call, 0), marks));
    if (stat(str_to_z(call->arena, path), &st) != 0) {
        if (errno != ENOENT) return func_fail(call, -1, "failed to stat %s", shown);
        *out = value_with_marks(value_bool(false), marks);
        return true;
    }
    if (!S_ISREG(st.st_mode)) {
        return func_fail(call, -1, "%s is %s, not a file", shown,
                         S_ISDIR(st.st_mode) ? "a directory" : "a special file");
    }
    *out = value_with_marks(value_bool(true), marks);
    return true;
}

bool filesystem_basename(FuncCall *call, Value *out) {
    Str path = call_str(call, 0);
    if (path.n == 0) return call_string(call, STR("."), out);
    while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
    size_t start = path.n;
    while (start > 0 && path.p[start - 1] != '/') start--;
    if (start == path.n && path.n == 1) return call_string(call, STR("/"), out);
    return call_string(call, str_slice(path, start, path.n), out);
}

bool filesystem_dirname(FuncCall *call, Value *out) {
    Str path = call_str(call, 0);
    while (path.n > 0 && path.p[path.n - 1] != '/') path.n--;
    return call_string(call, filesystem_clean(call->arena, path), out);
}

bool filesystem_abspath(FuncCall *call, Value *out) {
    return call_string(call, absolute(call, call_str(call, 0)), out);
}

bool filesystem_pathexpand(FuncCall *call, Value *out) {
    Str path;
    return expand_home(call, call_str(call, 0), &path) && call_string(call, path, out);
}

static Str without_stop(Str text) {
    while (text.n && text.p[text.n - 1] == '.') text.n--;
    return text;
}

// The first error as one line: "main.tpl:3,5: Unsupported attribute; …".
static bool template_fail(FuncCall *call, const Diags *diags) {
    const Diag *diag = NULL;
    for (uint32_t i = 0; i < diags->list.n && !diag; i++) {
        if (diags->list.at[i].severity == SEV_ERROR) diag = &diags->list.at[i];
    }
    if (!diag) return func_fail(call, -1, "the template is not valid");
    Str detail = diag->detail;
    // A template that calls itself fails at the bottom; the levels above have nothing to add.
    ptrdiff_t recursion = str_find(detail, STR("maximum recursion depth"));
    if (recursion >= 0)
        return func_fail(call, -1, "%.*s", STR_ARG(without_stop(str_slice(detail, (size_t)recursion, detail.n))));
    detail = without_stop(detail);
    SourcePos start, end;
    bool own = diag->subject.at == call->span.at && diag->subject.n == call->span.n;
    if (own || !source_pos(call_process(call), diag->subject, &start, &end))
        return func_fail(call, 1, "%.*s", STR_ARG(detail));
    if (strcmp(diag->code, "missing_template_variable") == 0) {
        return func_fail(call, 1, "%.*s, referenced at %.*s:%u,%u", STR_ARG(detail), STR_ARG(start.file->path),
                         start.line, start.column);
    }
    return func_fail(call, -1, "%.*s:%u,%u: %.*s; %.*s", STR_ARG(start.file->path), start.line, start.column,
                     STR_ARG(diag->summary), STR_ARG(detail));
}

static bool render(FuncCall *call, Str path, Str text, Marks marks, Value *out) {
    if (!is_mapping(call->args[1].kind)) return func_fail(call, 1, "invalid vars value: must be a map");
    Diags diags = diags_in(call->arena);
    if (!template_render(call->context, call->arena, path, text, call->args[1], call->span, out, &diags)) {
        return template_fail(call, &diags);
    }
    *out = marks_add(call_process(call), *out, marks);
    return true;
}

bool filesystem_templatefile(FuncCall *call, Value *out) {
    Str path = call_str(call, 0);
    Marks marks = call->args[0].marks;
    const Str *text = filesystem_read(call, path, marks);
    if (!text) return false;
    if (utf8_valid(*text) < text->n) {
        return func_fail(call, 0, "contents of %s are not valid UTF-8", call_z(call, call_quote(call, path, marks)));
    }
    return render(call, path, *text, marks, out);
}

bool filesystem_templatestring(FuncCall *call, Value *out) {
    return render(call, STR(""), call_str(call, 0), call->args[0].marks, out);
}
