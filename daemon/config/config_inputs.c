/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/zone.h"
#include "text/encoding.h"
#include "text/suggest.h"

#include "config/config_internal.h"

#define CONFIG_TOPIC_MAX 249
#define CONFIG_INTERNAL "integrity."

/* One input: its map as read, and its struct. */
struct config_input_checking {
	const struct config_checking *checking;
	const struct yaml_node *map;
	struct config_input *input;
};

static const char *const suffixes[] = { ".yaml", ".yml", NULL };

static void
config_inputs_check_topic(const struct config_input_checking *one)
{
	struct diag *diag = one->checking->diag;
	struct diag_place place = config_place(one->map, "topic");
	const char *topic = one->input->topic;

	if (topic == NULL)
		return;
	if (!config_is_name(topic, CONFIG_TOPIC_MAX, "._-") ||
	    strcmp(topic, ".") == 0 || strcmp(topic, "..") == 0) {
		diag_at(diag, place, "IR0213", "`%s` is no name of a topic",
		    topic);
		diag_hint(diag, "letters, digits, dots, underscores, hyphens");
	} else if (span_starts_with(span_of(topic), SPAN(CONFIG_INTERNAL))) {
		diag_at(diag, place, "IR0211",
		    "`%s` is a topic of integrityd's own", topic);
	}
}

/* A mistyped name finds the mappings that there are. */
static void
config_inputs_suggest_mapping(const struct config_input_checking *one)
{
	const struct schema_strings *folders = &one->checking->config->mappings;
	struct file_list list = FILE_LIST_INIT;
	struct error err = ERROR_NONE;
	const char **names, *nearest;
	size_t i;

	for (i = 0; i < folders->count; i++)
		(void)file_list_collect(&list, folders->items[i], suffixes,
		    false, &err);
	names = mem_array(list.count + 1, sizeof(*names));
	for (i = 0; i < list.count; i++) {
		*strrchr(list.paths[i], '.') = '\0';
		names[i] = file_base_name(list.paths[i]);
	}
	nearest = suggest_nearest(span_of(one->input->mapping), names,
	    list.count);
	if (nearest != NULL)
		diag_hint(one->checking->diag, "did you mean `%s`?", nearest);
	mem_free(names);
	file_list_done(&list);
}

static bool
config_inputs_is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* The mapping's file below the folders of mappings; NULL if there is none. */
static const char *
config_inputs_find_mapping(const struct config_input_checking *one)
{
	const struct schema_strings *folders = &one->checking->config->mappings;
	struct arena *arena = one->checking->arena;
	const char *path;
	size_t i, j;

	for (i = 0; i < folders->count; i++) {
		for (j = 0; suffixes[j] != NULL; j++) {
			path = arena_strdup(arena,
			    arena_printf(arena, "%s/%s%s", folders->items[i],
				one->input->mapping, suffixes[j]));
			if (config_inputs_is_file(path))
				return path;
		}
	}
	return NULL;
}

static void
config_inputs_check_mapping(const struct config_input_checking *one)
{
	const struct config_checking *checking = one->checking;
	struct diag_place place = config_place(one->map, "mapping");
	const char *mapping = one->input->mapping, *path;
	size_t i;

	if (mapping == NULL)
		return;
	if (strchr(mapping, '/') != NULL) {
		path = config_path(checking, place, mapping);
		if (!config_inputs_is_file(path))
			diag_at(checking->diag, place, "IR0215",
			    "there is no file %s", path);
		one->input->mapping = path;
		return;
	}
	path = config_inputs_find_mapping(one);
	if (path != NULL) {
		one->input->mapping = path;
		return;
	}
	diag_at(checking->diag, place, "IR0215", "there is no mapping `%s`",
	    mapping);
	config_inputs_suggest_mapping(one);
	for (i = 0; i < checking->config->mappings.count; i++)
		diag_help(checking->diag, "looked for %s/%s.yaml",
		    checking->config->mappings.items[i], mapping);
}

static void
config_inputs_check_time(const struct config_input_checking *one)
{
	static const char *const named[] = { "iso", "epoch_s", "epoch_ms",
		"epoch_us" };
	struct diag *diag = one->checking->diag;
	const char *format = one->input->time_format;
	struct error err = ERROR_NONE;
	struct zone *zone = NULL;
	size_t i;

	if (one->input->time_zone != NULL &&
	    !zone_open(one->input->time_zone, &zone, &err)) {
		diag_at(diag, config_place(one->map, "time_zone"), "IR0209",
		    "unknown time zone `%s`", one->input->time_zone);
		diag_hint(diag, "a name such as Europe/London");
	}
	zone_free(zone);
	if (format == NULL)
		return;
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strcmp(named[i], format) == 0)
			return;
	if (!zone_check_format(format, &err))
		diag_at(diag, config_place(one->map, "time_format"), "IR0210",
		    "%s", err.text);
}

/* Known, but not built yet: better refused than not done. */
static void
config_inputs_check_available(const struct config_input_checking *one)
{
	struct diag *diag = one->checking->diag;

	if (one->input->dedupe != NULL)
		diag_at(diag, config_place(one->map, "dedupe"), "IR0214",
		    "`dedupe` is not available in this version");
}

static void
config_inputs_check_encoding(const struct config_input_checking *one)
{
	struct diag *diag = one->checking->diag;
	const char *name = one->input->encoding, *nearest;
	enum encoding encoding;
	size_t count = 0;

	if (name == NULL || encoding_find(name, &encoding))
		return;
	while (encoding_names[count] != NULL)
		count++;
	diag_at(diag, config_place(one->map, "encoding"), "IR0908",
	    "unknown encoding `%s`", name);
	nearest = suggest_nearest(span_of(name), encoding_names, count);
	if (nearest != NULL)
		diag_hint(diag, "did you mean `%s`?", nearest);
	diag_help(diag,
	    "utf-8, iso-8859-1, iso-8859-15, windows-1252, utf-16, utf-16le "
	    "or utf-16be");
}

static void
config_inputs_check_repeat(const struct config_checking *checking,
    const struct yaml_node *list, size_t at)
{
	const struct config_input *inputs = checking->config->inputs.items;
	struct diag_place first;
	size_t i;

	if (inputs[at].topic == NULL)
		return;
	for (i = 0; i < at; i++)
		if (inputs[i].topic != NULL &&
		    strcmp(inputs[i].topic, inputs[at].topic) == 0)
			break;
	if (i == at)
		return;
	first = config_place(list->items[i], "topic");
	diag_at(checking->diag, config_place(list->items[at], "topic"),
	    "IR0201", "two inputs read the topic `%s`", inputs[at].topic);
	diag_hint(checking->diag, "the first is at %s:%u",
	    diag_source_path(first.source), first.line);
}

void
config_inputs_check(const struct config_checking *checking)
{
	const struct yaml_node *list = yaml_get(checking->root, "inputs");
	struct config_input *inputs = checking->config->inputs.items;
	struct config_input_checking one;
	size_t i;

	if (list == NULL || list->kind != YAML_LIST)
		return;
	if (list->count == 0) {
		diag_at(checking->diag, list->place, "IR0120",
		    "`inputs` is empty");
		diag_hint(checking->diag, "there is nothing to read");
	}
	for (i = 0; i < list->count; i++) {
		one = (struct config_input_checking){ checking, list->items[i],
			&inputs[i] };
		config_inputs_check_topic(&one);
		config_inputs_check_repeat(checking, list, i);
		config_inputs_check_mapping(&one);
		config_inputs_check_time(&one);
		config_inputs_check_encoding(&one);
		config_inputs_check_available(&one);
	}
}
