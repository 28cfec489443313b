/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/yaml.h"

#include "matching.h"

#define KEYWORDS_MAX 64
#define PATHS_MAX 64

static char folder[64];
static char *written[PATHS_MAX];
static size_t written_count;

const char *
matching_folder(void)
{
	if (folder[0] == '\0') {
		snprintf(folder, sizeof(folder), "/tmp/matching.XXXXXX");
		assert_non_null(mkdtemp(folder));
	}
	return folder;
}

void
matching_write(const char *path, const char *text)
{
	char full[256];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", matching_folder(), path);
	for (char *at = full + strlen(folder) + 1; (at = strchr(at, '/'));
	    at++) {
		*at = '\0';
		(void)mkdir(full, 0700);
		*at = '/';
	}
	file = fopen(full, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	for (size_t i = 0; i < written_count; i++) {
		if (strcmp(written[i], full) == 0)
			return;
	}
	assert_true(written_count < PATHS_MAX);
	written[written_count++] = strdup(full);
}

void
matching_done(void)
{
	for (size_t i = 0; i < written_count; i++) {
		unlink(written[i]);
		*strrchr(written[i], '/') = '\0';
		rmdir(written[i]);
		free(written[i]);
	}
	written_count = 0;
	rmdir(folder);
	folder[0] = '\0';
}

const char *
matching_verdict_name(enum verdict verdict)
{
	static const char *const names[] = { "no", "yes", "unknown" };

	return names[verdict];
}

/* ---- events ---- */

static struct value
matching_scalar(struct arena *arena, const struct yaml_node *node)
{
	switch (node->kind) {
	case YAML_NULL:
		return value_null();
	case YAML_BOOL:
		return value_bool(node->boolean);
	case YAML_INT:
		return node->is_big ? value_whole(arena, node->text) :
				      value_int(arena, node->integer);
	case YAML_REAL:
		return value_real(arena, node->real);
	case YAML_STRING:
		return value_string(node->text);
	default:
		return (struct value){ .kind = VALUE_OBJECT };
	}
}

static struct value
matching_value(struct arena *arena, const struct yaml_node *node)
{
	struct value *items;

	if (node->kind != YAML_LIST)
		return matching_scalar(arena, node);
	items = arena_array(arena, node->count + 1, sizeof(*items));
	for (size_t i = 0; i < node->count; i++)
		items[i] = matching_scalar(arena, node->items[i]);
	return (struct value){ .kind = VALUE_LIST,
		.count = (uint32_t)node->count,
		.items = items };
}

/* Every scalar of the record, however deep. */
static void
matching_keywords(struct arena *arena, const struct yaml_node *node,
    struct value *keywords, uint32_t *count)
{
	if (yaml_is_scalar(node)) {
		assert_true(*count < KEYWORDS_MAX);
		keywords[(*count)++] = matching_scalar(arena, node);
		return;
	}
	for (size_t i = 0; i < node->count; i++)
		matching_keywords(arena,
		    node->kind == YAML_LIST ? node->items[i] :
					      node->pairs[i].value,
		    keywords, count);
}

static struct event
matching_event(struct arena *arena, const struct field_set *fields,
    const struct yaml_node *map)
{
	struct event event = { 0 };
	struct value *keywords = arena_array(arena, KEYWORDS_MAX,
	    sizeof(*keywords));

	event.values = arena_array(arena, field_set_count(fields) + 1,
	    sizeof(*event.values));
	for (size_t i = 0; i < map->count; i++) {
		uint32_t slot = field_set_find(fields, map->pairs[i].key->text);

		if (slot != FIELD_NONE)
			event.values[slot] = matching_value(arena,
			    map->pairs[i].value);
	}
	if (field_set_wants_all_values(fields))
		matching_keywords(arena, map, keywords, &event.keyword_count);
	event.keywords = keywords;
	return event;
}

/* ---- rules ---- */

static struct rule_set *
matching_load(const char *name, struct diag *diag)
{
	const char *path = matching_folder();
	const struct rule_load_options options = { .paths = &path,
		.path_count = 1 };
	struct rule_load_result result = { 0 };
	struct buffer out = BUFFER_INIT;

	if (rule_load(&options, diag, &result))
		return result.rules;
	diag_render_human(diag, false, &out);
	testing_fail(name, "does not load:\n%s", buffer_string(&out));
	return NULL;
}

static enum verdict
matching_judge(const char *name, const struct rule_set *rules,
    const struct event *event, struct arena *arena)
{
	const struct match_input input = { 0 };
	struct matcher *matcher = matcher_new(rules, &input, 1);
	struct match_result result;
	enum verdict verdict, plain;

	match_result_init(&result, arena);
	matcher_run(matcher, event, &result);
	verdict = result.hit_count > 0 ? VERDICT_YES :
	    result.unknown_count > 0   ? VERDICT_UNKNOWN :
					 VERDICT_NO;
	plain = match_expr(rules->rules[0]->condition, event, arena);
	if (plain != verdict)
		testing_fail(name, "matcher says %s, match_expr %s",
		    matching_verdict_name(verdict),
		    matching_verdict_name(plain));
	matcher_free(matcher);
	return verdict;
}

enum verdict
matching_run(const char *name, const char *rule, const char *event)
{
	struct arena *arena = arena_new(4096);
	struct diag *diag = diag_new();
	const struct yaml_node *const *documents;
	struct event made;
	struct rule_set *rules;
	enum verdict verdict;
	size_t count;

	matching_write("rule.yml", rule);
	rules = matching_load(name, diag);
	if (!yaml_parse(arena, diag, "event", span_of(event), &documents,
		&count) ||
	    count != 1)
		testing_fail(name, "bad event %s", event);
	made = matching_event(arena, rules->fields, documents[0]);
	verdict = matching_judge(name, rules, &made, arena);
	rule_set_free(rules);
	diag_free(diag);
	arena_free(arena);
	return verdict;
}

enum verdict
matching_detection(const char *name, const char *detection, const char *event)
{
	char rule[4096];

	snprintf(rule, sizeof(rule),
	    "title: t\nlevel: low\nlogsource: {category: c}\n"
	    "detection: {%s}\n",
	    detection);
	return matching_run(name, rule, event);
}
