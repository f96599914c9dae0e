// What file.c and append.c share: system calls that go on after a signal or a short write, and one wording of errors.
#ifndef INFRA_IO_FS_H
#define INFRA_IO_FS_H

#include "engine/base/diag.h"

#include <sys/types.h>

// "Cannot write "x": the disk is full …"; returns false.
bool fs_error(Diags *diags, const char *what, const char *path, int error);
// As write(2), without EINTR.
ssize_t fs_write_some(int fd, Str bytes);
// 0 or an errno.
int fs_write_all(int fd, Str bytes);
int fs_sync(int fd);
int fs_sync_dir_of(const char *path);

#endif
