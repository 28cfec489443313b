/* SPDX-License-Identifier: Apache-2.0 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/check.h"
#include "base/mem.h"

#include "text/pattern.h"
#include "text/pattern_internal.h"

/* A longer expression is a list of values, for which there are lists. */
#define PATTERN_LENGTH_MAX 16384
/* Groups within each other, as PCRE2's own default. */
#define PATTERN_GROUPS_MAX 250

/*
 * The match limit bounds the steps tried from one starting point: 100,000
 * are some 2 ms.  10,000 frames let a group repeat over every word of a long
 * field, in about 2 MiB; the heap limit holds for patterns of many groups.
 */
#define PATTERN_MATCH_LIMIT 100000
#define PATTERN_DEPTH_LIMIT 10000
#define PATTERN_HEAP_LIMIT_KIB (20 * 1024)

struct pattern {
	pcre2_code *code;
};

/*
 * One for all patterns: PCRE2 keeps a match's memory in the match data, so
 * each pattern with its own would keep as much as the heap limit allows.
 * There is one thread.
 */
static struct {
	pcre2_match_context *context;
	pcre2_match_data *data;
} shared;

static void
pattern_start(void)
{
	if (shared.context != NULL)
		return;
	shared.context = pcre2_match_context_create(NULL);
	shared.data = pcre2_match_data_create(1, NULL);
	CHECK(shared.context != NULL && shared.data != NULL);
	pattern_set_limits(PATTERN_MATCH_LIMIT, PATTERN_DEPTH_LIMIT,
	    PATTERN_HEAP_LIMIT_KIB);
}

void
pattern_set_limits(uint32_t match_limit, uint32_t depth_limit,
    uint32_t heap_limit_kib)
{
	pattern_start();
	pcre2_set_match_limit(shared.context, match_limit);
	pcre2_set_depth_limit(shared.context, depth_limit);
	pcre2_set_heap_limit(shared.context, heap_limit_kib);
}

static bool
pattern_check(struct span text, bool allow_full, size_t *ret_error_offset,
    struct error *err)
{
	struct pattern_token token;
	size_t at = 0;

	if (text.len > PATTERN_LENGTH_MAX) {
		*ret_error_offset = 0;
		return error_set(err, NULL,
		    "the expression is longer than %d bytes",
		    PATTERN_LENGTH_MAX);
	}
	while (pattern_scan_next(text, &at, &token)) {
		if (token.never == NULL && (token.full == NULL || allow_full))
			continue;
		*ret_error_offset = token.at;
		if (token.never != NULL)
			return error_set(err, NULL, "%s is not supported",
			    token.never);
		return error_set(err, NULL,
		    "%s is not part of Sigma's regular expressions",
		    token.full);
	}
	return true;
}

static uint32_t
pattern_flags(const struct pattern_options *options)
{
	uint32_t flags = PCRE2_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C;

	if (options->ignore_case)
		flags |= PCRE2_CASELESS;
	if (options->multiline)
		flags |= PCRE2_MULTILINE;
	if (options->dot_all)
		flags |= PCRE2_DOTALL;
	return flags;
}

bool
pattern_new(struct span text, const struct pattern_options *options,
    struct pattern **ret_pattern, size_t *ret_error_offset, struct error *err)
{
	pcre2_compile_context *context;
	struct pattern *pattern;
	PCRE2_SIZE offset = 0;
	PCRE2_UCHAR why[256];
	pcre2_code *code;
	int status = 0;

	if (!pattern_check(text, options->allow_full, ret_error_offset, err))
		return false;
	context = pcre2_compile_context_create(NULL);
	CHECK(context != NULL);
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
	pcre2_set_parens_nest_limit(context, PATTERN_GROUPS_MAX);
	code = pcre2_compile((PCRE2_SPTR)(text.len > 0 ? text.ptr : ""),
	    text.len, pattern_flags(options), &status, &offset, context);
	pcre2_compile_context_free(context);
	if (code == NULL) {
		pcre2_get_error_message(status, why, sizeof(why));
		*ret_error_offset = offset;
		return error_set(err, NULL, "%s", (const char *)why);
	}
	pattern = mem_zalloc(sizeof(*pattern));
	pattern->code = code;
	*ret_pattern = pattern;
	return true;
}

void
pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	pcre2_code_free(pattern->code);
	mem_free(pattern);
}

enum pattern_result
pattern_match(const struct pattern *pattern, struct span subject)
{
	int status;

	pattern_start();
	status = pcre2_match(pattern->code,
	    (PCRE2_SPTR)(subject.len > 0 ? subject.ptr : ""), subject.len, 0, 0,
	    shared.data, shared.context);
	if (status >= 0)
		return PATTERN_YES;
	/* Every other error leaves the question open: a limit, no memory. */
	return status == PCRE2_ERROR_NOMATCH ? PATTERN_NO : PATTERN_LIMIT;
}

bool
pattern_is_risky(struct span text)
{
	/* Does the group at this depth repeat something without bound? */
	bool repeats[PATTERN_GROUPS_MAX + 2] = { false };
	bool atomic[PATTERN_GROUPS_MAX + 2] = { false };
	bool last = false; /* the same of the atom just read */
	struct pattern_token token;
	size_t at = 0, depth = 0;

	while (pattern_scan_next(text, &at, &token)) {
		if (token.kind == PATTERN_OPEN) {
			if (++depth > PATTERN_GROUPS_MAX)
				return true;
			repeats[depth] = false;
			atomic[depth] = token.is_possessive;
		} else if (token.kind == PATTERN_CLOSE && depth > 0) {
			last = repeats[depth] && !atomic[depth];
			depth--;
			repeats[depth] |= last;
			continue;
		} else if (token.kind == PATTERN_REPEAT && token.is_unbounded) {
			if (last && !token.is_possessive)
				return true;
			repeats[depth] |= !token.is_possessive;
		}
		last = false;
	}
	return false;
}
