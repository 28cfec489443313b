/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/mem.h"

#include "rule/rule_internal.h"

#define CHUNK_BYTES (64 * 1024)

static const char *const rule_suffixes[] = { ".yml", ".yaml", NULL };
static const char *const test_suffixes[] = { ".test.yml", ".test.yaml" };

static void
rule_load_init(struct rule_loader *loader,
    const struct rule_load_options *options, struct diag *diag)
{
	*loader = (struct rule_loader){ .options = options, .diag = diag };
	loader->arena = arena_new(CHUNK_BYTES);
	loader->set = mem_zalloc(sizeof(*loader->set));
	loader->set->arena = loader->arena;
	loader->set->fields = field_set_new();
	loader->references = table_new();
	loader->patterns = table_new();
	loader->lists = table_new();
}

static void
rule_load_done(struct rule_loader *loader)
{
	for (size_t i = 0; i < loader->count; i++) {
		slots_done(&loader->drafts[i]->slots);
		slots_done(&loader->drafts[i]->kept);
	}
	mem_free(loader->drafts);
	table_free(loader->references);
	table_free(loader->patterns);
	table_free(loader->lists);
	rule_set_free(loader->set); /* NULL if it was handed out */
}

static bool
rule_load_is_test(const char *path)
{
	for (size_t i = 0; i < 2; i++) {
		if (span_ends_with(span_of(path), span_of(test_suffixes[i])))
			return true;
	}
	return false;
}

/* Sorted, each once. */
static void
rule_load_collect(struct rule_loader *loader, struct file_list *files)
{
	const struct rule_load_options *options = loader->options;
	const struct diag_place nowhere = { 0 };
	struct error err = ERROR_NONE;
	size_t count = 0;

	for (size_t i = 0; i < options->path_count; i++) {
		if (!file_list_collect(files, options->paths[i], rule_suffixes,
			true, &err))
			finding_error(loader, nowhere, "IR0104", "%s",
			    err.text);
	}
	file_list_sort(files);
	for (size_t i = 0; i < files->count; i++) {
		if (rule_load_is_test(files->paths[i]) ||
		    (count > 0 &&
			strcmp(files->paths[count - 1], files->paths[i]) == 0))
			mem_free(files->paths[i]);
		else
			files->paths[count++] = files->paths[i];
	}
	files->count = count;
	if (count == 0 && !loader->is_failed)
		finding_error(loader, nowhere, "IR0315",
		    "no rule files (*.yml, *.yaml) found");
}

static void
rule_load_file(struct rule_loader *loader, uint32_t number, const char *path)
{
	const struct yaml_node *const *documents = NULL;
	size_t errors = diag_errors(loader->diag);
	size_t first = loader->count, count = 0;

	path = arena_strdup(loader->arena, span_of(path));
	if (!yaml_read(loader->arena, loader->diag, path, &documents, &count)) {
		loader->is_failed = true;
		return;
	}
	if (diag_failed_since(loader->diag, errors)) {
		/* Wrong as YAML, yet read on to tell everything at once. */
		collection_add_file(loader, number, path, documents, count);
		for (size_t i = first; i < loader->count; i++)
			loader->drafts[i]->is_failed = true;
		loader->is_failed = true;
		return;
	}
	collection_add_file(loader, number, path, documents, count);
}

static bool
rule_load_works(const struct rule_draft *draft)
{
	return !draft->is_failed && !draft->is_skipped;
}

static void
rule_load_unused(struct rule_loader *loader)
{
	const struct rule_draft *draft = loader->draft;
	const struct yaml_node *detection = yaml_get(draft->node, "detection");

	for (uint32_t i = 0; i < draft->rule->ident_count; i++) {
		struct span name = draft->rule->idents[i].name;

		if (draft->is_used[i])
			continue;
		for (size_t j = 0; j < detection->count; j++) {
			const struct yaml_node *key = detection->pairs[j].key;

			if (span_equal(key->text, name))
				finding_warning(loader, key->place, "IW0508",
				    "`" SPAN_FMT "` is used nowhere",
				    SPAN_ARG(name));
		}
	}
}

/* After every document is known. */
static void
rule_load_link(struct rule_loader *loader)
{
	link_index(loader);
	link_correlations(loader);
	for (size_t i = 0; i < loader->count; i++) {
		loader->draft = loader->drafts[i];
		if (!loader->draft->is_skipped)
			extension_read(loader);
	}
	for (size_t i = 0; i < loader->count; i++) {
		loader->draft = loader->drafts[i];
		if (rule_load_works(loader->draft))
			rule_load_unused(loader);
	}
	loader->draft = NULL;
	/* A counter may have been found wrong, or --strict have struck. */
	for (size_t i = 0; i < loader->count; i++) {
		struct rule_draft *draft = loader->drafts[i];

		for (size_t j = 0; j < draft->base_count; j++) {
			if (draft->bases[j] == NULL ||
			    draft->bases[j]->is_failed)
				draft->is_failed = true;
		}
	}
}

/* Numbers were those of the drafts; now those of the set. */
static void
rule_load_number(struct rule_loader *loader)
{
	uint32_t *numbers = arena_array(loader->arena, loader->count + 1,
	    sizeof(*numbers));
	const struct rule **rules = arena_array(loader->arena,
	    loader->count + 1, sizeof(struct rule *));
	uint32_t count = 0;

	for (size_t i = 0; i < loader->count; i++) {
		if (!rule_load_works(loader->drafts[i]))
			continue;
		numbers[i] = count;
		loader->drafts[i]->rule->index = count;
		rules[count++] = loader->drafts[i]->rule;
	}
	for (size_t i = 0; i < loader->count; i++) {
		struct rule_draft *draft = loader->drafts[i];
		struct rule_extension *extension = &draft->rule->extension;

		if (!rule_load_works(draft))
			continue;
		for (uint32_t j = 0; draft->correlation != NULL &&
		    j < draft->correlation->source_count;
		    j++)
			draft->sources[j]
			    .rule = numbers[draft->sources[j].rule];
		for (uint32_t j = 0; j < extension->counter_count; j++)
			draft->counters[j]
			    .rule = numbers[draft->counters[j].rule];
	}
	loader->set->rules = rules;
	loader->set->count = count;
}

static void
rule_load_refused(const struct rule_loader *loader,
    const struct file_list *files, const bool *is_unread,
    struct rule_load_result *result)
{
	struct rule_refused *refused = arena_array(loader->arena,
	    loader->count + files->count + 1, sizeof(*refused));

	for (size_t i = 0; i < files->count; i++) {
		const char *path = files->paths[i];

		if (!is_unread[i])
			continue;
		path = arena_strdup(loader->arena, span_of(path));
		refused[result->refused_count++] = (struct rule_refused){ path,
			0, span_of(file_base_name(path)) };
	}
	for (size_t i = 0; i < loader->count; i++) {
		const struct rule_draft *draft = loader->drafts[i];

		if (!draft->is_failed)
			continue;
		refused[result->refused_count++] = (struct rule_refused){
			draft->rule->path, draft->rule->line,
			rule_label(draft->rule)
		};
	}
	result->refused = refused;
}

/* False if anything is wrong and everything must be right. */
static bool
rule_load_finish(struct rule_loader *loader)
{
	bool is_failed = loader->is_failed;

	for (size_t i = 0; i < loader->count; i++) {
		struct rule_draft *draft = loader->drafts[i];

		is_failed = is_failed || draft->is_failed;
		if (!rule_load_works(draft))
			continue;
		digest_version(draft);
		digest_semantic(loader, draft);
	}
	if (is_failed && !loader->options->keep_going)
		return false;
	rule_load_number(loader);
	digest_set(loader->set);
	return true;
}

bool
rule_load(const struct rule_load_options *options, struct diag *diag,
    struct rule_load_result *ret_result)
{
	struct rule_load_result result = { 0 };
	struct file_list files = FILE_LIST_INIT;
	struct rule_loader loader;
	bool *is_unread = NULL, ok = false;

	rule_load_init(&loader, options, diag);
	rule_load_collect(&loader, &files);
	is_unread = mem_array(files.count + 1, sizeof(*is_unread));
	for (size_t i = 0; i < files.count; i++) {
		size_t count = loader.count, errors = diag_errors(diag);

		rule_load_file(&loader, (uint32_t)i, files.paths[i]);
		is_unread[i] = loader.count == count &&
		    diag_failed_since(diag, errors);
	}
	rule_load_link(&loader);
	if (files.count == 0 || !rule_load_finish(&loader))
		goto out;
	rule_load_refused(&loader, &files, is_unread, &result);
	loader.set->file_count = (uint32_t)files.count;
	result.rules = loader.set;
	loader.set = NULL;
	*ret_result = result;
	ok = true;
out:
	rule_load_done(&loader);
	file_list_done(&files);
	mem_free(is_unread);
	return ok;
}
