// Files: reading whole, durable writing, folders. Errors are diagnostics that name the path and the system's reason.
#ifndef INFRA_IO_FILE_H
#define INFRA_IO_FILE_H

#include "engine/base/diag.h"
#include "engine/base/process.h"

// The whole file, in the arena, followed by a NUL. max bounds its size. Not regular: an error.
bool file_read(Arena *arena, const char *path, size_t max, Str *out, Diags *diags);
// Mapped read-only and private; unmapped never (lives until exit) unless file_unmap. An empty file gives an empty Str.
bool file_map(const char *path, size_t max, Str *out, Diags *diags);
void file_unmap(Str mapped);
bool file_exists(const char *path);
bool file_is_dir(const char *path);
// All at once: a temporary file in the same folder, fsync, rename, fsync of the folder. mode e.g. 0600.
bool file_write_durable(Process *process, const char *path, Str bytes, unsigned mode, Diags *diags);
// mkdir -p.
bool file_make_dirs(const char *path, unsigned mode, Diags *diags);
// Names in a folder without "." and "..", sorted by bytes. A missing folder is an error.
bool file_list(Arena *arena, const char *path, Str **names, uint32_t *n, Diags *diags);
// a/b joined; b absolute gives b.
Str path_join(Arena *arena, Str a, Str b);
// Lexically cleaned as Go's filepath.Clean.
Str path_clean(Arena *arena, Str path);
Str path_dir(Str path);
Str path_base(Str path);
Str path_absolute(Arena *arena, Str path);

// An append-only file: records are buffered, one fsync makes all appended so far durable (group commit).
typedef struct AppendFile AppendFile;
AppendFile *append_open(Process *process, const char *path, unsigned mode, Diags *diags);
// The size at open: what earlier runs left.
uint64_t append_size(const AppendFile *f);
bool append_truncate(AppendFile *f, uint64_t size, Diags *diags);
bool append_write(AppendFile *f, Str bytes, Diags *diags);
bool append_sync(AppendFile *f, Diags *diags);
void append_close(AppendFile *f);

// Standard output and terminal facts.
bool file_is_terminal(int fd);
uint32_t file_terminal_width(int fd); // 0 when unknown

#endif
