/* SPDX-License-Identifier: Apache-2.0 */
/* A rule file of any content loads or is refused; what loads can match. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "fuzz/libfyaml.h"
#include "match/match.h"
#include "rule/rule_load.h"

static char path[] = "/tmp/fuzz_rule.XXXXXX.yml";
static int fd = -1;

static void
clean_up(void)
{
	unlink(path);
}

static void
write_file(const uint8_t *data, size_t size)
{
	if (fd < 0) {
		fd = mkstemps(path, 4);
		if (fd < 0)
			abort();
		atexit(clean_up);
	}
	if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
}

static void
try_event(const struct rule_set *rules)
{
	const struct match_input input = { { SPAN_NONE, SPAN_NONE,
	    SPAN_NONE } };
	struct arena *arena = arena_new(4096);
	struct matcher *matcher = matcher_new(rules, &input, 1);
	uint32_t count = field_set_count(rules->fields);
	struct event event = { .record = NULL };
	struct match_result result;

	event.values = arena_array(arena, count + 1, sizeof(*event.values));
	for (uint32_t i = 0; i < count; i++)
		event.values[i] = i % 3 == 0 ?
		    value_null() :
		    i % 3 == 1 ?
		    value_string(field_set_name(rules->fields, i)) :
		    value_int(arena, i);
	event.keywords = event.values;
	event.keyword_count = count;
	match_result_init(&result, arena);
	matcher_run(matcher, &event, &result);
	matcher_free(matcher);
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *paths[] = { path };
	const struct rule_load_options options = {
		.paths = paths, .path_count = 1, .keep_going = true
	};
	struct rule_load_result result = { 0 };
	struct buffer out = BUFFER_INIT;
	struct diag *diag = diag_new();

	write_file(data, size);
	if (rule_load(&options, diag, &result))
		try_event(result.rules);
	diag_render_human(diag, false, &out);
	buffer_done(&out);
	rule_set_free(result.rules);
	diag_free(diag);
	return 0;
}
