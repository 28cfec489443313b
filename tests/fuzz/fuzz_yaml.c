/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text is YAML or refused with a finding; places within scalars are within
 * the text, and no rendering of the findings can steer a terminal.
 */
#include "base/check.h"
#include "base/fold.h"
#include "text/yaml.h"

#include "fuzz/fuzz.h"
#include "fuzz/libfyaml.h"

#define FINDINGS_MAX 64

static void
check_place(struct diag_place place, size_t size)
{
	CHECK(place.source == NULL || diag_source_offset(place) <= size);
}

static void
check_scalar(const struct yaml_node *node, struct diag *diag, size_t size)
{
	for (size_t i = 0; i <= node->text.len && i < 3000; i += 3)
		check_place(yaml_place_in(node, i, 2), size);
	(void)yaml_is_ambiguous(node);
	/* Each quotes its line, which may be long. */
	if (diag_warnings(diag) >= FINDINGS_MAX)
		return;
	diag_at(diag, node->place, "IW0119", "%s", yaml_kind_name(node->kind));
	diag_hint(diag, SPAN_FMT, SPAN_ARG(node->text));
}

static void
walk(const struct yaml_node *node, struct diag *diag, size_t size)
{
	check_place(node->place, size);
	if (yaml_is_scalar(node))
		check_scalar(node, diag, size);
	for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
		walk(node->items[i], diag, size);
	for (size_t i = 0; node->kind == YAML_MAP && i < node->count; i++) {
		walk(node->pairs[i].key, diag, size);
		walk(node->pairs[i].value, diag, size);
	}
}

static void
check_text(struct buffer *out)
{
	struct span rest = buffer_span(out);
	uint32_t code_point;
	unsigned used;

	while (rest.len > 0) {
		used = fold_decode(rest, &code_point);
		CHECK(used > 0);
		CHECK(code_point >= 0x20 || code_point == '\n' ||
		    code_point == '\t');
		CHECK(code_point < 0x7f || code_point > 0x9f);
		rest = span_make(rest.ptr + used, rest.len - used);
	}
	buffer_reset(out);
}

static void
render(const struct diag *diag)
{
	struct buffer out = BUFFER_INIT;

	diag_render_human(diag, true, &out);
	buffer_reset(&out);
	diag_render_human(diag, false, &out);
	check_text(&out);
	diag_render_summary(diag, false, &out);
	check_text(&out);
	diag_render_log(diag, &out);
	check_text(&out);
	diag_first_error(diag, &out);
	check_text(&out);
	diag_render_ndjson(diag, &out);
	check_text(&out);
	buffer_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(4096);
	struct diag *diag = diag_new();
	const struct yaml_node *const *documents;
	size_t count;

	if (yaml_parse(arena, diag, "file.yml", span_make(data, size),
		&documents, &count)) {
		for (size_t i = 0; i < count; i++)
			walk(documents[i], diag, size);
	} else {
		CHECK(diag_errors(diag) > 0);
	}
	render(diag);
	diag_free(diag);
	arena_free(arena);
	return 0;
}
