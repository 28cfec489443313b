/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include "config/config_internal.h"

/* ${NAME} anywhere: it would be taken literally, which nobody means. */
static void
config_check_variables(const struct config_checking *checking,
    const struct yaml_node *node)
{
	struct span rest;
	ptrdiff_t at;
	size_t i;

	for (i = 0; node->kind == YAML_LIST && i < node->count; i++)
		config_check_variables(checking, node->items[i]);
	for (i = 0; node->kind == YAML_MAP && i < node->count; i++)
		config_check_variables(checking, node->pairs[i].value);
	if (node->kind != YAML_STRING)
		return;
	at = span_find(node->text, SPAN("${"));
	if (at < 0)
		return;
	rest = span_make(node->text.ptr + at, node->text.len - (size_t)at);
	i = 0;
	while (i < rest.len && rest.ptr[i] != '}')
		i++;
	if (i < rest.len)
		i++;
	diag_at(checking->diag, yaml_place_in(node, (size_t)at, i), "IR0212",
	    "variables are not expanded");
	diag_help(checking->diag,
	    "write the value; a drop-in file may differ "
	    "from host to host");
}

static void
config_check_bootstrap(const struct config_checking *checking,
    const struct yaml_node *kafka)
{
	const char *bootstrap = checking->config->kafka.bootstrap;
	struct diag_place place = config_place(kafka, "bootstrap");
	struct span rest, broker;

	if (strcmp(bootstrap, "embedded") == 0) {
		diag_at(checking->diag, place, "IW0216",
		    "the embedded broker keeps nothing");
		diag_help(checking->diag,
		    "it ends with this process, and is "
		    "for trying out only");
		return;
	}
	rest = span_of(bootstrap);
	while (span_split(&rest, ',', &broker)) {
		if (span_trim(broker).len > 0)
			continue;
		diag_at(checking->diag, place, "IR0206",
		    "`bootstrap` names no broker%s",
		    bootstrap[0] == '\0' ? "" : " between two commas");
		diag_hint(checking->diag, "host:port, parted by commas");
		return;
	}
}

/* As Kafka has names of groups, static members and topics. */
static void
config_check_kafka_name(const struct config_checking *checking,
    const struct yaml_node *kafka, const char *key, const char *name)
{
	if (name == NULL || config_is_name(name, 100, "._-"))
		return;
	diag_at(checking->diag, config_place(kafka, key), "IR0203",
	    "`%s` cannot be `%s`", key, name);
	diag_hint(checking->diag,
	    "1 to 100 letters, digits, dots, underscores, hyphens");
}

static void
config_check_kafka(const struct config_checking *checking)
{
	const struct yaml_node *kafka = yaml_get(checking->root, "kafka");
	const struct config_kafka *config = &checking->config->kafka;

	if (kafka == NULL || kafka->kind != YAML_MAP)
		return;
	if (config->bootstrap != NULL)
		config_check_bootstrap(checking, kafka);
	config_check_kafka_name(checking, kafka, "group", config->group);
	config_check_kafka_name(checking, kafka, "instance", config->instance);
	config_librdkafka_check(checking, kafka);
}

/* Paths of files and folders, as seen from where they are written. */
static void
config_check_paths(const struct config_checking *checking, const char *key,
    struct schema_strings *paths)
{
	const struct yaml_node *node = yaml_get(checking->root, key);
	const char **items;
	size_t i;

	items = arena_array(checking->arena, paths->count + 1, sizeof(*items));
	for (i = 0; i < paths->count; i++) {
		items[i] = config_path(checking, paths->places[i],
		    paths->items[i]);
		if (items[i][0] == '\0')
			diag_at(checking->diag, paths->places[i], "IR0120",
			    "`%s` holds an empty path", key);
	}
	paths->items = items;
	if (node != NULL && node->kind == YAML_LIST && node->count == 0) {
		diag_at(checking->diag, node->place, "IR0120", "`%s` is empty",
		    key);
		diag_hint(checking->diag, "name a folder or a file");
	}
}

/* Whether the key can be used is seen when a mapping wants one. */
static void
config_check_hash_key(const struct config_checking *checking)
{
	struct config *config = checking->config;

	if (config->hash_key_file == NULL)
		return;
	config->hash_key_file = config_secret_path(checking,
	    config_place(checking->root, "hash_key_file"),
	    config->hash_key_file);
}

void
config_check(const struct config_checking *checking)
{
	struct config *config = checking->config;

	config_check_variables(checking, checking->root);
	config_check_paths(checking, "rules", &config->rules);
	config_check_paths(checking, "lists", &config->lists);
	config_check_paths(checking, "mappings", &config->mappings);
	config_check_hash_key(checking);
	config_check_kafka(checking);
	config_inputs_check(checking);
	config_destinations_check(checking);
	config_watch_check(checking);
}
