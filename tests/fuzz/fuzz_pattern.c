/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A byte of options, then up to the first NUL a regular expression, then a
 * text: it is refused with a reason and a place within it, or it answers,
 * within its limits.  The expression is read as a duration and a size, too.
 */
#include "base/check.h"
#include "base/fold.h"
#include "text/pattern.h"
#include "text/timespan.h"

#include "fuzz/fuzz.h"

#define YEAR_US INT64_C(31556952000000)

static void
try_timespan(struct span text)
{
	struct buffer out = BUFFER_INIT;
	struct error err = ERROR_NONE;
	uint64_t bytes;
	int64_t us;

	if (timespan_parse(text, &us, &err)) {
		CHECK(us > 0 && us <= 100 * YEAR_US);
		timespan_format(us, &out);
	}
	if (timespan_parse_size(text, &bytes, &err))
		timespan_format_size(bytes, &out);
	CHECK(fold_is_utf8(buffer_span(&out)));
	buffer_done(&out);
}

static void
try_pattern(struct span text, unsigned bits, struct span subject)
{
	const struct pattern_options options = {
		.ignore_case = bits & 1,
		.multiline = bits & 2,
		.dot_all = bits & 4,
		.allow_full = bits & 8,
	};
	struct error err = ERROR_NONE;
	struct pattern *pattern;
	size_t at = 0;

	(void)pattern_is_risky(text);
	if (!pattern_new(text, &options, &pattern, &at, &err)) {
		CHECK(at <= text.len && err.text[0] != '\0');
		return;
	}
	/* Only UTF-8 gets as far as a pattern. */
	if (fold_is_utf8(subject))
		(void)pattern_match(pattern, subject);
	pattern_free(pattern);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text, subject = SPAN("");
	const uint8_t *nul;

	if (size < 2)
		return 0;
	text = span_make(data + 1, size - 1);
	nul = memchr(text.ptr, 0, text.len);
	if (nul != NULL) {
		text.len = (size_t)(nul - data) - 1;
		subject = span_make(nul + 1, size - text.len - 2);
	}
	/* What a hostile text may cost is not what is looked for here. */
	pattern_set_limits(10000, 1000, 1024);
	try_pattern(text, data[0], subject);
	try_timespan(text);
	return 0;
}
