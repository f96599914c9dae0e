/* Objects as files. Paths are relative to the configuration's folder. */
#include "providers/tfcoremock/mock.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *path_in(const InfraHost *host, InfraArena *arena, InfraText folder, InfraText name) {
    int here = !folder.n || text_is(folder, ".");
    if (here || (name.n && name.p[0] == '/')) return host->format(arena, "%.*s", (int)name.n, name.p).p;
    return host->format(arena, "%.*s/%.*s", (int)folder.n, folder.p, (int)name.n, name.p).p;
}

static const char *object_path(const Store *s, InfraArena *arena, InfraText folder, const char *prefix, InfraText id,
                               const char *suffix) {
    InfraText name = s->host->format(arena, "%.*s/%s%.*s%s", (int)folder.n, folder.p, prefix, (int)id.n, id.p, suffix);
    return path_in(s->host, arena, s->folder, name);
}

/* What went wrong, as people know it from the peers: without a capital letter. */
static const char *reason(const InfraHost *host, InfraArena *arena, int error) {
    const char *text = strerror(error);
    return host->format(arena, "%c%s", tolower((unsigned char)text[0]), text + 1).p;
}

static const char *system_error(const InfraHost *host, InfraArena *arena, const char *verb, const char *path) {
    return host->format(arena, "%s %s: %s", verb, path, reason(host, arena, errno)).p;
}

/* 0, or an errno. */
static int read_whole(const InfraHost *host, InfraArena *arena, const char *path, InfraText *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    struct stat st;
    int error = fstat(fd, &st) ? errno : S_ISREG(st.st_mode) ? 0 : EISDIR;
    size_t n = 0, size = error ? 0 : (size_t)st.st_size;
    char *p = host->alloc(arena, size + 1);
    while (!error && n < size) {
        ssize_t got = read(fd, p + n, size - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) error = errno;
        if (got <= 0) break;
        n += (size_t)got;
    }
    close(fd);
    *out = (InfraText){p, n};
    return error;
}

InfraText store_file(const InfraHost *host, InfraArena *arena, InfraText folder, InfraText name) {
    InfraText out = {NULL, 0};
    if (read_whole(host, arena, path_in(host, arena, folder, name), &out)) return (InfraText){NULL, 0};
    return out;
}

static Found read_object(const Store *s, InfraArena *arena, const MockType *type, InfraText folder, InfraText id,
                         InfraValue *out, InfraText *error) {
    const char *path = object_path(s, arena, folder, "", id, ".json");
    InfraText json;
    int failed = read_whole(s->host, arena, path, &json);
    if (failed == ENOENT) {
        *error = s->host->format(arena, "open %s: %s", path, reason(s->host, arena, failed));
        return MISSING;
    }
    errno = failed;
    if (failed)
        *error = text_of(system_error(s->host, arena, "open", path));
    else if (decode_object(s->host, arena, type, json, out))
        return FOUND;
    else
        *error = s->host->format(arena, "%s is malformed", path);
    return BROKEN;
}

Found store_read(const Store *s, InfraArena *arena, const MockType *type, InfraText id, InfraValue *out,
                 InfraText *error) {
    return read_object(s, arena, type, s->resources, id, out, error);
}

Found store_read_data(const Store *s, InfraArena *arena, const MockType *type, InfraText id, InfraValue *out,
                      InfraText *error) {
    return read_object(s, arena, type, s->data, id, out, error);
}

static int make_dirs(const char *path) {
    char *copy = strdup(path);
    if (!copy) abort();
    int ok = 1;
    for (char *p = copy + 1; ok && *p; p++) {
        if (*p != '/') continue;
        *p = 0;
        ok = mkdir(copy, 0700) == 0 || errno == EEXIST;
        *p = '/';
    }
    free(copy);
    return ok;
}

/* Whole or not at all: a killed process leaves no half of a file. */
static const char *write_whole(const Store *s, InfraArena *arena, const char *path, InfraText bytes) {
    if (!make_dirs(path)) return system_error(s->host, arena, "mkdir", path);
    const char *fresh = s->host->format(arena, "%s.new", path).p;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return system_error(s->host, arena, "open", path);
    for (size_t at = 0; at < bytes.n;) {
        ssize_t put = write(fd, bytes.p + at, bytes.n - at);
        if (put < 0 && errno != EINTR) {
            close(fd);
            return system_error(s->host, arena, "write", path);
        }
        at += put > 0 ? (size_t)put : 0;
    }
    if (close(fd) || rename(fresh, path)) return system_error(s->host, arena, "write", path);
    return NULL;
}

int store_exists(const Store *s, InfraArena *arena, InfraText id) {
    return access(object_path(s, arena, s->resources, "", id, ".json"), F_OK) == 0;
}

const char *store_write(const Store *s, InfraArena *arena, const MockType *type, InfraText id, InfraValue v,
                        int create) {
    if (s->only_state) return NULL;
    const char *path = object_path(s, arena, s->resources, "", id, ".json");
    int there = store_exists(s, arena, id);
    if (create && there) return "resource with the specified id likely already exists";
    if (!create && !there) {
        errno = ENOENT;
        return system_error(s->host, arena, "stat", path);
    }
    Text json = {s->host, arena, NULL, 0, 0};
    encode_object(&json, type, v);
    return write_whole(s, arena, path, (InfraText){json.p, json.n});
}

const char *store_remove(const Store *s, InfraArena *arena, InfraText id) {
    if (s->only_state) return NULL;
    const char *path = object_path(s, arena, s->resources, "", id, ".json");
    return unlink(path) ? system_error(s->host, arena, "remove", path) : NULL;
}

static int by_text(const void *a, const void *b) {
    const InfraText *x = a, *y = b;
    int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

const InfraText *store_ids(const Store *s, InfraArena *arena, size_t *n) {
    *n = 0;
    DIR *dir = opendir(path_in(s->host, arena, s->folder, s->resources));
    if (!dir) return NULL;
    size_t cap = 0;
    InfraText *ids = NULL;
    for (struct dirent *e; (e = readdir(dir));) {
        size_t length = strlen(e->d_name);
        if (length < 6 || e->d_name[0] == '.' || strcmp(e->d_name + length - 5, ".json") != 0) continue;
        if (*n == cap) {
            InfraText *more = s->host->alloc(arena, sizeof *more * (cap = cap ? cap * 2 : 16));
            if (*n) memcpy(more, ids, sizeof *ids * *n);
            ids = more;
        }
        ids[(*n)++] = s->host->format(arena, "%.*s", (int)length - 5, e->d_name);
    }
    closedir(dir);
    if (*n) qsort(ids, *n, sizeof *ids, by_text);
    return ids;
}

InfraText store_token(const Store *s, InfraArena *arena, InfraText token) {
    InfraText id = {NULL, 0};
    if (token.n) read_whole(s->host, arena, object_path(s, arena, s->resources, ".token-", token, ""), &id);
    return id;
}

const char *store_keep_token(const Store *s, InfraArena *arena, InfraText token, InfraText id) {
    if (s->only_state || !token.n) return NULL;
    return write_whole(s, arena, object_path(s, arena, s->resources, ".token-", token, ""), id);
}
