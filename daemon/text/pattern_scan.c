/* SPDX-License-Identifier: Apache-2.0 */
#include "text/pattern_internal.h"

static char
pattern_scan_char(struct span text, size_t at)
{
	return at < text.len ? text.ptr[at] : '\0';
}

static bool
pattern_scan_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
pattern_scan_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Does `what` stand at byte `at`? */
static bool
pattern_scan_has(struct span text, size_t at, const char *what)
{
	return at <= text.len &&
	    span_starts_with(span_make(text.ptr + at, text.len - at),
		span_of(what));
}

/* The byte behind the next `what`, or the end. */
static size_t
pattern_scan_behind(struct span text, size_t at, const char *what)
{
	ptrdiff_t found;

	if (at >= text.len)
		return text.len;
	found = span_find(span_make(text.ptr + at, text.len - at),
	    span_of(what));
	return found < 0 ? text.len : at + (size_t)found + strlen(what);
}

/* A backslash and what belongs to it. */
static void
pattern_scan_escape(struct span text, struct pattern_token *token)
{
	char c = pattern_scan_char(text, token->at + 1);

	token->len = 2;
	if (c == 'Q')
		token->len = pattern_scan_behind(text, token->at + 2, "\\E") -
		    token->at;
	else if (c == 'c')
		token->len = 3;
	else if (c == 'C')
		token->never = "\\C (a single byte)";
	else if (c == 'k' || (c >= '1' && c <= '9'))
		token->full = "a backreference";
	else if (c == 'g' &&
	    (pattern_scan_has(text, token->at + 2, "<") ||
		pattern_scan_has(text, token->at + 2, "'")))
		token->full = "recursion";
	else if (c == 'g')
		token->full = "a backreference";
}

/* The byte behind [:alpha:] and the like, or 0 if it is none. */
static size_t
pattern_scan_posix(struct span text, size_t at)
{
	char mark = pattern_scan_char(text, at + 1);
	size_t end = at + 2;

	if (mark != ':' && mark != '.' && mark != '=')
		return 0;
	while (pattern_scan_is_letter(pattern_scan_char(text, end)) ||
	    pattern_scan_char(text, end) == '^')
		end++;
	if (pattern_scan_char(text, end) != mark ||
	    pattern_scan_char(text, end + 1) != ']')
		return 0;
	return end + 2;
}

static void
pattern_scan_class(struct span text, struct pattern_token *token)
{
	size_t at = token->at + 1, posix;

	if (pattern_scan_char(text, at) == '^')
		at++;
	/* A bracket at the very front is a member. */
	if (pattern_scan_char(text, at) == ']')
		at++;
	while (at < text.len && text.ptr[at] != ']') {
		posix = text.ptr[at] == '[' ? pattern_scan_posix(text, at) : 0;
		if (pattern_scan_has(text, at, "\\Q"))
			at = pattern_scan_behind(text, at + 2, "\\E");
		else if (text.ptr[at] == '\\')
			at += pattern_scan_has(text, at, "\\c") ? 3 : 2;
		else
			at = posix > 0 ? posix : at + 1;
	}
	token->len = at + 1 - token->at;
}

/* What stands behind "(?", longest first where one begins another. */
static const struct {
	const char *text;
	const char *full;
	const char *never;
} groups[] = {
	{ "=", "look-ahead", NULL },
	{ "!", "look-ahead", NULL },
	{ "*", "look-ahead", NULL },
	{ "<=", "look-behind", NULL },
	{ "<!", "look-behind", NULL },
	{ "<*", "look-behind", NULL },
	{ "(", "a conditional group", NULL },
	{ "R", "recursion", NULL },
	{ "&", "recursion", NULL },
	{ "P>", "recursion", NULL },
	{ "P=", "a backreference", NULL },
	{ "C", NULL, "a callout" },
};

/* Inline options "(?i)" and "(?i-m:"; numbers of "(?1)", "(?+1)", "(?-1)". */
static void
pattern_scan_options(struct span text, struct pattern_token *token)
{
	size_t at = token->at + 2;
	char c = pattern_scan_char(text, at);

	if (pattern_scan_is_digit(c) ||
	    ((c == '+' || c == '-') &&
		pattern_scan_is_digit(pattern_scan_char(text, at + 1)))) {
		token->full = "recursion";
		return;
	}
	while (pattern_scan_is_letter(c) || c == '-' || c == '^') {
		/* Its comments could hide anything from this scan. */
		if (c == 'x')
			token->never = "free spacing (?x)";
		c = pattern_scan_char(text, ++at);
	}
	if (c != ')' && c != ':') {
		token->never = NULL; /* a name: (?P<x>...) */
		return;
	}
	token->len = at + 1 - token->at;
	if (c == ')')
		token->kind = PATTERN_ATOM;
}

static void
pattern_scan_group(struct span text, struct pattern_token *token)
{
	size_t at = token->at + 1, i;

	token->kind = PATTERN_OPEN;
	if (pattern_scan_char(text, at) == '*') {
		if (pattern_scan_char(text, at + 1) >= 'a')
			token->full = "look-around";
		else
			token->never = "a verb (*...)";
		return;
	}
	if (pattern_scan_char(text, at) != '?')
		return;
	token->len = 2;
	at++;
	if (pattern_scan_char(text, at) == '#') {
		token->kind = PATTERN_ATOM;
		token->len = pattern_scan_behind(text, at, ")") - token->at;
		return;
	}
	token->is_possessive = pattern_scan_char(text, at) == '>';
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (!pattern_scan_has(text, at, groups[i].text))
			continue;
		token->full = groups[i].full;
		token->never = groups[i].never;
		return;
	}
	pattern_scan_options(text, token);
}

/* {n} {n,} {n,m}; anything else is a brace like any character. */
static bool
pattern_scan_braces(struct span text, struct pattern_token *token)
{
	size_t at = token->at + 1, first = at;

	while (pattern_scan_is_digit(pattern_scan_char(text, at)))
		at++;
	if (at == first)
		return false;
	if (pattern_scan_char(text, at) == ',') {
		token->is_unbounded = pattern_scan_char(text, ++at) == '}';
		while (pattern_scan_is_digit(pattern_scan_char(text, at)))
			at++;
	}
	if (pattern_scan_char(text, at) != '}') {
		token->is_unbounded = false;
		return false;
	}
	token->len = at + 1 - token->at;
	return true;
}

static void
pattern_scan_repeat(struct span text, struct pattern_token *token)
{
	char c = text.ptr[token->at];

	if (c == '{' && !pattern_scan_braces(text, token))
		return;
	token->kind = PATTERN_REPEAT;
	if (c == '*' || c == '+')
		token->is_unbounded = true;
	c = pattern_scan_char(text, token->at + token->len);
	token->is_possessive = c == '+';
	if (c == '+' || c == '?')
		token->len++;
}

bool
pattern_scan_next(struct span text, size_t *at, struct pattern_token *ret_token)
{
	struct pattern_token token = { PATTERN_ATOM, *at, 1, false, false, NULL,
		NULL };

	if (*at >= text.len)
		return false;
	switch (text.ptr[*at]) {
	case '\\':
		pattern_scan_escape(text, &token);
		break;
	case '[':
		pattern_scan_class(text, &token);
		break;
	case '(':
		pattern_scan_group(text, &token);
		break;
	case ')':
		token.kind = PATTERN_CLOSE;
		break;
	case '*':
	case '+':
	case '?':
	case '{':
		pattern_scan_repeat(text, &token);
		break;
	default:
		break;
	}
	if (token.len > text.len - token.at)
		token.len = text.len - token.at;
	*at += token.len;
	*ret_token = token;
	return true;
}
