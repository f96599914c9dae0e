#include "state/backend/local.h"

#include "engine/io/file.h"
#include "engine/io/fs.h"
#include "engine/io/job.h"
#include "state/backend/local_file.h"
#include "state/backend/reply.h"
#include "state/crc32c.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct LocalBackend {
    Backend base;
    Str path, workspace_dir;
} LocalBackend;

typedef struct LocalStore {
    StateStore base;
    Arena *arena; // as long as the store
    LocalPaths paths;
    int fd; // the open state, held with the lock; -1: not open
    bool locked, created, backed_up;
    Str lock_id;
    // The write that is under way.
    Str bytes;
    int write_fd;
    FileProblem problem;
    Diags *diags;
    StoreDone done;
    void *ctx;
} LocalStore;

// An open file description's lock: it conflicts with peers' fcntl locks, and unlike those is not lost when some other
// part of this process opens and closes the file.
static int lock_file(int fd, short type) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET};
#ifdef F_OFD_SETLK
    if (fcntl(fd, F_OFD_SETLK, &lock) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
#endif
    return fcntl(fd, F_SETLK, &lock) == 0 ? 0 : errno;
}

static bool make_folder(const char *path, Diags *diags) {
    Str folder = path_dir(str_of(path));
    return folder.n == 0 || file_is_dir(str_to_z(diags->arena, folder)) ||
           file_make_dirs(str_to_z(diags->arena, folder), 0755, diags);
}

static int open_state(LocalStore *s, Diags *diags) {
    bool there = file_exists(s->paths.state);
    if (!there && !make_folder(s->paths.state, diags)) return -1;
    int fd = open(s->paths.state, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        fs_error(diags, "open for writing", s->paths.state, errno);
    else if (!there)
        s->created = true;
    return fd;
}

static Str version_of(Arena *arena, Str bytes) { return str_format(arena, "%08x-%zu", crc32c(0, bytes), bytes.n); }

// An empty file counts as no state, as the peers have it, unless a backup says that there was one.
static bool not_cut_off(const LocalStore *s, Diags *diags) {
    struct stat st;
    if (!s->paths.backup || stat(s->paths.backup, &st) != 0 || st.st_size == 0) return true;
    return diag_error(diags, "empty_state", SPAN_NONE, "State file is empty",
                      "%s is empty, but its backup %s is not: the state was cut off. Copy the backup over it, or remove "
                      "both to begin without a state.",
                      s->paths.state, s->paths.backup);
}

static bool load(LocalStore *s, Arena *arena, StoreResult *r, Diags *diags) {
    int fd = s->fd >= 0 ? s->fd : open(s->paths.state, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT) return fs_error(diags, "read", s->paths.state, errno);
    bool ok = fd < 0 || local_load(arena, fd, s->paths.state, &r->bytes, diags);
    if (fd >= 0 && fd != s->fd) close(fd);
    if (!ok) return false;
    r->version = r->bytes.n ? version_of(arena, r->bytes) : STR_NONE;
    if (!s->locked) {
        Str newer;
        bool found;
        if (!local_peek(arena, &s->paths, r->bytes, &newer, &found, diags)) return false;
        if (found) r->bytes = newer;
    }
    r->found = r->bytes.n > 0;
    return r->found || fd < 0 || s->created || not_cut_off(s, diags);
}

static void local_read(StateStore *base, Arena *arena, StoreDone done, void *ctx, Diags *diags) {
    StoreResult r = {0};
    r.ok = load((LocalStore *)base, arena, &r, diags);
    reply_later(base->loop, done, ctx, r);
}

static void write_run(void *ctx) {
    LocalStore *s = ctx;
    s->problem = local_save(&s->paths, s->write_fd, s->bytes, s->backed_up ? NULL : s->paths.backup);
}

static void write_over(void *ctx) {
    LocalStore *s = ctx;
    StoreResult r = {.ok = s->problem.error == 0};
    if (s->write_fd != s->fd) close(s->write_fd);
    if (r.ok) {
        s->backed_up = true;
        r.version = version_of(s->arena, s->bytes);
    } else {
        fs_error(s->diags, s->problem.what, s->problem.path, s->problem.error);
    }
    StoreDone done = s->done;
    s->done = NULL;
    done(s->ctx, &r);
}

static bool is_changed(LocalStore *s, int fd, Str if_match, Diags *diags) {
    if (s->locked || !if_match.n) return false;
    Arena *scratch = arena_new(arena_process(s->arena), LIFE_OP, "state check");
    Str bytes = STR_NONE;
    bool changed =
        !local_load(scratch, fd, s->paths.state, &bytes, diags) || !str_eq(version_of(scratch, bytes), if_match);
    arena_free(scratch);
    return changed;
}

static void local_write(StateStore *base, Str bytes, Str if_match, StoreDone done, void *ctx, Diags *diags) {
    LocalStore *s = (LocalStore *)base;
    assert(!s->done);
    int fd = s->fd >= 0 ? s->fd : open_state(s, diags);
    StoreResult refused = {0};
    if (fd >= 0 && is_changed(s, fd, if_match, diags)) {
        refused.changed = true;
        if (fd != s->fd) close(fd);
    }
    if (fd < 0 || refused.changed) {
        reply_later(base->loop, done, ctx, refused);
        return;
    }
    s->bytes = bytes;
    s->write_fd = fd;
    s->diags = diags;
    s->done = done;
    s->ctx = ctx;
    job_start(base->loop, write_run, write_over, s);
}

static bool write_lock_info(LocalStore *s, const LockInfo *info, Diags *diags) {
    Buf text = buf_in(diags->arena);
    lock_encode(info, &text);
    int fd = open(s->paths.lock_info, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int error = fd < 0 ? errno : fs_write_all(fd, buf_str(&text));
    if (fd >= 0) close(fd);
    return error ? fs_error(diags, "write", s->paths.lock_info, error) : true;
}

static void lock_leave(LocalStore *s) {
    lock_file(s->fd, F_UNLCK);
    struct stat st;
    bool unused = s->created && fstat(s->fd, &st) == 0 && st.st_size == 0;
    close(s->fd);
    s->fd = -1;
    s->locked = false;
    if (unused) unlink(s->paths.state);
    s->created = false;
}

static StoreResult lock_refused(LocalStore *s, Arena *arena) {
    StoreResult r = {.held = true};
    Diags ignored = diags_in(arena);
    if (file_exists(s->paths.lock_info) && file_read(arena, s->paths.lock_info, 1u << 16, &r.raw_lock, &ignored) &&
        !lock_decode(arena, r.raw_lock, &r.holder))
        r.holder = (LockInfo){0};
    return r;
}

// Whoever leaves an empty state removes it: a lock on a file without name is none.
static bool still_named(LocalStore *s) {
    struct stat held, named;
    return fstat(s->fd, &held) == 0 && stat(s->paths.state, &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
}

static StoreResult lock_take(LocalStore *s, Arena *arena, const LockInfo *info, Diags *diags) {
    int error = 0;
    do {
        if (s->fd >= 0) close(s->fd);
        s->fd = open_state(s, diags);
        if (s->fd < 0) return (StoreResult){0};
        error = lock_file(s->fd, F_WRLCK);
    } while (!error && !still_named(s));
    if (error) {
        // An empty file that another process just made is not ours to remove.
        close(s->fd);
        s->fd = -1;
        s->created = false;
        if (error == EAGAIN || error == EACCES) return lock_refused(s, arena);
        fs_error(diags, "lock", s->paths.state, error);
        return (StoreResult){0};
    }
    s->locked = true;
    Arena *scratch = arena_new(arena_process(arena), LIFE_OP, "state lock");
    bool ok = write_lock_info(s, info, diags) && local_finish(scratch, &s->paths, s->fd, diags);
    arena_free(scratch);
    if (!ok) lock_leave(s);
    s->lock_id = str_copy(s->arena, info->id);
    return (StoreResult){.ok = ok};
}

static void local_lock(StateStore *base, Arena *arena, const LockInfo *info, StoreDone done, void *ctx, Diags *diags) {
    LocalStore *s = (LocalStore *)base;
    StoreResult r = s->locked ? lock_refused(s, arena) : lock_take(s, arena, info, diags);
    reply_later(base->loop, done, ctx, r);
}

static void local_unlock(StateStore *base, Str id, StoreDone done, void *ctx, Diags *diags) {
    LocalStore *s = (LocalStore *)base;
    StoreResult r = {.ok = s->locked && str_eq(s->lock_id, id)};
    if (r.ok) {
        unlink(s->paths.lock_info);
        lock_leave(s);
    } else if (s->locked) {
        diag_error(diags, "state_unlock", SPAN_NONE, "Error releasing the state lock",
                   "%s is locked by this process with the ID \"%.*s\", not \"%.*s\".", s->paths.state,
                   STR_ARG(s->lock_id), STR_ARG(id));
    } else {
        diag_error(
            diags, "state_unlock", SPAN_NONE, "Error releasing the state lock",
            "%s is not locked by this process. The lock of a local state belongs to the process that holds it and "
            "ends with it: end that process.",
            s->paths.state);
    }
    reply_later(base->loop, done, ctx, r);
}

static void local_close(StateStore *base) {
    LocalStore *s = (LocalStore *)base;
    assert(!s->done);
    if (s->locked)
        lock_leave(s);
    else if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

static const StoreVtable local_vtable = {
    .read = local_read,
    .write = local_write,
    .lock = local_lock,
    .unlock = local_unlock,
    .close = local_close,
};

StateStore *local_store(Loop *loop, Arena *arena, Str path, Str backup) {
    LocalStore *s = ARENA_NEW(arena, LocalStore);
    path = str_copy(arena, path);
    s->base = (StateStore){.vt = &local_vtable, .loop = loop, .where = path, .lock_path = path, .indent = true};
    s->base.journal_path = str_format(arena, "%.*s.journal", STR_ARG(path));
    s->arena = arena;
    s->paths = local_paths(arena, path, backup);
    s->fd = s->write_fd = -1;
    return &s->base;
}

static void local_workspaces(Backend *base, Arena *arena, StoreDone done, void *ctx, Diags *diags) {
    LocalBackend *b = (LocalBackend *)base;
    const char *folder = str_to_z(arena, b->workspace_dir);
    Str *names = NULL, *kept;
    uint32_t n = 0, count = 0;
    StoreResult r = {.ok = !file_is_dir(folder) || file_list(arena, folder, &names, &n, diags)};
    kept = ARENA_ARRAY(arena, Str, n + 1);
    kept[count++] = STR("default");
    for (uint32_t i = 0; i < n; i++)
        if (!str_eqz(names[i], "default") && file_is_dir(path_join(arena, b->workspace_dir, names[i]).p))
            kept[count++] = names[i];
    r.names = kept;
    r.count = count;
    reply_later(base->loop, done, ctx, r);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void local_remove_workspace(Backend *base, Str name, StoreDone done, void *ctx, Diags *diags) {
    LocalBackend *b = (LocalBackend *)base;
    StoreResult r = {.ok = workspace_check(name, diags)};
    if (r.ok && str_eqz(name, "default"))
        r.ok = diag_error(diags, "invalid_workspace", SPAN_NONE, "Invalid workspace",
                          "The workspace \"default\" cannot be removed.");
    const char *folder = str_to_z(diags->arena, path_join(diags->arena, b->workspace_dir, name));
    if (r.ok && nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        r.ok = fs_error(diags, "remove", folder, errno);
    reply_later(base->loop, done, ctx, r);
}

static StateStore *local_open(Backend *base, Arena *arena, Str workspace, Diags *diags) {
    LocalBackend *b = (LocalBackend *)base;
    if (!workspace_check(workspace, diags)) return NULL;
    Str path = b->path;
    if (!str_eqz(workspace, "default")) {
        Str folder = path_join(arena, b->workspace_dir, workspace);
        if (!file_is_dir(str_to_z(arena, folder)) && !file_make_dirs(str_to_z(arena, folder), 0755, diags)) return NULL;
        path = path_join(arena, folder, STR("terraform.tfstate"));
    }
    return local_store(base->loop, arena, path, str_concat(arena, path, STR(".backup")));
}

static void local_free(Backend *base) { (void)base; }

static const BackendVtable local_backend = {
    .type = &backend_local,
    .workspaces = local_workspaces,
    .remove_workspace = local_remove_workspace,
    .open = local_open,
    .free = local_free,
};

static const SchemaBlock *local_schema(Process *process) {
    SchemaBuilder b = schema_builder(process);
    schema_add(&b, "path", type_string(process), ATTR_OPTIONAL);
    schema_add(&b, "workspace_dir", type_string(process), ATTR_OPTIONAL);
    return schema_finish(&b);
}

static Backend *local_configure(Loop *loop, Arena *arena, Value config, Diags *diags) {
    Process *process = arena_process(arena);
    LocalBackend *b = ARENA_NEW(arena, LocalBackend);
    b->base = (Backend){&local_backend, loop};
    b->path = str_copy(arena, config_text(process, config, "path", STR("terraform.tfstate")));
    b->workspace_dir = str_copy(arena, config_text(process, config, "workspace_dir", STR("terraform.tfstate.d")));
    if (!b->path.n) config_error(diags, "Invalid local state file path", "The argument \"path\" must not be empty.");
    if (!b->workspace_dir.n)
        config_error(diags, "Invalid local workspace folder", "The argument \"workspace_dir\" must not be empty.");
    return b->path.n && b->workspace_dir.n ? &b->base : NULL;
}

const BackendType backend_local = {"local", local_schema, local_configure};
