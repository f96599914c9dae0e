#include "engine/plan/module_path.h"

#include "engine/base/arena.h"

// The length of the key that starts at p[0] == '[': quotes may hold brackets.
static size_t key_length(Str p) {
    bool quoted = false;
    for (size_t i = 0; i < p.n; i++) {
        if (quoted && p.p[i] == '\\') i++;
        else if (p.p[i] == '"') quoted = !quoted;
        else if (!quoted && p.p[i] == ']') return i + 1;
    }
    return p.n;
}

Str module_path_plain(Arena *arena, Str path) {
    if (str_find_char(path, '[') < 0) return path;
    Buf b = buf_in(arena);
    while (path.n) {
        if (path.p[0] == '[') {
            path = str_slice(path, key_length(path), path.n);
        } else {
            buf_char(&b, path.p[0]);
            path = str_slice(path, 1, path.n);
        }
    }
    return buf_str(&b);
}

bool module_path_is(Str plain, Str path) {
    while (path.n) {
        if (path.p[0] == '[') {
            path = str_slice(path, key_length(path), path.n);
            continue;
        }
        if (plain.n == 0 || plain.p[0] != path.p[0]) return false;
        plain = str_slice(plain, 1, plain.n);
        path = str_slice(path, 1, path.n);
    }
    return plain.n == 0;
}
