// A child runs in its own process group. It is over when its pidfd says so; what it wrote by then is read without
// waiting further, so that something it left running in the background holds nothing up.
#include "engine/io/child.h"

#include "engine/io/file.h"
#include "engine/io/loop_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define READ_BYTES 65536

// One of the child's standard descriptors, seen from here.
typedef struct Pipe {
    Child *child;
    int fd;          // 0, 1, 2
    int here, there; // -1: closed
    Watch *watch;
    Buf bytes; // kept output; for 0 what is still to be written is at[written, n)
    size_t written;
} Pipe;

struct Child {
    Loop *loop;
    pid_t pid;
    int pidfd;
    Watch *watch;
    Timer *grace;
    bool stopping;
    uint32_t max_output;
    Pipe pipes[3];
    void (*output)(void *ctx, int fd, Str bytes);
    void (*done)(void *ctx, int status, Str out, Str err);
    void *ctx;
};

static void close_fd(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void pipe_close(Pipe *pipe) {
    if (pipe->watch) watch_stop(pipe->watch);
    pipe->watch = NULL;
    close_fd(&pipe->here);
}

static void child_free(Child *child) {
    for (int i = 0; i < 3; i++) {
        pipe_close(&child->pipes[i]);
        close_fd(&child->pipes[i].there);
        if (i == 0 && child->pipes[i].bytes.p) explicit_bzero(child->pipes[i].bytes.p, child->pipes[i].bytes.n);
        buf_free(&child->pipes[i].bytes);
    }
    if (child->watch) watch_stop(child->watch);
    close_fd(&child->pidfd);
    if (child->grace) timer_cancel(child->grace);
    free(child);
}

// Reads what is there. The end closes the pipe.
static void pipe_read(Pipe *pipe) {
    Child *child = pipe->child;
    char bytes[READ_BYTES];
    while (pipe->here >= 0) {
        ssize_t n = read(pipe->here, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) {
            pipe_close(pipe);
            return;
        }
        size_t room = child->max_output > pipe->bytes.n ? child->max_output - pipe->bytes.n : 0;
        buf_bytes(&pipe->bytes, bytes, (size_t)n < room ? (size_t)n : room);
        if (child->output) child->output(child->ctx, pipe->fd, str_make(bytes, (size_t)n));
    }
}

static void pipe_write(Pipe *pipe) {
    while (pipe->written < pipe->bytes.n) {
        ssize_t n = write(pipe->here, pipe->bytes.p + pipe->written, pipe->bytes.n - pipe->written);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return;
        if (n < 0) break; // the child reads no more
        pipe->written += (size_t)n;
    }
    pipe_close(pipe);
}

static void on_pipe(void *ctx, int ready) {
    Pipe *pipe = ctx;
    (void)ready;
    if (pipe->fd == 0)
        pipe_write(pipe);
    else
        pipe_read(pipe);
}

static void on_exit_of_child(void *ctx, int ready) {
    Child *child = ctx;
    (void)ready;
    int wait_status;
    pid_t pid;
    while ((pid = waitpid(child->pid, &wait_status, WNOHANG)) < 0 && errno == EINTR) continue;
    if (pid == 0) return;
    int status = pid < 0 ? 0 : WIFSIGNALED(wait_status) ? -WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
    pipe_read(&child->pipes[1]);
    pipe_read(&child->pipes[2]);
    if (!child->stopping) loop_release(child->loop);
    child->done(child->ctx, status, buf_str(&child->pipes[1].bytes), buf_str(&child->pipes[2].bytes));
    child_free(child);
}

static bool open_pipes(Child *child) {
    for (int i = 0; i < 3; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0) return false;
        Pipe *pipe = &child->pipes[i];
        pipe->here = ends[i == 0];
        pipe->there = ends[i != 0];
        if (fcntl(pipe->here, F_SETFL, O_NONBLOCK) < 0) return false;
    }
    return true;
}

// 0 or an errno.
static int spawn(Child *child, const ChildSpec *spec) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    for (int i = 0; i < 3; i++) posix_spawn_file_actions_adddup2(&actions, child->pipes[i].there, i);
    // Libraries open descriptors that children would inherit.
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    if (spec->dir) posix_spawn_file_actions_addchdir_np(&actions, spec->dir);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigfillset(&defaults);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    // posix_spawnp takes char *const[] for history's sake; it writes to neither.
    union {
        const char *const *given;
        char *const *taken;
    } argv = {spec->argv}, env = {spec->env};
    int error =
        posix_spawnp(&child->pid, spec->argv[0], &actions, &attributes, argv.taken, spec->env ? env.taken : environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

static Child *cannot_start(Child *child, const ChildSpec *spec, int error, Diags *diags) {
    child_free(child);
    if (spec->dir && !file_is_dir(spec->dir)) {
        diag_error(diags, "child_start", SPAN_NONE, "Cannot run a program",
                   "\"%s\" cannot be run in \"%s\": there is no such folder.", spec->argv[0], spec->dir);
    } else {
        diag_error(diags, "child_start", SPAN_NONE, "Cannot run a program", "\"%s\" cannot be run: %s.", spec->argv[0],
                   error == ENOENT ? "there is no such program" : strerror(error));
    }
    return NULL;
}

Child *child_start(Loop *loop, const ChildSpec *spec, Diags *diags) {
    Child *child = calloc(1, sizeof *child);
    if (!child) abort();
    *child = (Child){.loop = loop,
                     .pidfd = -1,
                     .max_output = spec->max_output,
                     .output = spec->output,
                     .done = spec->done,
                     .ctx = spec->ctx};
    for (int i = 0; i < 3; i++) child->pipes[i] = (Pipe){.child = child, .fd = i, .here = -1, .there = -1};
    if (!open_pipes(child)) return cannot_start(child, spec, errno, diags);
    int error = spawn(child, spec);
    if (error) return cannot_start(child, spec, error, diags);
    child->pidfd = pidfd_open(child->pid, 0);
    if (child->pidfd < 0) {
        error = errno;
        kill(-child->pid, SIGKILL);
        waitpid(child->pid, NULL, 0);
        return cannot_start(child, spec, error, diags);
    }
    for (int i = 0; i < 3; i++) {
        Pipe *pipe = &child->pipes[i];
        close_fd(&pipe->there);
        pipe->watch = watch_start(loop, pipe->here, i == 0 ? WATCH_WRITE : WATCH_READ, on_pipe, pipe);
    }
    buf_add(&child->pipes[0].bytes, spec->input);
    child->watch = watch_start(loop, child->pidfd, WATCH_READ, on_exit_of_child, child);
    loop_hold(loop);
    return child;
}

static void on_grace(void *ctx) {
    Child *child = ctx;
    child->grace = NULL;
    kill(-child->pid, SIGKILL);
}

void child_stop(Child *child, int64_t grace_ns) {
    if (child->stopping) return;
    child->stopping = true;
    loop_release(child->loop); // its watch keeps the loop going; a fake clock may jump over the grace now
    kill(-child->pid, SIGTERM);
    child->grace = timer_start(child->loop, grace_ns, on_grace, child);
}
