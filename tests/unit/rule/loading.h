/* SPDX-License-Identifier: Apache-2.0 */
/* Rule files written into a folder of their own, and loaded. */
#ifndef UNIT_RULE_LOADING_H
#define UNIT_RULE_LOADING_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "rule/rule_load.h"
#include "support/testing.h"

#define LOADING_FILES 16

struct loading {
	char folder[64];
	char *files[LOADING_FILES];
	size_t file_count;
	struct diag *diag;
	struct rule_load_result result;
	struct buffer findings; /* as printed */
	bool ok;
};

static inline void
loading_init(struct loading *loading)
{
	memset(loading, 0, sizeof(*loading));
	snprintf(loading->folder, sizeof(loading->folder),
	    "/tmp/loading.XXXXXX");
	assert_non_null(mkdtemp(loading->folder));
}

/* At most one folder deep. */
static inline void
loading_write(struct loading *loading, const char *name, const char *text)
{
	char path[256];
	char *slash;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", loading->folder, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	(void)mkdir(path, 0700);
	*slash = '/';
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	for (size_t i = 0; i < loading->file_count; i++) {
		if (strcmp(loading->files[i], path) == 0)
			return;
	}
	assert_true(loading->file_count < LOADING_FILES);
	loading->files[loading->file_count++] = strdup(path);
}

static inline void
loading_forget(struct loading *loading)
{
	rule_set_free(loading->result.rules);
	diag_free(loading->diag);
	buffer_done(&loading->findings);
	memset(&loading->result, 0, sizeof(loading->result));
	loading->diag = NULL;
}

/* `options` without paths: the folder's. */
static inline const struct rule_set *
loading_run_with(struct loading *loading,
    const struct rule_load_options *options)
{
	struct rule_load_options all = *options;
	const char *path = loading->folder;

	loading_forget(loading);
	all.paths = &path;
	all.path_count = 1;
	loading->diag = diag_new();
	loading->ok = rule_load(&all, loading->diag, &loading->result);
	diag_render_human(loading->diag, false, &loading->findings);
	buffer_string(&loading->findings);
	return loading->result.rules;
}

static inline const struct rule_set *
loading_run(struct loading *loading)
{
	const struct rule_load_options options = { 0 };

	return loading_run_with(loading, &options);
}

/* Loads one file that must be fine. */
static inline const struct rule_set *
loading_one(struct loading *loading, const char *name, const char *text)
{
	loading_write(loading, "rule.yml", text);
	if (loading_run(loading) == NULL)
		testing_fail(name, "does not load:\n%s", loading->findings.ptr);
	return loading->result.rules;
}

static inline bool
loading_says(const struct loading *loading, const char *text)
{
	return loading->findings.len > 0 &&
	    strstr(loading->findings.ptr, text) != NULL;
}

static inline const struct rule *
loading_rule(const struct loading *loading, const char *name)
{
	const struct rule *rule = rule_set_find(loading->result.rules,
	    span_of(name));

	assert_non_null(rule);
	return rule;
}

static inline void
loading_done(struct loading *loading)
{
	loading_forget(loading);
	for (size_t i = 0; i < loading->file_count; i++) {
		unlink(loading->files[i]);
		*strrchr(loading->files[i], '/') = '\0';
		rmdir(loading->files[i]);
		free(loading->files[i]);
	}
	rmdir(loading->folder);
}

#endif
