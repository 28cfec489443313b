/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/mem.h"

#include "config/config_internal.h"

static const char *const suffixes[] = { ".yaml", ".yml", NULL };

bool
config_is_name(const char *text, size_t limit, const char *others)
{
	size_t i;
	char c;

	for (i = 0; text[i] != '\0'; i++) {
		c = text[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && strchr(others, c) == NULL)
			return false;
	}
	return i > 0 && i <= limit;
}

struct diag_place
config_place(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *value = yaml_get(map, key);

	return value != NULL ? value->place : map->place;
}

const char *
config_path(const struct config_checking *checking, struct diag_place place,
    const char *path)
{
	const char *file, *base;
	struct span joined;

	if (path[0] == '/' || place.source == NULL)
		return path;
	file = diag_source_path(place.source);
	base = file_base_name(file);
	joined = arena_printf(checking->arena, "%.*s%s", (int)(base - file),
	    file, path);
	return arena_strdup(checking->arena, joined);
}

const char *
config_secret_path(const struct config_checking *checking,
    struct diag_place place, const char *path)
{
	struct buffer found = BUFFER_INIT;

	if (file_find_credential(path, &found))
		path = arena_strdup(checking->arena, buffer_span(&found));
	else
		path = config_path(checking, place, path);
	buffer_done(&found);
	return path;
}

/* Lays a file over what is there; *ret_root stays NULL if nothing is. */
static void
config_read_file(const struct config_checking *checking, const char *path,
    const struct yaml_node **root)
{
	const struct yaml_node *const *documents;
	size_t count;

	if (!yaml_read(checking->arena, checking->diag, path, &documents,
		&count) ||
	    count == 0)
		return;
	if (count > 1) {
		diag_at(checking->diag, documents[1]->place, "IR0118",
		    "a configuration file is one document, not %zu", count);
		diag_hint(checking->diag, "the second begins here");
		return;
	}
	if (documents[0]->kind != YAML_NULL)
		*root = config_merge(checking->arena, *root, documents[0]);
}

/* "NAME.d" of "NAME.yaml", or NULL if there is no such folder. */
static const char *
config_drop_in_folder(const struct config_checking *checking, const char *path)
{
	struct span name = span_of(path);
	const char *folder;
	size_t i;

	for (i = 0; suffixes[i] != NULL; i++)
		if (span_ends_with(name, span_of(suffixes[i])))
			break;
	if (suffixes[i] != NULL)
		name.len -= strlen(suffixes[i]);
	folder = arena_strdup(checking->arena,
	    arena_printf(checking->arena, SPAN_FMT ".d", SPAN_ARG(name)));
	return file_is_folder(folder) ? folder : NULL;
}

static void
config_read_drop_ins(const struct config_checking *checking, const char *path,
    const struct yaml_node **root)
{
	const char *folder = config_drop_in_folder(checking, path);
	struct file_list list = FILE_LIST_INIT;
	struct error err = ERROR_NONE;
	struct diag_place place = { NULL, 0, 0, 0 };
	size_t i;

	if (folder == NULL)
		return;
	if (!file_list_collect(&list, folder, suffixes, false, &err)) {
		place.source = diag_add_source(checking->diag, folder,
		    SPAN_NONE);
		diag_at(checking->diag, place, "IR0104", "%s", err.text);
	}
	for (i = 0; i < list.count; i++)
		config_read_file(checking, list.paths[i], root);
	file_list_done(&list);
}

/* What an empty file amounts to, so that what is missing has a place. */
static const struct yaml_node *
config_nothing(const struct config_checking *checking, const char *path)
{
	struct yaml_node *node = arena_zalloc(checking->arena, sizeof(*node));

	node->place.source = diag_add_source(checking->diag, path, SPAN_NONE);
	return node;
}

bool
config_read(const char *path, struct arena *arena, struct diag *diag,
    struct config *ret_config)
{
	struct config config;
	struct config_checking checking = { NULL, &config, arena, diag };
	const struct yaml_node *root = NULL;
	size_t mark = diag_errors(diag);

	diag_hide_secrets(diag, true);
	config_read_file(&checking, path, &root);
	config_read_drop_ins(&checking, path, &root);
	diag_hide_secrets(diag, false);
	/* What is missing is no finding where a file could not be read. */
	if (diag_failed_since(diag, mark) && root == NULL)
		return false;
	if (root == NULL)
		root = config_nothing(&checking, path);
	checking.root = root;
	schema_read(&config_schema, root, arena, diag, &config);
	config_check(&checking);
	if (diag_failed_since(diag, mark))
		return false;
	*ret_config = config;
	return true;
}

void
config_example(struct buffer *out)
{
	buffer_add_string(out,
	    "# The configuration of integrityd: every key, with its default "
	    "or an example.\n"
	    "# Drop-in files NAME.d/*.yaml beside NAME.yaml are laid over "
	    "this one in\n"
	    "# sorted order: maps merge, lists append, values override.  "
	    "Durations: us, ms,\n"
	    "# s, m, h, d, w; sizes: kB, MB, GB, KiB, MiB, GiB.  Relative "
	    "paths begin at\n"
	    "# the folder of the file that they stand in.  Changes take "
	    "effect with a restart;\n"
	    "# rules and lists themselves are read again by a reload.\n"
	    "\n");
	schema_example(&config_schema, out);
}
