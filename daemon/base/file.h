/* SPDX-License-Identifier: Apache-2.0 */
/* Small files read whole, and sorted folder listings. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"

/* Appends the file; refuses one larger than `limit_bytes`. */
bool file_read(const char *path, size_t limit_bytes, struct buffer *buffer,
    struct error *err);

struct file_list {
	char **paths; /* sorted bytewise; owned */
	size_t count;
	size_t cap;
};

#define FILE_LIST_INIT { NULL, 0, 0 }

void file_list_done(struct file_list *list);
void file_list_add(struct file_list *list, const char *path);
void file_list_sort(struct file_list *list);

/*
 * Every regular file below `path` (or `path` itself if it is a file) whose
 * name ends in one of `suffixes` (NULL-ended); hidden names are passed over.
 * `recursive` descends.  Symbolic links to files are followed.
 */
bool file_list_collect(struct file_list *list, const char *path,
    const char *const *suffixes, bool recursive, struct error *err);

bool file_is_folder(const char *path);

/*
 * A relative name in $CREDENTIALS_DIRECTORY, where systemd puts the secrets of
 * a service (systemd.exec(5), LoadCredential=): true, and its path appended,
 * if there is one.
 */
bool file_find_credential(const char *name, struct buffer *path);

/* Base name, borrowed from `path`. */
const char *file_base_name(const char *path);

#endif
