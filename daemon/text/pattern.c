/* SPDX-License-Identifier: Apache-2.0 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/check.h"
#include "base/mem.h"

#include "text/pattern.h"
#include "text/pattern_internal.h"

/* A longer expression is a list of values, for which there are lists. */
#define PATTERN_LENGTH_MAX 8192
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

/*
 * PCRE2 counts afresh at every starting point: a.*[0-9] over 32 KiB of `a`
 * took 6.6 s and broke no limit.  So one value may take this many times the
 * match limit in all.
 */
#define PATTERN_STARTS 20

/*
 * `code` runs first, with the limit so low that all starting points together
 * stay in bounds, which is nearly always enough.  If not, `counted` decides:
 * the same pattern with a callout at every item, which counts exactly and is
 * some times slower.
 */
struct pattern {
	pcre2_code *code;
	pcre2_code *counted;
	bool is_anchored;
	bool is_not_blank; /* `\S` alone: rules ask it of every event */
};

/*
 * One for all patterns: PCRE2 keeps a match's memory in the match data, so
 * each pattern with its own would keep as much as the heap limit allows.
 * There is one thread.
 */
static struct {
	pcre2_match_context *context;
	pcre2_match_data *data;
	uint64_t match_limit;
	uint64_t left; /* callouts that the value in hand may still take */
} shared;

static int
pattern_count(pcre2_callout_block *block, void *data)
{
	(void)block;
	(void)data;
	if (shared.left == 0)
		return PCRE2_ERROR_MATCHLIMIT;
	shared.left--;
	return 0;
}

static void
pattern_start(void)
{
	if (shared.context != NULL)
		return;
	shared.context = pcre2_match_context_create(NULL);
	shared.data = pcre2_match_data_create(1, NULL);
	CHECK(shared.context != NULL && shared.data != NULL);
	pcre2_set_callout(shared.context, pattern_count, NULL);
	pattern_set_limits(PATTERN_MATCH_LIMIT, PATTERN_DEPTH_LIMIT,
	    PATTERN_HEAP_LIMIT_KIB);
}

void
pattern_set_limits(uint32_t match_limit, uint32_t depth_limit,
    uint32_t heap_limit_kib)
{
	pattern_start();
	shared.match_limit = match_limit;
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

static pcre2_code *
pattern_compile(struct span text, uint32_t flags, size_t *ret_error_offset,
    struct error *err)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	PCRE2_SIZE offset = 0;
	PCRE2_UCHAR why[256];
	pcre2_code *code;
	int status = 0;

	CHECK(context != NULL);
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
	pcre2_set_parens_nest_limit(context, PATTERN_GROUPS_MAX);
	code = pcre2_compile((PCRE2_SPTR)(text.len > 0 ? text.ptr : ""),
	    text.len, flags, &status, &offset, context);
	pcre2_compile_context_free(context);
	if (code == NULL) {
		pcre2_get_error_message(status, why, sizeof(why));
		*ret_error_offset = offset;
		(void)error_set(err, NULL, "%s", (const char *)why);
	}
	return code;
}

bool
pattern_new(struct span text, const struct pattern_options *options,
    struct pattern **ret_pattern, size_t *ret_error_offset, struct error *err)
{
	uint32_t flags = pattern_flags(options), all = 0;
	struct pattern *pattern;
	bool ok = false;

	if (!pattern_check(text, options->allow_full, ret_error_offset, err))
		return false;
	pattern = mem_zalloc(sizeof(*pattern));
	pattern->code = pattern_compile(text, flags, ret_error_offset, err);
	if (pattern->code == NULL)
		goto out;
	pattern->counted = pattern_compile(text, flags | PCRE2_AUTO_CALLOUT,
	    ret_error_offset, err);
	if (pattern->counted == NULL)
		goto out;
	pcre2_pattern_info(pattern->code, PCRE2_INFO_ALLOPTIONS, &all);
	pattern->is_anchored = (all & PCRE2_ANCHORED) != 0;
	pattern->is_not_blank = span_is(text, "\\S");
	*ret_pattern = pattern;
	ok = true;
out:
	if (!ok)
		pattern_free(pattern);
	return ok;
}

void
pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	pcre2_code_free(pattern->code);
	pcre2_code_free(pattern->counted);
	mem_free(pattern);
}

static int
pattern_run(const pcre2_code *code, struct span subject, uint32_t flags,
    uint64_t match_limit)
{
	pcre2_set_match_limit(shared.context, (uint32_t)match_limit);
	return pcre2_match(code,
	    (PCRE2_SPTR)(subject.len > 0 ? subject.ptr : ""), subject.len, 0,
	    flags, shared.data, shared.context);
}

/* Without UCP, white space is ASCII's (pcre2pattern(3), \s). */
static bool
has_not_blank(struct span subject)
{
	for (size_t i = 0; i < subject.len; i++) {
		char c = subject.ptr[i];

		if (c != ' ' && (c < '\t' || c > '\r'))
			return true;
	}
	return false;
}

enum pattern_result
pattern_match(const struct pattern *pattern, struct span subject)
{
	uint64_t limit;
	int status;

	if (pattern->is_not_blank)
		return has_not_blank(subject) ? PATTERN_YES : PATTERN_NO;
	pattern_start();
	shared.left = shared.match_limit * PATTERN_STARTS;
	limit = pattern->is_anchored ? shared.left :
				       shared.left / (subject.len + 1);
	if (limit > shared.match_limit)
		limit = shared.match_limit;
	status = pattern_run(pattern->code, subject, 0, limit);
	if (status == PCRE2_ERROR_MATCHLIMIT && limit < shared.match_limit)
		status = pattern_run(pattern->counted, subject,
		    PCRE2_NO_UTF_CHECK, shared.match_limit);
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
