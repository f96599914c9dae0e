#include "engine/plan/module_path.h"

#include "engine/base/arena.h"

size_t module_path_key(Str p) {
    bool quoted = false; // quotes may hold brackets
    if (p.n == 0 || p.p[0] != '[') return 0;
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
            path = str_slice(path, module_path_key(path), path.n);
        } else {
            buf_char(&b, path.p[0]);
            path = str_slice(path, 1, path.n);
        }
    }
    return buf_str(&b);
}

// What is left of both when the common part is taken off; keys in path count for nothing.
static void path_common(Str *plain_rest, Str *path_rest) {
    Str plain = *plain_rest, path = *path_rest;
    while (path.n) {
        if (path.p[0] == '[') {
            path = str_slice(path, module_path_key(path), path.n);
            continue;
        }
        if (plain.n == 0 || plain.p[0] != path.p[0]) break;
        plain = str_slice(plain, 1, plain.n);
        path = str_slice(path, 1, path.n);
    }
    *plain_rest = plain;
    *path_rest = path;
}

bool module_path_is(Str plain, Str path) {
    path_common(&plain, &path);
    return plain.n == 0 && path.n == 0;
}

bool module_path_is_under(Str plain, Str path) {
    path_common(&plain, &path);
    return plain.n == 0 && (path.n == 0 || path.p[0] == '.');
}

Str module_path_unquote(Arena *arena, Str quoted) {
    Buf b = buf_in(arena);
    for (size_t i = 0; i < quoted.n; i++) {
        char c = quoted.p[i];
        if (c == '"') continue;
        if (c == '\\' && i + 1 < quoted.n) {
            c = quoted.p[++i];
            c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
        } else if ((c == '$' || c == '%') && i + 2 < quoted.n && quoted.p[i + 1] == c && quoted.p[i + 2] == '{') {
            i++; // "$${" stands for "${"
        }
        buf_char(&b, c);
    }
    return buf_str(&b);
}
