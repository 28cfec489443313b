/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "text/template.h"

/* Each name in angle brackets; "bad" and "long" are hostile. */
static void
look_up(void *context, const struct template_part *part, struct buffer *out)
{
	size_t i;

	(void)context;
	if (span_is(part->text, "bad"))
		buffer_add(out, "a\n\x1b\xff\x7f\xc2\x85z", 8);
	else if (span_is(part->text, "long"))
		for (i = 0; i < 600; i++)
			buffer_add_string(out, "\xc3\xa9");
	else if (!span_is(part->text, "nothing"))
		buffer_printf(out, "<" SPAN_FMT ">", SPAN_ARG(part->text));
}

static const struct {
	const char *text;
	const char *want; /* NULL: refused at `at` */
	size_t at;
} sentences[] = {
	{ "", "", 0 },
	{ "plain", "plain", 0 },
	{ "{user.id} opened {count}", "<user.id> opened <count>", 0 },
	{ "{a}{b}", "<a><b>", 0 },
	{ "x{nothing}y", "xy", 0 },
	{ "{{literal}} {a}", "{literal} <a>", 0 },
	{ "{{{a}}}", "{<a>}", 0 },
	{ "{ a }", "<a>", 0 },
	{ "{Threat Name}", "<Threat Name>", 0 },
	{ "{bad}",
	    "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	    "\xef\xbf\xbdz",
	    0 },
	{ "a\tb",
	    "a\xef\xbf\xbd"
	    "b",
	    0 },
	{ "say {a", NULL, 4 },
	{ "say {a {b}", NULL, 4 },
	{ "say }", NULL, 4 },
	{ "say {}", NULL, 4 },
	{ "say { }", NULL, 4 },
	{ "{{}", NULL, 2 },
};

static void
test_sentences(void **state)
{
	struct arena *arena = arena_new(4096);
	struct buffer got = BUFFER_INIT;
	struct template template;
	struct error err;
	size_t i, at;
	bool ok;

	(void)state;
	for (i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		err = (struct error)ERROR_NONE;
		buffer_reset(&got);
		at = 0;
		ok = template_parse(arena, span_of(sentences[i].text),
		    &template, &at, &err);
		if (ok != (sentences[i].want != NULL) || at != sentences[i].at)
			testing_fail(sentences[i].text,
			    "got %d at %zu, want %d at %zu", ok, at,
			    sentences[i].want != NULL, sentences[i].at);
		if (!ok)
			continue;
		template_fill(&template, look_up, NULL, &got);
		assert_span_equal_in(sentences[i].text, buffer_span(&got),
		    span_of(sentences[i].want));
	}
	buffer_done(&got);
	arena_free(arena);
}

/* 512 code points fit; of 513 the last that is shown is the ellipsis. */
static void
check_length(size_t letters, const char *want_end)
{
	struct buffer text = BUFFER_INIT, got = BUFFER_INIT;
	struct arena *arena = arena_new(4096);
	struct error err = ERROR_NONE;
	struct template template;
	size_t i, at;

	buffer_add_string(&got, "before ");
	for (i = 0; i < letters; i++)
		buffer_add_string(&text, "\xc3\xa9");
	assert_true(template_parse(arena, buffer_span(&text), &template, &at,
	    &err));
	template_fill(&template, look_up, NULL, &got);
	assert_true(span_starts_with(buffer_span(&got), SPAN("before ")));
	assert_true(span_ends_with(buffer_span(&got), span_of(want_end)));
	assert_int_equal(got.len - strlen("before ") - strlen(want_end),
	    2 * 511);
	buffer_done(&text);
	buffer_done(&got);
	arena_free(arena);
}

static void
test_length(void **state)
{
	(void)state;
	check_length(512, "\xc3\xa9");
	check_length(513, "\xe2\x80\xa6");
	check_length(5000, "\xe2\x80\xa6");
}

static void
test_long_value(void **state)
{
	struct arena *arena = arena_new(4096);
	struct buffer got = BUFFER_INIT;
	struct error err = ERROR_NONE;
	struct template template;
	size_t at;

	(void)state;
	assert_true(template_parse(arena, SPAN("x{long}{a} end"), &template,
	    &at, &err));
	template_fill(&template, look_up, NULL, &got);
	assert_int_equal(got.len, 1 + 2 * 510 + 3);
	assert_true(span_ends_with(buffer_span(&got),
	    SPAN("\xc3\xa9\xe2\x80\xa6")));
	buffer_done(&got);
	arena_free(arena);
}

static void
test_parts(void **state)
{
	struct arena *arena = arena_new(4096);
	struct error err = ERROR_NONE;
	struct template template;
	size_t at;

	(void)state;
	assert_true(template_parse(arena, SPAN("a {{b}} {c} d"), &template, &at,
	    &err));
	assert_int_equal(template.count, 3);
	assert_false(template.parts[0].is_name);
	assert_span_equal(template.parts[0].text, SPAN("a {b} "));
	assert_true(template.parts[1].is_name);
	assert_span_equal(template.parts[1].text, SPAN("c"));
	assert_span_equal(template.parts[2].text, SPAN(" d"));
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_long_value),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests_name("text.template", tests, NULL, NULL);
}
