/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Up to the first NUL a template, then what each of its names stands for:
 * a sentence is UTF-8 of at most TEMPLATE_LIMIT code points, and none of them
 * moves a cursor or ends a line.
 */
#include "base/check.h"
#include "base/fold.h"
#include "text/template.h"

#include "fuzz/fuzz.h"

static void
look_up(void *context, const struct template_part *part, struct buffer *out)
{
	const struct span *value = context;

	CHECK(part->is_name && part->text.len > 0);
	buffer_add_span(out, *value);
}

static void
check_sentence(struct span rest)
{
	uint32_t code_point;
	unsigned used;
	size_t count;

	for (count = 0; rest.len > 0; count++) {
		used = fold_decode(rest, &code_point);
		CHECK(used > 0);
		CHECK(code_point >= 0x20);
		CHECK(code_point < 0x7f || code_point > 0x9f);
		rest = span_make(rest.ptr + used, rest.len - used);
	}
	CHECK(count <= TEMPLATE_LIMIT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	size_t len = nul == NULL ? size : (size_t)(nul - data);
	struct span text = span_make(data, len), value = SPAN("");
	struct arena *arena = arena_new(4096);
	struct buffer out = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct template template;
	size_t at = 0;

	if (nul != NULL)
		value = span_make(nul + 1, size - len - 1);
	if (template_parse(arena, text, &template, &at, &err)) {
		template_fill(&template, look_up, &value, &out);
		check_sentence(buffer_span(&out));
	} else {
		CHECK(at < len && err.text[0] != '\0');
	}
	buffer_done(&out);
	arena_free(arena);
	return 0;
}
