// The log: levels and topics, to stderr or a file. INFRA_LOG / TF_LOG choose: "debug", "trace", or
// "warn,aws=trace,graph=debug". Lines are scrubbed of registered secrets (secret.h).
#ifndef INFRA_BASE_LOG_H
#define INFRA_BASE_LOG_H

#include "engine/base/str.h"

typedef struct Process Process;

typedef enum LogLevel { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE } LogLevel;

// Sets the log up from a specification and a path ("" is stderr). An unknown word makes it return false.
// The file is created 0600 and appended to.
bool log_open(Process *process, Str spec, Str path);
void log_close(Process *process);
bool log_on(const Process *process, LogLevel level, const char *topic);
// Writes one line: time, level, topic, message. Does nothing when the topic is below its level.
void log_line(Process *process, LogLevel level, const char *topic, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
