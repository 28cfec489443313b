/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/fold.h"

#include "text/yaml_internal.h"

#define YAML_FILE_MAX (16 * 1024 * 1024)

/* c-printable and the byte order mark, YAML 1.2.2, 5.1. */
static bool
yaml_is_printable(uint32_t c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n' || c == '\r' ||
	    c == 0x85 || (c >= 0xa0 && c < 0xfffe) || c > 0xffff;
}

/*
 * libfyaml drops what stands behind a NUL or a bad byte without a word, so
 * this must not depend on it.
 */
static bool
yaml_check_text(struct diag *diag, const struct diag_source *source)
{
	struct span rest = diag_source_text(source);
	const char *start = rest.ptr;
	uint32_t code_point;
	unsigned used;

	while (rest.len > 0) {
		used = fold_decode(rest, &code_point);
		if (used == 0) {
			diag_at(diag,
			    diag_source_place(source,
				(size_t)(rest.ptr - start), 1),
			    "IR0106", "the byte 0x%02X is not UTF-8",
			    (unsigned char)rest.ptr[0]);
			return false;
		}
		if (!yaml_is_printable(code_point)) {
			diag_at(diag,
			    diag_source_place(source,
				(size_t)(rest.ptr - start), used),
			    "IR0103",
			    "the character U+%04X is not allowed in YAML",
			    code_point);
			diag_help(diag,
			    "write it as \"\\u%04X\", in double "
			    "quotes",
			    code_point);
			return false;
		}
		rest = span_make(rest.ptr + used, rest.len - used);
	}
	return true;
}

bool
yaml_parse(struct arena *arena, struct diag *diag, const char *path,
    struct span text, const struct yaml_node *const **ret_documents,
    size_t *ret_count)
{
	const struct diag_source *source = diag_add_source(diag, path, text);

	return yaml_check_text(diag, source) &&
	    yaml_build(arena, diag, source, ret_documents, ret_count);
}

static bool
yaml_read_failed(struct diag *diag, const char *path, const char *code,
    const char *why)
{
	struct diag_place place = { NULL, 0, 0, 0 };

	place.source = diag_add_source(diag, path, SPAN_NONE);
	diag_at(diag, place, code, "%s", why);
	return false;
}

bool
yaml_read(struct arena *arena, struct diag *diag, const char *path,
    const struct yaml_node *const **ret_documents, size_t *ret_count)
{
	struct buffer text = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct stat status;
	bool ok;

	if (stat(path, &status) != 0)
		return yaml_read_failed(diag, path, "IR0104", strerror(errno));
	if (S_ISDIR(status.st_mode))
		return yaml_read_failed(diag, path, "IR0104",
		    "a folder, not a file");
	if (status.st_size > YAML_FILE_MAX)
		return yaml_read_failed(diag, path, "IR0105",
		    "larger than the limit of 16 MiB");
	if (!file_read(path, YAML_FILE_MAX, &text, &err)) {
		buffer_done(&text);
		return yaml_read_failed(diag, path, "IR0104", err.text);
	}
	ok = yaml_parse(arena, diag, path, buffer_span(&text), ret_documents,
	    ret_count);
	buffer_done(&text);
	return ok;
}

const struct yaml_pair *
yaml_find(const struct yaml_node *map, const char *key)
{
	size_t i;

	if (map == NULL || map->kind != YAML_MAP)
		return NULL;
	for (i = 0; i < map->count; i++)
		if (span_is(map->pairs[i].key->text, key))
			return &map->pairs[i];
	return NULL;
}

const struct yaml_node *
yaml_get(const struct yaml_node *map, const char *key)
{
	const struct yaml_pair *pair = yaml_find(map, key);

	return pair == NULL ? NULL : pair->value;
}

bool
yaml_is_scalar(const struct yaml_node *node)
{
	return node->kind != YAML_LIST && node->kind != YAML_MAP;
}

const char *
yaml_kind_name(enum yaml_kind kind)
{
	static const char *const names[] = { [YAML_NULL] = "null",
		[YAML_BOOL] = "a boolean",
		[YAML_INT] = "an integer",
		[YAML_REAL] = "a decimal number",
		[YAML_STRING] = "a string",
		[YAML_LIST] = "a list",
		[YAML_MAP] = "a map" };

	return names[kind];
}

bool
yaml_is_ambiguous(const struct yaml_node *node)
{
	return yaml_is_scalar(node) && !node->is_quoted &&
	    yaml_scalar_is_ambiguous(node->text);
}

static bool
yaml_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static size_t
yaml_skip_space(struct span text, size_t at)
{
	while (at < text.len && yaml_is_space(text.ptr[at]))
		at++;
	return at;
}

/* What an escape of two characters stands for, 0 if it is another kind. */
static char
yaml_unescape(char c)
{
	static const char escapes[] = "\"\"\\\\//n\nt\tr\r0\0a\ab\bv\vf\fe\033";
	size_t i;

	for (i = 0; i + 1 < sizeof(escapes); i += 2)
		if (escapes[i] == c)
			return escapes[i + 1];
	return '\0';
}

/*
 * The byte of `raw` (as in the file) that stands for text[offset].  False if
 * the two do not run alike.
 */
static bool
yaml_locate(struct span raw, struct span text, size_t offset, char quote,
    size_t *ret_at)
{
	size_t i = 0, at = 0;

	for (;;) {
		if (i < text.len && yaml_is_space(text.ptr[i])) {
			if (i == offset)
				break;
			while (i < offset && yaml_is_space(text.ptr[i]))
				i++;
			at = yaml_skip_space(raw, at);
			continue;
		}
		if (at < raw.len && yaml_is_space(raw.ptr[at]))
			at = yaml_skip_space(raw, at);
		if (i == offset)
			break;
		if (at >= raw.len)
			return false;
		if (quote == '"' && raw.ptr[at] == '\\' && at + 1 < raw.len &&
		    yaml_unescape(raw.ptr[at + 1]) == text.ptr[i])
			at += 2;
		else if (quote == '\'' && raw.ptr[at] == '\'' &&
		    text.ptr[i] == '\'')
			at += 2;
		else if (raw.ptr[at] == text.ptr[i])
			at++;
		else
			return false;
		i++;
	}
	*ret_at = at;
	return at <= raw.len;
}

struct diag_place
yaml_place_in(const struct yaml_node *node, size_t offset, size_t len)
{
	struct span raw;
	size_t start, at;
	char quote = '\0';

	if (node->place.source == NULL || !yaml_is_scalar(node) ||
	    offset > node->text.len)
		return node->place;
	raw = diag_source_text(node->place.source);
	start = diag_source_offset(node->place);
	raw = span_make(raw.ptr + start, raw.len - start);
	/* A block scalar may begin with a quote, too: try that first. */
	if (yaml_locate(raw, node->text, offset, quote, &at) &&
	    (!node->is_quoted || node->text.len == 0 || raw.len == 0 ||
		raw.ptr[0] == node->text.ptr[0] ||
		yaml_is_space(node->text.ptr[0])))
		return diag_source_place(node->place.source, start + at, len);
	if (!node->is_quoted || raw.len == 0)
		return node->place;
	quote = raw.ptr[0];
	raw = span_make(raw.ptr + 1, raw.len - 1);
	if (!yaml_locate(raw, node->text, offset, quote, &at))
		return node->place;
	return diag_source_place(node->place.source, start + 1 + at, len);
}
