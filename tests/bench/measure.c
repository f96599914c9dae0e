// Runs a command and writes what it took to a file: seconds, seconds of CPU, kilobytes at the peak.
//   bench-measure FILE COMMAND...
// The system counts what a process was before exec into its peak, so it has to be started by something small.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double of(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    double start = seconds();
    pid_t pid = fork();
    if (pid < 0) return 2;
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (wait4(pid, &status, 0, &usage) < 0) return 2;
    double wall = seconds() - start;
    FILE *out = fopen(argv[1], "w");
    if (!out) return 2;
    fprintf(out, "%.6f %.6f %ld\n", wall, of(usage.ru_utime) + of(usage.ru_stime), usage.ru_maxrss);
    if (fclose(out)) return 2;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
