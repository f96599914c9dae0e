#include "engine/io/file.h"

#include "engine/io/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool fs_error(Diags *diags, const char *what, const char *path, int error) {
    const char *reason =
        error == ENOSPC || error == EDQUOT ? "the disk is full or a quota is used up" : strerror(error);
    return diag_error(diags, "file_error", SPAN_NONE, "File error", "Cannot %s \"%s\": %s.", what, path, reason);
}

ssize_t fs_write_some(int fd, Str bytes) {
    ssize_t n;
    while ((n = write(fd, bytes.p, bytes.n)) < 0 && errno == EINTR) continue;
    return n;
}

int fs_write_all(int fd, Str bytes) {
    while (bytes.n) {
        ssize_t n = fs_write_some(fd, bytes);
        if (n < 0) return errno;
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
    return 0;
}

int fs_sync(int fd) {
    int result;
    while ((result = fsync(fd)) < 0 && errno == EINTR) continue;
    return result < 0 ? errno : 0;
}

int fs_sync_dir_of(const char *path) {
    Str dir = path_dir(str_of(path));
    char *z = strndup(dir.p, dir.n);
    if (!z) abort();
    int fd = open(z, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(z);
    if (fd < 0) return errno;
    int error = fs_sync(fd);
    close(fd);
    // Some file systems have no fsync for folders; their renames are as durable as they get.
    return error == EINVAL ? 0 : error;
}

// Opens a regular file for reading; its size as the system tells it. -1 after a diagnostic.
static int open_regular(const char *path, size_t max, size_t *size, Diags *diags) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        fs_error(diags, "read", path, errno);
        return -1;
    }
    struct stat st;
    if (fstat(fd, &st) < 0) {
        fs_error(diags, "read", path, errno);
    } else if (!S_ISREG(st.st_mode)) {
        diag_error(diags, "file_error", SPAN_NONE, "File error", "Cannot read \"%s\": it is %s.", path,
                   S_ISDIR(st.st_mode) ? "a folder" : "not a regular file");
    } else if ((uint64_t)st.st_size > max) {
        diag_error(diags, "file_error", SPAN_NONE, "File error",
                   "Cannot read \"%s\": it has %lld bytes, more than the %zu that are allowed.", path,
                   (long long)st.st_size, max);
    } else {
        *size = (size_t)st.st_size;
        return fd;
    }
    close(fd);
    return -1;
}

// The size is a hint: a file may grow meanwhile, and those of /proc say 0.
bool file_read(Arena *arena, const char *path, size_t max, Str *out, Diags *diags) {
    size_t size = 0;
    int fd = open_regular(path, max, &size, diags);
    if (fd < 0) return false;
    Buf bytes = buf_in(arena);
    bool ok = true;
    for (size_t room = size + 1; ok; room = bytes.cap) {
        ssize_t n = read(fd, buf_reserve(&bytes, room), room);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            ok = fs_error(diags, "read", path, errno);
        } else if (n == 0) {
            break;
        } else if ((bytes.n += (size_t)n) > max) {
            ok = diag_error(diags, "file_error", SPAN_NONE, "File error",
                            "Cannot read \"%s\": it has more than the %zu bytes that are allowed.", path, max);
        }
    }
    close(fd);
    if (!ok) return false;
    buf_reserve(&bytes, 0)[0] = '\0';
    *out = buf_str(&bytes);
    return true;
}

bool file_map(const char *path, size_t max, Str *out, Diags *diags) {
    size_t size = 0;
    int fd = open_regular(path, max, &size, diags);
    if (fd < 0) return false;
    *out = STR_NONE;
    bool ok = true;
    if (size) {
        void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED)
            ok = fs_error(diags, "read", path, errno);
        else
            *out = str_make(p, size);
    }
    close(fd);
    return ok;
}

void file_unmap(Str mapped) {
    union {
        const char *mapped;
        void *memory;
    } p = {mapped.p};
    if (mapped.n) munmap(p.memory, mapped.n);
}

bool file_exists(const char *path) { return access(path, F_OK) == 0; }

bool file_is_dir(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

// 0 or an errno; the temporary file is gone after an error.
static int write_and_rename(const char *temporary, const char *path, Str bytes, unsigned mode) {
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return errno;
    int error = fs_write_all(fd, bytes);
    if (!error && fchmod(fd, mode) < 0) error = errno;
    if (!error) error = fs_sync(fd);
    if (close(fd) < 0 && !error && errno != EINTR) error = errno;
    if (!error && rename(temporary, path) < 0) error = errno;
    if (error) {
        unlink(temporary);
        return error;
    }
    return fs_sync_dir_of(path);
}

bool file_write_durable(Process *process, const char *path, Str bytes, unsigned mode, Diags *diags) {
    // A link stays a link: what it points to is replaced.
    char *target = realpath(path, NULL);
    const char *to = target ? target : path;
    uint64_t random;
    process->random(process, &random, sizeof random);
    Buf temporary = {0};
    buf_format(&temporary, "%s.%016llx.tmp", to, (unsigned long long)random);
    int error = write_and_rename(temporary.p, to, bytes, mode);
    buf_free(&temporary);
    free(target);
    return error ? fs_error(diags, "write", path, error) : true;
}

bool file_make_dirs(const char *path, unsigned mode, Diags *diags) {
    char *z = strdup(path);
    if (!z) abort();
    bool ok = true;
    for (char *at = z + 1; *z && ok; at++) {
        if (*at != '/' && *at != '\0') continue;
        char end = *at;
        *at = '\0';
        if (mkdir(z, mode) < 0 && !file_is_dir(z)) ok = fs_error(diags, "make the folder", z, errno);
        *at = end;
        if (!end) break;
    }
    free(z);
    return ok;
}

static int compare_names(const void *a, const void *b) { return str_cmp(*(const Str *)a, *(const Str *)b); }

bool file_list(Arena *arena, const char *path, Str **names, uint32_t *n, Diags *diags) {
    DIR *dir = opendir(path);
    if (!dir) return fs_error(diags, "list the folder", path, errno);
    VEC(Str) list = {0};
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir)); errno = 0) {
        Str name = str_of(entry->d_name);
        if (str_eqz(name, ".") || str_eqz(name, "..")) continue;
        name = str_copy(arena, name);
        vec_push(arena, &list, name);
    }
    int error = errno;
    closedir(dir);
    if (error) return fs_error(diags, "list the folder", path, error);
    if (list.n) qsort(list.at, list.n, sizeof *list.at, compare_names);
    *names = list.at;
    *n = list.n;
    return true;
}

bool file_is_terminal(int fd) { return isatty(fd) == 1; }

uint32_t file_terminal_width(int fd) {
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
