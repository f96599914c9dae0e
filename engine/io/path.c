#include "engine/base/process.h"
#include "engine/base/str.h"
#include "engine/io/file.h"

#include <stdlib.h>
#include <unistd.h>

Str path_join(Arena *arena, Str a, Str b) {
    if (str_empty(a) || (b.n && b.p[0] == '/')) return str_copy(arena, b);
    if (str_empty(b)) return str_copy(arena, a);
    bool slash = a.p[a.n - 1] == '/';
    return str_format(arena, "%.*s%s%.*s", STR_ARG(a), slash ? "" : "/", STR_ARG(b));
}

// Cuts the last element off what was written so far, but never a "..", which has nothing above it to go to.
static bool drop_last(Buf *out, size_t root) {
    Str s = str_slice(buf_str(out), root, out->n);
    if (str_empty(s) || str_eqz(s, "..") || str_ends(s, STR("/.."))) return false;
    size_t n = out->n;
    while (n > root && out->p[n - 1] != '/') n--;
    out->n = n > root ? n - 1 : root;
    return true;
}

Str path_clean(Arena *arena, Str path) {
    Buf out = buf_in(arena);
    buf_reserve(&out, path.n + 1);
    bool rooted = path.n && path.p[0] == '/';
    if (rooted) buf_char(&out, '/');
    size_t root = out.n;
    Str piece;
    for (Str rest = path; str_next(&rest, '/', &piece);) {
        if (str_empty(piece) || str_eqz(piece, ".")) continue;
        if (str_eqz(piece, "..") && (drop_last(&out, root) || rooted)) continue;
        if (out.n > root) buf_char(&out, '/');
        buf_add(&out, piece);
    }
    if (out.n == 0) buf_char(&out, '.');
    out.p[out.n] = '\0';
    return buf_str(&out);
}

static Str without_slashes(Str path) {
    while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
    return path;
}

Str path_dir(Str path) {
    path = without_slashes(path);
    size_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/') n--;
    if (n == 0) return STR(".");
    return without_slashes(str_slice(path, 0, n));
}

Str path_base(Str path) {
    path = without_slashes(path);
    if (path.n == 0) return STR(".");
    if (path.n == 1 && path.p[0] == '/') return path;
    size_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/') n--;
    return str_slice(path, n, path.n);
}

Str path_absolute(Arena *arena, Str path) {
    if (path.n && path.p[0] == '/') return path_clean(arena, path);
    char *cwd = getcwd(NULL, 0);
    if (!cwd) return path_clean(arena, path);
    Str joined = path_join(arena, str_of(cwd), path);
    free(cwd);
    return path_clean(arena, joined);
}
