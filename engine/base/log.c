#include "engine/base/log.h"

#include "engine/base/clock.h"
#include "engine/base/process.h"
#include "engine/base/secret.h"
#include "engine/base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

typedef struct LogTopic {
    Str name;
    int level;
} LogTopic;

struct Log {
    int fd;
    int level; // of topics not named; -1: off
    VEC(LogTopic) topics;
};

static const struct {
    const char *word;
    int level;
} log_words[] = {{"off", -1},        {"error", LOG_ERROR}, {"warn", LOG_WARN},
                 {"info", LOG_INFO}, {"debug", LOG_DEBUG}, {"trace", LOG_TRACE}};

static bool log_word(Str text, int *level) {
    for (size_t i = 0; i < sizeof log_words / sizeof *log_words; i++) {
        if (text.n != strlen(log_words[i].word) || strncasecmp(text.p, log_words[i].word, text.n) != 0) continue;
        *level = log_words[i].level;
        return true;
    }
    return false;
}

static bool log_spec(Process *process, Log *log, Str spec) {
    for (Str word; str_next(&spec, ',', &word);) {
        word = str_trim(word);
        if (word.n == 0) continue;
        ptrdiff_t equals = str_find_char(word, '=');
        if (equals < 0) {
            if (!log_word(word, &log->level)) return false;
            continue;
        }
        LogTopic topic = {str_copy(process->arena, str_trim(str_slice(word, 0, (size_t)equals))), 0};
        Str level = str_trim(str_slice(word, (size_t)equals + 1, word.n));
        if (topic.name.n == 0 || !log_word(level, &topic.level)) return false;
        vec_push(process->arena, &log->topics, topic);
    }
    return true;
}

bool log_open(Process *process, Str spec, Str path) {
    log_close(process);
    Log *log = ARENA_NEW(process->arena, Log);
    log->fd = STDERR_FILENO;
    log->level = -1;
    if (!log_spec(process, log, spec)) return false;
    if (path.n) {
        log->fd = open(str_to_z(process->arena, path), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (log->fd < 0) return false;
    }
    process->log = log;
    return true;
}

void log_close(Process *process) {
    if (process->log && process->log->fd != STDERR_FILENO) close(process->log->fd);
    process->log = NULL;
}

bool log_on(const Process *process, LogLevel level, const char *topic) {
    const Log *log = process->log;
    if (!log) return false;
    // The last word on a topic counts.
    for (uint32_t i = log->topics.n; i-- > 0;)
        if (str_eqz(log->topics.at[i].name, topic)) return (int)level <= log->topics.at[i].level;
    return (int)level <= log->level;
}

// The log can fail for reasons that nobody can be told; the run goes on.
static void log_write(int fd, Str line) {
    while (line.n > 0) {
        ssize_t n = write(fd, line.p, line.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return;
        line = str_slice(line, (size_t)n, line.n);
    }
}

void log_line(Process *process, LogLevel level, const char *topic, const char *format, ...) {
    if (!log_on(process, level, topic)) return;
    static const char *const names[] = {"ERROR", "WARN", "INFO", "DEBUG", "TRACE"};
    Buf message = {0}, line = {0};
    va_list args;
    va_start(args, format);
    buf_vformat(&message, format, args);
    va_end(args);
    clock_rfc3339(process->clock->wall(process->clock), 3, false, &line);
    buf_format(&line, " [%s] %s: ", names[level], topic);
    secret_scrub(process, buf_str(&message), &line);
    buf_char(&line, '\n');
    log_write(process->log->fd, buf_str(&line));
    // It may have held what was scrubbed.
    secret_wipe(message.p, message.n);
    buf_free(&message);
    buf_free(&line);
}
