/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists for `%name%`.  NAME.txt: a value per line, blanks around it dropped,
 * empty lines and lines that begin with `#` passed over, plain text without
 * wildcards.  Looked for in this order: lists given by value, the folders
 * of the configuration, `lists/` beside the rule; so that a site's own list
 * takes the place of a shipped one.
 */
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/fold.h"
#include "base/mem.h"

#include "rule/rule_internal.h"
#include "text/suggest.h"

#define LIST_BYTES_MAX ((size_t)256 << 20)

/* Of lists that are looked through for a mistyped name. */
#define NAMES_MAX 256

static bool
placeholder_is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

bool
placeholder_name(struct span text, struct span *ret_name)
{
	struct span name;

	if (text.len < 3 || text.ptr[0] != '%' ||
	    text.ptr[text.len - 1] != '%' || text.ptr[1] == '.')
		return false;
	name = span_make(text.ptr + 1, text.len - 2);
	for (size_t i = 0; i < name.len; i++) {
		if (!placeholder_is_word(name.ptr[i]))
			return false;
	}
	*ret_name = name;
	return true;
}

bool
placeholder_is_inside(struct span text)
{
	struct span part, name;

	for (size_t i = 0; i < text.len; i++) {
		for (size_t j = i + 2; text.ptr[i] == '%' && j < text.len;
		    j++) {
			part = span_make(text.ptr + i, j + 1 - i);
			if (text.ptr[j] != '%')
				continue;
			if (placeholder_name(part, &name))
				return true;
			break;
		}
	}
	return false;
}

static bool
placeholder_fill(struct rule_loader *loader, struct value_list *list,
    struct diag_place place, const char *path, struct span text)
{
	struct span line;
	size_t number = 0;

	while (span_split(&text, '\n', &line)) {
		number++;
		line = span_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (!fold_is_utf8(line))
			return finding_error(loader, place, "IR0106",
			    "%s:%zu is not valid UTF-8", path, number);
		value_list_add(list, line);
	}
	return true;
}

static const struct value_list *
placeholder_read(struct rule_loader *loader, const struct yaml_node *value,
    struct span name, const char *path)
{
	struct rule_set *set = loader->set;
	struct value_list *list = table_find(loader->lists, span_of(path));
	struct buffer buffer = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct span text;

	if (list != NULL)
		return list;
	if (!file_read(path, LIST_BYTES_MAX, &buffer, &err)) {
		finding_error(loader, value->place, "IR0104", "%s", err.text);
		goto out;
	}
	list = value_list_new(name);
	text = buffer_span(&buffer);
	if (span_starts_with(text, SPAN("\xef\xbb\xbf"))) {
		text.ptr += 3;
		text.len -= 3;
	}
	if (text.len > 0 &&
	    !placeholder_fill(loader, list, value->place, path, text)) {
		value_list_free(list);
		list = NULL;
		goto out;
	}
	set->lists = mem_grow(set->lists, &loader->list_cap,
	    set->list_count + 1, sizeof(*set->lists));
	set->lists[set->list_count++] = list;
	table_set(loader->lists, span_of(path), list);
out:
	buffer_done(&buffer);
	return list;
}

static bool
placeholder_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

static const char *
placeholder_path(struct rule_loader *loader, const char *folder,
    struct span name)
{
	return arena_strdup(loader->arena,
	    arena_printf(loader->arena, "%s/" SPAN_FMT ".txt", folder,
		SPAN_ARG(name)));
}

/* `lists/` beside the rule file. */
static const char *
placeholder_beside(struct rule_loader *loader, struct span name)
{
	struct span path = span_of(loader->draft->rule->path);
	const char *base = file_base_name(path.ptr);

	return arena_strdup(loader->arena,
	    arena_printf(loader->arena, SPAN_FMT "lists/" SPAN_FMT ".txt",
		(int)(base - path.ptr), path.ptr, SPAN_ARG(name)));
}

/* The names of the lists in the folder that `path` would stand in. */
static void
placeholder_names(struct rule_loader *loader, const char *path,
    const char **names, size_t *count)
{
	static const char *const suffixes[] = { ".txt", NULL };
	size_t folder_len = (size_t)(file_base_name(path) - path);
	const char *folder = arena_strdup(loader->arena,
	    span_make(path, folder_len - 1));
	struct file_list files = FILE_LIST_INIT;
	struct error err = ERROR_NONE;

	if (!file_list_collect(&files, folder, suffixes, false, &err))
		files.count = 0;
	for (size_t i = 0; i < files.count && *count < NAMES_MAX; i++) {
		struct span name = span_of(file_base_name(files.paths[i]));

		name.len -= strlen(suffixes[0]);
		names[(*count)++] = arena_strdup(loader->arena, name);
	}
	file_list_done(&files);
}

static void
placeholder_suggest(struct rule_loader *loader, struct span name)
{
	const struct rule_load_options *options = loader->options;
	const char *names[NAMES_MAX];
	size_t count = 0;

	placeholder_names(loader, placeholder_beside(loader, name), names,
	    &count);
	for (size_t i = 0; i < options->list_folder_count; i++)
		placeholder_names(loader,
		    placeholder_path(loader, options->list_folders[i], name),
		    names, &count);
	finding_suggest(loader, name, names, count);
}

static void
placeholder_missing(struct rule_loader *loader, const struct yaml_node *value,
    struct span name)
{
	finding_error(loader, value->place, "IR0801", "no list `" SPAN_FMT "`",
	    SPAN_ARG(name));
	placeholder_suggest(loader, name);
	diag_help(loader->diag,
	    "looked for " SPAN_FMT ".txt in the folders of lists and in lists/ "
	    "beside the rule",
	    SPAN_ARG(name));
}

/* The list given by value, or the path of its file; false if neither. */
static bool
placeholder_find(struct rule_loader *loader, struct span name,
    const struct value_list **ret_list, const char **ret_path)
{
	const struct rule_load_options *options = loader->options;

	*ret_list = NULL;
	*ret_path = NULL;
	for (size_t i = 0; i < options->list_count; i++) {
		*ret_list = options->lists[i];
		if (span_equal(value_list_name(*ret_list), name))
			return true;
	}
	*ret_list = NULL;
	for (size_t i = 0; i < options->list_folder_count; i++) {
		*ret_path = placeholder_path(loader, options->list_folders[i],
		    name);
		if (placeholder_exists(*ret_path))
			return true;
	}
	*ret_path = placeholder_beside(loader, name);
	return placeholder_exists(*ret_path);
}

bool
placeholder_is_known(struct rule_loader *loader, struct span name)
{
	const struct value_list *list;
	const char *path;

	return placeholder_find(loader, name, &list, &path);
}

const struct value_list *
placeholder_list(struct rule_loader *loader, const struct yaml_node *value,
    struct span name)
{
	const struct value_list *list;
	const char *path = NULL;

	if (!placeholder_find(loader, name, &list, &path)) {
		placeholder_missing(loader, value, name);
		return NULL;
	}
	return path == NULL ? list :
			      placeholder_read(loader, value, name, path);
}
