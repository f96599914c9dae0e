#include "state/backend/local_file.h"

#include "engine/base/limits.h"
#include "engine/io/file.h"
#include "engine/io/fs.h"
#include "state/codec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BYTES ((size_t)1 << 20)

LocalPaths local_paths(Arena *arena, Str state, Str backup) {
    Str name = path_base(state);
    Str folder = str_slice(state, 0, state.n - name.n);
    if (name.n && name.p[0] == '.') name = str_slice(name, 1, name.n);
    return (LocalPaths){
        .state = str_to_z(arena, state),
        .fresh = str_format(arena, "%.*s.new", STR_ARG(state)).p,
        .unfinished = str_format(arena, "%.*s.new.tmp", STR_ARG(state)).p,
        .backup = backup.n ? str_to_z(arena, backup) : NULL,
        .lock_info = str_format(arena, "%.*s.%.*s.lock.info", STR_ARG(folder), STR_ARG(name)).p,
    };
}

static FileProblem problem(const char *what, const char *path, int error) { return (FileProblem){error, what, path}; }

bool local_load(Arena *arena, int fd, const char *path, Str *out, Diags *diags) {
    struct stat st;
    if (fstat(fd, &st) != 0) return fs_error(diags, "read", path, errno);
    if (!S_ISREG(st.st_mode)) return fs_error(diags, "read", path, EINVAL);
    if ((uint64_t)st.st_size > LIMIT_STATE_BYTES) return fs_error(diags, "read", path, EFBIG);
    size_t size = (size_t)st.st_size, n = 0;
    char *p = arena_alloc(arena, size + 1);
    while (n < size) {
        ssize_t got = pread(fd, p + n, size - n, (off_t)n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fs_error(diags, "read", path, errno);
        if (got == 0) break;
        n += (size_t)got;
    }
    p[n] = 0;
    *out = str_make(p, n);
    return true;
}

static int write_at(int fd, Str bytes) {
    for (size_t n = 0; n < bytes.n;) {
        ssize_t put = pwrite(fd, bytes.p + n, bytes.n - n, (off_t)n);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno;
        n += (size_t)put;
    }
    return 0;
}

static int copy_all(int from, int to) {
    char *room = malloc(COPY_BYTES);
    if (!room) abort();
    int error = 0;
    for (off_t at = 0; !error;) {
        ssize_t n = pread(from, room, COPY_BYTES, at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) error = errno;
        if (n <= 0) break;
        error = fs_write_all(to, str_make(room, (size_t)n));
        at += n;
    }
    free(room);
    return error;
}

// A file with this content and mode 0600, whole on disk before it has its name.
static FileProblem place(const char *path, const char *unfinished, Str bytes, int from) {
    int fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return problem("write", unfinished, errno);
    int error = from >= 0 ? copy_all(from, fd) : fs_write_all(fd, bytes);
    if (!error) error = fs_sync(fd);
    close(fd);
    if (!error && rename(unfinished, path) != 0) error = errno;
    if (error) {
        unlink(unfinished);
        return problem("write", path, error);
    }
    return problem("write", path, fs_sync_dir_of(path));
}

static int copy_in_place(int fd, Str bytes) {
    int error = write_at(fd, bytes);
    if (!error && ftruncate(fd, (off_t)bytes.n) != 0) error = errno;
    return error ? error : fs_sync(fd);
}

// Takes room for the new content before the old is touched, so that a full disk leaves the old one as it was.
static int take_room(int fd, off_t old_size, size_t size) {
    if ((off_t)size <= old_size) return 0;
    int error = posix_fallocate(fd, 0, (off_t)size);
    if (error == EOPNOTSUPP || error == EINVAL) return 0;
    return error && ftruncate(fd, old_size) == 0 ? error : error ? EIO : 0;
}

FileProblem local_save(const LocalPaths *paths, int fd, Str bytes, const char *backup) {
    FileProblem p = {0};
    struct stat st;
    if (fstat(fd, &st) != 0) return problem("write", paths->state, errno);
    if (backup && st.st_size > 0) p = place(backup, paths->unfinished, STR_NONE, fd);
    if (!p.error) p = place(paths->fresh, paths->unfinished, bytes, -1);
    if (p.error) return p;
    int error = take_room(fd, st.st_size, bytes.n);
    if (error) {
        unlink(paths->fresh);
        return problem("write", paths->state, error);
    }
    // From here on the new content counts: whoever locks next finishes what fails now.
    error = copy_in_place(fd, bytes);
    if (!error) unlink(paths->fresh);
    return problem("write", paths->state, error);
}

typedef enum Verdict { FINISH, STALE, STRAY } Verdict;

// What <state>.new is to a state. A half-done copy may look whole, so only a later serial makes it stale.
static Verdict judge(Arena *scratch, Str state, Str fresh) {
    CodecHead there = {0}, new = {0};
    if (!codec_head(scratch, fresh, &new)) return STRAY;
    if (!codec_head(scratch, state, &there)) return FINISH;
    if (!str_eq(there.lineage, new.lineage)) return STRAY;
    return there.serial > new.serial ? STALE : FINISH;
}

static void warn_stray(const LocalPaths *paths, Diags *diags) {
    diag_warn(diags, "stray_state", SPAN_NONE, "Left over state file",
              "\"%s\" was left by a write that did not end, but it is not a later content of \"%s\". It is not used; "
              "look at it and remove it.",
              paths->fresh, paths->state);
}

static bool load_path(Arena *arena, const char *path, Str *out, bool *found, Diags *diags) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *found = fd >= 0;
    if (fd < 0) return errno == ENOENT ? true : fs_error(diags, "read", path, errno);
    bool ok = local_load(arena, fd, path, out, diags);
    close(fd);
    return ok;
}

bool local_peek(Arena *arena, const LocalPaths *paths, Str state, Str *out, bool *found, Diags *diags) {
    if (!load_path(arena, paths->fresh, out, found, diags)) return false;
    if (!*found) return true;
    *found = judge(arena, state, *out) == FINISH;
    return true;
}

bool local_finish(Arena *scratch, const LocalPaths *paths, int fd, Diags *diags) {
    unlink(paths->unfinished);
    Str fresh = STR_NONE, state = STR_NONE;
    bool found;
    if (!load_path(scratch, paths->fresh, &fresh, &found, diags)) return false;
    if (!found) return true;
    if (!local_load(scratch, fd, paths->state, &state, diags)) return false;
    Verdict verdict = judge(scratch, state, fresh);
    if (verdict == STRAY) {
        warn_stray(paths, diags);
        return true;
    }
    int error = verdict == FINISH && !str_eq(state, fresh) ? copy_in_place(fd, fresh) : 0;
    if (error) return fs_error(diags, "write", paths->state, error);
    unlink(paths->fresh);
    return true;
}
