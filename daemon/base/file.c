/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#include "base/file.h"

#define READ_BYTES 65536
#define DEPTH_MAX 32

static bool
read_all(int fd, const char *path, size_t limit_bytes, struct buffer *buffer,
    struct error *err)
{
	size_t start = buffer->len;
	ssize_t n;

	for (;;) {
		n = read(fd, buffer_reserve(buffer, READ_BYTES), READ_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, NULL, "%s: %s", path,
			    strerror(errno));
		if (n == 0)
			return true;
		buffer->len += (size_t)n;
		if (buffer->len - start > limit_bytes)
			return error_set(err, NULL,
			    "%s: larger than the limit of %zu bytes", path,
			    limit_bytes);
	}
}

bool
file_read(const char *path, size_t limit_bytes, struct buffer *buffer,
    struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t start = buffer->len;
	bool ok;

	if (fd < 0)
		return error_set(err, NULL, "%s: %s", path, strerror(errno));
	ok = read_all(fd, path, limit_bytes, buffer, err);
	if (!ok)
		buffer->len = start;
	close(fd);
	return ok;
}

void
file_list_done(struct file_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		mem_free(list->paths[i]);
	mem_free(list->paths);
	*list = (struct file_list)FILE_LIST_INIT;
}

void
file_list_add(struct file_list *list, const char *path)
{
	list->paths = mem_grow(list->paths, &list->cap, list->count + 1,
	    sizeof(char *));
	list->paths[list->count++] = mem_strdup(path);
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
file_list_sort(struct file_list *list)
{
	if (list->count > 1)
		qsort(list->paths, list->count, sizeof(char *), compare_paths);
}

static bool
has_suffix(const char *path, const char *const *suffixes)
{
	for (; suffixes != NULL && *suffixes != NULL; suffixes++) {
		if (span_ends_with(span_of(path), span_of(*suffixes)))
			return true;
	}
	return false;
}

struct walk {
	struct file_list *list;
	const char *const *suffixes;
	bool recursive;
	struct error *err;
};

static bool
is_a(const char *path, mode_t kind, bool follow)
{
	struct stat st;
	int status = follow ? stat(path, &st) : lstat(path, &st);

	return status == 0 && (st.st_mode & S_IFMT) == kind;
}

static bool walk_folder(struct walk *walk, const char *path, unsigned depth);

/* Links to folders are passed over, or a loop of them would never end. */
static bool
walk_entry(struct walk *walk, const char *path, unsigned depth)
{
	struct stat st;

	if (is_a(path, S_IFDIR, false))
		return !walk->recursive || walk_folder(walk, path, depth + 1);
	if (!has_suffix(path, walk->suffixes))
		return true;
	if (stat(path, &st) != 0)
		return error_set(walk->err, NULL, "%s: %s", path,
		    strerror(errno));
	if (S_ISREG(st.st_mode))
		file_list_add(walk->list, path);
	return true;
}

static bool
walk_folder(struct walk *walk, const char *path, unsigned depth)
{
	struct buffer child = BUFFER_INIT;
	struct dirent *entry;
	DIR *folder;
	bool ok = true;

	if (depth > DEPTH_MAX)
		return error_set(walk->err, NULL, "%s: folders deeper than %d",
		    path, DEPTH_MAX);
	folder = opendir(path);
	if (folder == NULL)
		return error_set(walk->err, NULL, "%s: %s", path,
		    strerror(errno));
	while (ok && (errno = 0, entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		buffer_reset(&child);
		buffer_add_string(&child, path);
		if (!span_ends_with(buffer_span(&child), SPAN("/")))
			buffer_add_char(&child, '/');
		buffer_add_string(&child, entry->d_name);
		ok = walk_entry(walk, buffer_string(&child), depth);
	}
	if (ok && errno != 0)
		ok = error_set(walk->err, NULL, "%s: %s", path,
		    strerror(errno));
	closedir(folder);
	buffer_done(&child);
	return ok;
}

bool
file_list_collect(struct file_list *list, const char *path,
    const char *const *suffixes, bool recursive, struct error *err)
{
	struct walk walk = { list, suffixes, recursive, err };
	size_t start = list->count;
	struct stat st;
	bool ok = true;

	if (stat(path, &st) != 0)
		return error_set(err, NULL, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		ok = walk_folder(&walk, path, 0);
	else if (S_ISREG(st.st_mode) && has_suffix(path, suffixes))
		file_list_add(list, path);
	if (ok) {
		file_list_sort(list);
		return true;
	}
	while (list->count > start)
		mem_free(list->paths[--list->count]);
	return false;
}

bool
file_is_folder(const char *path)
{
	return is_a(path, S_IFDIR, true);
}

const char *
file_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

bool
file_find_credential(const char *name, struct buffer *path)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	size_t start = path->len;

	if (folder == NULL || name[0] == '/')
		return false;
	buffer_printf(path, "%s/%s", folder, name);
	if (access(buffer_string(path) + start, F_OK) == 0)
		return true;
	path->len = start;
	return false;
}
