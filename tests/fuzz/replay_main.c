/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for libFuzzer's main in ordinary builds: runs the target once on
 * nothing and once on every file named, or found in a folder named, so that
 * what a fuzzer once found stays found with any compiler.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

static int
replay_file(const char *path, size_t size)
{
	/* Exactly as long as the file, so that ASan sees one byte beyond. */
	uint8_t *data = malloc(size > 0 ? size : 1);
	FILE *file = fopen(path, "rb");
	int status = 1;

	if (data == NULL || file == NULL || fread(data, 1, size, file) != size)
		goto out;
	(void)LLVMFuzzerTestOneInput(data, size);
	status = 0;

out:
	if (status != 0)
		perror(path);
	if (file != NULL)
		fclose(file);
	free(data);
	return status;
}

static int
replay_path(const char *path, unsigned *count)
{
	struct dirent **entries = NULL;
	struct stat st;
	char *child = NULL;
	int status = 0, n;

	if (stat(path, &st) != 0) {
		perror(path);
		return 1;
	}
	if (!S_ISDIR(st.st_mode)) {
		(*count)++;
		return replay_file(path, (size_t)st.st_size);
	}
	n = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.' &&
		    asprintf(&child, "%s/%s", path, entries[i]->d_name) > 0) {
			status |= replay_path(child, count);
			free(child);
		}
		free(entries[i]);
	}
	free(entries);
	return n < 0 ? 1 : status;
}

int
main(int argc, char **argv)
{
	unsigned count = 0;
	int status = 0;

	(void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		status |= replay_path(argv[i], &count);
	printf("replayed %u inputs\n", count);
	return status;
}
