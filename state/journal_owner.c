// Which process writes a journal, and whether it still runs. Linux tells the boot and a process's start; elsewhere only
// the host's name and the pid are known, and a reused pid counts as alive.
#include "state/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// The first line of a small system file, empty when it cannot be read.
static Str first_line(Arena *arena, const char *path) {
    char text[512];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return STR_NONE;
    ssize_t n = read(fd, text, sizeof text);
    close(fd);
    Str all = str_make(text, n > 0 ? (size_t)n : 0);
    ptrdiff_t end = str_find_char(all, '\n');
    return str_copy(arena, end < 0 ? all : str_slice(all, 0, (size_t)end));
}

// State letter and start time of /proc/PID/stat; the command's name, in parentheses, may hold anything.
static bool read_stat(Arena *arena, int64_t pid, char *state, int64_t *start) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
    Str line = first_line(arena, path);
    while (line.n && line.p[line.n - 1] != ')') line.n--;
    const char *p = line.p ? line.p + line.n : NULL;
    if (!p || p[0] != ' ') return false;
    *state = p[1];
    for (int field = 3; field < 22 && p; field++) p = strchr(p + 1, ' ');
    *start = p ? strtoll(p, NULL, 10) : 0;
    return *start > 0;
}

void journal_head_here(Arena *arena, JournalHead *head) {
    char space[64];
    ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space);
    Str machine = first_line(arena, "/etc/machine-id");
    head->host =
        str_format(arena, "%.*s %.*s %.*s", STR_ARG(lock_host(arena)), STR_ARG(machine), n > 0 ? (int)n : 0, space);
    head->boot_id = first_line(arena, "/proc/sys/kernel/random/boot_id");
    head->pid = getpid();
    char state;
    if (!read_stat(arena, head->pid, &state, &head->start_time)) head->start_time = 0;
}

bool journal_owner_gone(Arena *scratch, const JournalHead *head) {
    JournalHead here = {0};
    journal_head_here(scratch, &here);
    if (!str_eq(here.host, head->host)) return false;
    if (here.boot_id.n && head->boot_id.n && !str_eq(here.boot_id, head->boot_id)) return true;
    if (head->pid <= 0) return false;
    if (kill((pid_t)head->pid, 0) != 0 && errno == ESRCH) return true;
    char state;
    int64_t start;
    if (!read_stat(scratch, head->pid, &state, &start)) return false;
    return start != head->start_time || state == 'Z' || state == 'X';
}
