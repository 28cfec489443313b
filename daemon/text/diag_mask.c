/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of a configuration without the secrets that should not stand in it:
 * messages end up in logs and tickets.  It works on the text, because what is
 * quoted may be no YAML at all.
 */
#include "text/diag_internal.h"

static const char *const secretive[] = { "password", "passwd", "passphrase",
	"secret", "token", "credential", "jaas", "oauthbearer.config", ".pem" };

/* These tell where it is. */
static const char *const harmless[] = { "file", "location", "url" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static bool
is_secretive(struct span key)
{
	bool found = false;

	for (size_t i = 0; i < COUNT(secretive); i++)
		for (size_t at = 0; !found && at < key.len; at++)
			found = key.len - at >= strlen(secretive[i]) &&
			    strncasecmp(key.ptr + at, secretive[i],
				strlen(secretive[i])) == 0;
	for (size_t i = 0; i < COUNT(harmless); i++)
		if (span_ends_with(key, span_of(harmless[i])))
			return false;
	return found;
}

/* Where the value that begins at `at` ends. */
static size_t
value_end(struct span line, size_t at, bool is_flow)
{
	char quote = line.ptr[at];

	if (quote == '"' || quote == '\'') {
		for (at++; at < line.len && line.ptr[at] != quote; at++)
			if (line.ptr[at] == '\\' && quote == '"' &&
			    at + 1 < line.len)
				at++;
		return at < line.len ? at + 1 : at;
	}
	while (at < line.len &&
	    !(is_flow && (line.ptr[at] == ',' || line.ptr[at] == '}')))
		at++;
	return at;
}

/* The value behind a key that ends at `at`; `line.len` if there is none. */
static size_t
value_start(struct span line, size_t at)
{
	if (at < line.len && (line.ptr[at] == '"' || line.ptr[at] == '\''))
		at++;
	while (at < line.len && line.ptr[at] == ' ')
		at++;
	if (at == line.len || line.ptr[at] != ':')
		return line.len;
	for (at++; at < line.len && line.ptr[at] == ' ';)
		at++;
	return at;
}

/* One star for each code point, so that columns stay. */
static void
add_stars(struct span value, struct buffer *out)
{
	for (size_t i = diag_columns(value); i > 0; i--)
		buffer_add_char(out, '*');
}

void
diag_mask(struct span line, struct buffer *out)
{
	bool is_flow = false;
	size_t at = 0, start, end;

	while (at < line.len) {
		size_t key = at;

		while (at < line.len && is_key_char(line.ptr[at]))
			at++;
		if (at == key) {
			is_flow |= line.ptr[at] == '{';
			buffer_add_char(out, line.ptr[at++]);
			continue;
		}
		start = line.len;
		if (is_secretive(span_make(line.ptr + key, at - key)))
			start = value_start(line, at);
		end = start < line.len ? value_end(line, start, is_flow) : at;
		if (start == line.len)
			start = at;
		buffer_add(out, line.ptr + key, start - key);
		add_stars(span_make(line.ptr + start, end - start), out);
		at = end;
	}
}
