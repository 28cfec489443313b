/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "text/suggest.h"
#include "text/timespan.h"

#include "ctl/ctl.h"

const char *const ctl_color_words[] = { "auto", "always", "never", NULL };

void
ctl_strings_add(struct ctl_strings *strings, const char *item)
{
	strings->items = mem_grow(strings->items, &strings->cap,
	    strings->count + 1, sizeof(*strings->items));
	strings->items[strings->count++] = item;
}

void
ctl_strings_done(struct ctl_strings *strings)
{
	mem_free(strings->items);
	*strings = (struct ctl_strings){ 0 };
}

static bool
usage(const struct ctl_verb *verb, const char *format, const char *what,
    const char *suggestion)
{
	fprintf(stderr, "integrityctl %s: ", verb->name);
	fprintf(stderr, format, what);
	if (suggestion != NULL)
		fprintf(stderr, ", did you mean %s?", suggestion);
	fprintf(stderr, "\nTry `integrityctl %s --help`.\n", verb->name);
	return false;
}

static const struct ctl_option *
find_option(const struct ctl_verb *verb, const char *name, size_t len)
{
	for (size_t i = 0; i < verb->option_count; i++) {
		const struct ctl_option *option = &verb->options[i];

		if (strlen(option->name) == len &&
		    memcmp(option->name, name, len) == 0)
			return option;
		if (len == 2 && name[0] == '-' && option->letter != 0 &&
		    name[1] == option->letter)
			return option;
	}
	return NULL;
}

static bool
unknown_option(const struct ctl_verb *verb, const char *name, size_t len)
{
	const char **names = mem_array(verb->option_count + 1, sizeof(*names));
	char *copy = span_strdup(span_make(name, len));
	const char *nearest;

	for (size_t i = 0; i < verb->option_count; i++)
		names[i] = verb->options[i].name;
	nearest = suggest_nearest(span_of(copy), names, verb->option_count);
	(void)usage(verb, "unknown option %s", copy, nearest);
	mem_free(copy);
	mem_free(names);
	return false;
}

static bool
set_uint(const char *text, uint64_t *into)
{
	char *end;

	errno = 0;
	*into = strtoull(text, &end, 10);
	return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0';
}

static bool
set_choice(const struct ctl_option *option, const char *text, int *into)
{
	for (int i = 0; option->words[i] != NULL; i++) {
		if (strcmp(option->words[i], text) == 0) {
			*into = i;
			return true;
		}
	}
	return false;
}

/* False if the text is no value of that type. */
static bool
set_option(const struct ctl_option *option, const char *text, char *into)
{
	struct error err = ERROR_NONE;
	void *at = into + option->offset;

	switch (option->type) {
	case CTL_FLAG:
		*(bool *)at = true;
		return true;
	case CTL_STRING:
		*(const char **)at = text;
		return true;
	case CTL_STRINGS:
		ctl_strings_add(at, text);
		return true;
	case CTL_DURATION:
		return timespan_parse(span_of(text), at, &err);
	case CTL_UINT:
		return set_uint(text, at);
	case CTL_CHOICE:
		return set_choice(option, text, at);
	}
	return false;
}

static bool
bad_value(const struct ctl_verb *verb, const struct ctl_option *option,
    const char *text)
{
	struct buffer words = BUFFER_INIT;

	if (option->type == CTL_CHOICE) {
		for (int i = 0; option->words[i] != NULL; i++)
			buffer_printf(&words, "%s%s", i > 0 ? "|" : "",
			    option->words[i]);
	} else {
		buffer_add_string(&words, option->argument);
	}
	fprintf(stderr, "integrityctl %s: %s takes %s, not `%s`\n", verb->name,
	    option->name, buffer_string(&words), text);
	buffer_done(&words);
	return false;
}

static bool
parse_option(const struct ctl_verb *verb, int argc, char **argv, int *at,
    void *into)
{
	const char *word = argv[*at];
	const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
	size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);
	const struct ctl_option *option = find_option(verb, word, len);
	const char *value;

	if (option == NULL)
		return unknown_option(verb, word, len);
	if (option->type == CTL_FLAG)
		return set_option(option, NULL, into);
	if (equals != NULL)
		value = equals + 1;
	else if (*at + 1 < argc)
		value = argv[++*at];
	else
		return usage(verb, "%s needs a value", option->name, NULL);
	if (!set_option(option, value, into))
		return bad_value(verb, option, value);
	return true;
}

bool
ctl_parse(const struct ctl_verb *verb, int argc, char **argv, void *into,
    struct ctl_strings *rest)
{
	bool only_rest = false;

	for (int i = 1; i < argc; i++) {
		if (!only_rest && strcmp(argv[i], "--") == 0) {
			only_rest = true;
		} else if (only_rest || argv[i][0] != '-' ||
		    argv[i][1] == '\0') {
			if (rest == NULL)
				return usage(verb, "unexpected argument `%s`",
				    argv[i], NULL);
			ctl_strings_add(rest, argv[i]);
		} else if (!parse_option(verb, argc, argv, &i, into)) {
			return false;
		}
	}
	return true;
}

void
ctl_help(const struct ctl_verb *verb)
{
	char left[64];

	printf("Usage: integrityctl %s %s\n\n%s.\n", verb->name,
	    verb->arguments, verb->summary);
	if (verb->option_count > 0)
		printf("\n");
	for (size_t i = 0; i < verb->option_count; i++) {
		const struct ctl_option *option = &verb->options[i];
		char letter[8] = "    ";

		if (option->letter != 0)
			(void)snprintf(letter, sizeof(letter), "-%c, ",
			    option->letter);
		(void)snprintf(left, sizeof(left), "%s%s%s%s", letter,
		    option->name, option->argument != NULL ? " " : "",
		    option->argument != NULL ? option->argument : "");
		printf("  %-28s %s\n", left, option->doc);
	}
}

bool
ctl_use_color(int color, int fd)
{
	const char *no_color = getenv("NO_COLOR");

	if (color != CTL_COLOR_AUTO)
		return color == CTL_COLOR_ALWAYS;
	return isatty(fd) && (no_color == NULL || *no_color == '\0');
}

bool
ctl_print(struct buffer *buffer, int fd)
{
	size_t done = 0;
	bool ok;

	while (done < buffer->len) {
		ssize_t wrote = write(fd, buffer->ptr + done,
		    buffer->len - done);

		if (wrote < 0 && errno != EINTR)
			break;
		if (wrote > 0)
			done += (size_t)wrote;
	}
	ok = done == buffer->len;
	buffer_done(buffer);
	return ok;
}

void
ctl_print_diag(const struct diag *diag, enum ctl_format format, int color)
{
	struct buffer out = BUFFER_INIT;
	int fd = format == CTL_HUMAN ? STDERR_FILENO : STDOUT_FILENO;

	if (format == CTL_HUMAN)
		diag_render_human(diag, ctl_use_color(color, fd), &out);
	else
		diag_render_ndjson(diag, &out);
	ctl_print(&out, fd);
}
