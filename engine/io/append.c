// Records gather in a buffer and go to the system when it is full or when they shall be durable. After a write that
// failed the buffer keeps what is not written, so a later sync goes on where this one stopped. After an fsync that
// failed the system may have dropped pages: the file is broken from then on and every call says so.
#include "engine/io/file.h"
#include "engine/io/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)64 << 10)

struct AppendFile {
    int fd;
    char *path;
    uint64_t size; // at open
    Buf buffer;
    int broken; // the errno of the fsync that failed
    bool unsynced;
};

AppendFile *append_open(Process *process, const char *path, unsigned mode, Diags *diags) {
    (void)process;
    bool added = true;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0 && errno == EEXIST) {
        added = false;
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, mode);
    }
    struct stat st;
    int error = fd < 0 || fstat(fd, &st) < 0 ? errno : 0;
    if (!error && added) error = fs_sync_dir_of(path);
    if (error) {
        if (fd >= 0) close(fd);
        fs_error(diags, "open for appending", path, error);
        return NULL;
    }
    AppendFile *f = calloc(1, sizeof *f);
    if (!f) abort();
    *f = (AppendFile){.fd = fd, .path = strdup(path), .size = (uint64_t)st.st_size};
    if (!f->path) abort();
    return f;
}

uint64_t append_size(const AppendFile *f) { return f->size; }

static bool is_broken(AppendFile *f, Diags *diags) {
    if (f->broken) fs_error(diags, "write", f->path, f->broken);
    return f->broken != 0;
}

bool append_truncate(AppendFile *f, uint64_t size, Diags *diags) {
    if (is_broken(f, diags)) return false;
    buf_clear(&f->buffer);
    int result;
    while ((result = ftruncate(f->fd, (off_t)size)) < 0 && errno == EINTR) continue;
    if (result < 0) return fs_error(diags, "truncate", f->path, errno);
    f->unsynced = true;
    return true;
}

static bool flush(AppendFile *f, Diags *diags) {
    size_t written = 0;
    int error = 0;
    while (written < f->buffer.n && !error) {
        ssize_t n = fs_write_some(f->fd, str_slice(buf_str(&f->buffer), written, f->buffer.n));
        if (n < 0)
            error = errno;
        else
            written += (size_t)n;
    }
    if (written) {
        f->unsynced = true;
        memmove(f->buffer.p, f->buffer.p + written, f->buffer.n - written);
        f->buffer.n -= written;
    }
    return error ? fs_error(diags, "write", f->path, error) : true;
}

bool append_write(AppendFile *f, Str bytes, Diags *diags) {
    if (is_broken(f, diags)) return false;
    buf_add(&f->buffer, bytes);
    return f->buffer.n < BUFFER_BYTES || flush(f, diags);
}

bool append_sync(AppendFile *f, Diags *diags) {
    if (is_broken(f, diags) || !flush(f, diags)) return false;
    if (!f->unsynced) return true;
    int result;
    while ((result = fdatasync(f->fd)) < 0 && errno == EINTR) continue;
    // A device or a pipe (EINVAL) has nothing to make durable.
    if (result < 0 && errno != EINVAL) {
        f->broken = errno;
        return fs_error(diags, "write", f->path, errno);
    }
    f->unsynced = false;
    return true;
}

void append_close(AppendFile *f) {
    if (!f) return;
    if (!f->broken) fs_write_all(f->fd, buf_str(&f->buffer));
    close(f->fd);
    if (f->buffer.p) explicit_bzero(f->buffer.p, f->buffer.cap);
    buf_free(&f->buffer);
    free(f->path);
    free(f);
}
