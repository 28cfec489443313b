/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/zone.h"

#include "unit/decode/decoding.h"

static char path[] = "/tmp/integrity-mapping-XXXXXX";

static int
make_path(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd >= 0)
		close(fd);
	return fd >= 0 && chdir(TEST_DATA_DIR) == 0 ? 0 : -1;
}

static int
remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

/* NULL if it is refused; `out` gets the findings. */
static struct mapping *
read_mapping(const char *file, struct buffer *out)
{
	struct diag *diag = diag_new();
	struct mapping *mapping = NULL;

	if (!mapping_read(file, diag, &mapping))
		assert_true(diag_errors(diag) > 0);
	diag_render_human(diag, false, out);
	diag_free(diag);
	return mapping;
}

static struct mapping *
mapping_of(const char *name, const char *text)
{
	struct buffer findings = BUFFER_INIT;
	struct mapping *mapping;
	int fd = open(path, O_WRONLY | O_TRUNC);
	size_t len = strlen(text);

	assert_int_equal(write(fd, text, len), len);
	close(fd);
	mapping = read_mapping(path, &findings);
	if (mapping == NULL)
		testing_fail(name, "%s", buffer_string(&findings));
	buffer_done(&findings);
	return mapping;
}

static const struct {
	const char *name;
	const char *fields; /* of the mapping */
	const char *wanted;
	const char *json;
	const char *want;
} cases[] = {
	{ "a path", "user.id: userId", "user.id", "{\"userId\":\"x\"}",
	    "string x" },
	{ "a nested path", "user.id: u.i", "user.id", "{\"u\":{\"i\":1}}",
	    "int 1" },
	{ "what is not mapped is not seen", "user.id: userId", "userId",
	    "{\"userId\":\"x\"}", "missing" },
	{ "but is a keyword", "user.id: userId", "*", "{\"other\":[\"x\"]}",
	    "string x" },
	{ "blanks in names", "Threat Name: \"the threat\"", "ThreatName",
	    "{\"the threat\":1}", "int 1" },
	{ "one path, two fields", "a: x\n  b: {from: x, lower: true}", "a,b",
	    "{\"x\":\"Q\"}", "string Q; string q" },
	{ "a constant", "a: {const: search}", "a", "{}", "string search" },
	{ "constants of all kinds",
	    "{a: {const: 5}, b: {const: true}, c: {const: 1.5}, "
	    "d: {const: null}, e: {const: \"5\"}}",
	    "a,b,c,d,e", "{}", "int 5; bool true; real 1.5; null; string 5" },
	{ "the first with a value", "a: {from: [x, y, z]}", "a",
	    "{\"x\":null,\"y\":\"\",\"z\":7}", "int 7" },
	{ "in the order of the list", "a: {from: [x, y]}", "a",
	    "{\"y\":2,\"x\":1}", "int 1" },
	{ "else the first there", "a: {from: [x, y, z]}", "a",
	    "{\"y\":null,\"z\":\"\"}", "null" },
	{ "none there", "a: {from: [x, y]}", "a", "{}", "missing" },
	{ "trim", "a: {from: x, trim: true}", "a", "{\"x\":\" a b\\t\\n\"}",
	    "string a b" },
	{ "lower", "a: {from: x, lower: true}", "a",
	    "{\"x\":\"\\u00c4Bc\\u03a3\"}",
	    "string \xc3\xa4"
	    "bc\xcf\x83" },
	{ "prefix in code points", "a: {from: x, prefix: 3}", "a",
	    "{\"x\":\"\\u00e4\\ud83d\\ude00cd\"}",
	    "string \xc3\xa4\xf0\x9f\x98\x80"
	    "c" },
	{ "prefix of a short text", "a: {from: x, prefix: 3}", "a",
	    "{\"x\":\"ab\"}", "string ab" },
	{ "prefix of a number", "a: {from: x, prefix: 3}", "a", "{\"x\":12345}",
	    "string 123" },
	{ "trim, then lower, then prefix",
	    "a: {from: x, prefix: 3, lower: true, trim: true}", "a",
	    "{\"x\":\"  MÜLler\"}", "string m\xc3\xbcl" },
	{ "split", "a: {from: x, split: \",\"}", "a", "{\"x\":\"p1,p2,,p3,\"}",
	    "list[string p1, string p2, string p3]" },
	{ "split and trim", "a: {from: x, split: \";\", trim: true}", "a",
	    "{\"x\":\" p1 ; p2 ; \"}", "list[string p1, string p2]" },
	{ "split by more than a letter", "a: {from: x, split: \" | \"}", "a",
	    "{\"x\":\"p | q|r\"}", "list[string p, string q|r]" },
	{ "split of one", "a: {from: x, split: \",\"}", "a", "{\"x\":\"p1\"}",
	    "list[string p1]" },
	{ "split of nothing", "a: {from: x, split: \",\"}", "a", "{\"x\":\"\"}",
	    "list[]" },
	{ "split of null and missing",
	    "a: {from: x, split: \",\"}\n  b: {from: y, split: \",\"}", "a,b",
	    "{\"x\":null}", "null; missing" },
	{ "split of a list", "a: {from: x, split: \",\", type: integer}", "a",
	    "{\"x\":[\"1,2\",3]}", "list[int 1, int 2, int 3]" },
	{ "options go for each of a list",
	    "a: {from: x.n, lower: true, prefix: 1}", "a",
	    "{\"x\":[{\"n\":\"AB\"},{\"n\":\"CD\"}]}",
	    "list[string a, string c]" },
	{ "integer", "a: {from: x, type: integer}", "a", "{\"x\":\" 2510\"}",
	    "int 2510" },
	{ "integer with zeros", "a: {from: x, type: integer}", "a",
	    "{\"x\":\"007\"}", "int 7" },
	{ "integer of any size", "a: {from: x, type: integer}", "a",
	    "{\"x\":\"-123456789012345678901\"}",
	    "big -123456789012345678901" },
	{ "no integer stays", "a: {from: x, type: integer}", "a",
	    "{\"x\":\"1.5\"}", "string 1.5" },
	{ "number", "a: {from: x, type: number}", "a", "{\"x\":\"1.50\"}",
	    "real 1.5" },
	{ "no number stays", "a: {from: x, type: number}", "a",
	    "{\"x\":\"n/a\"}", "string n/a" },
	{ "string", "a: {from: x, type: string}", "a", "{\"x\":12}",
	    "string 12" },
	{ "boolean",
	    "a: {from: x, type: boolean}\n  b: {from: y, type: boolean}", "a,b",
	    "{\"x\":\"Y\",\"y\":0}", "bool true; bool false" },
	{ "no boolean stays", "a: {from: x, type: boolean}", "a",
	    "{\"x\":\"maybe\"}", "string maybe" },
	{ "an object", "a: {from: x, lower: true, type: string}", "a",
	    "{\"x\":{}}", "object" },
};

static void
test_fields(void **state)
{
	struct buffer text = BUFFER_INIT;
	struct decoding decoding;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buffer_reset(&text);
		buffer_printf(&text, "name: x\nfields:\n  %s\n",
		    cases[i].fields);
		decoding_start(&decoding,
		    mapping_of(cases[i].name, buffer_string(&text)),
		    cases[i].wanted);
		assert_span_equal_in(cases[i].name,
		    decoding_of(&decoding, span_of(cases[i].json)),
		    span_of(cases[i].want));
		decoding_stop(&decoding);
	}
	buffer_done(&text);
}

static void
test_whole_file(void **state)
{
	struct mapping *mapping;
	struct logsource logsource;
	struct zone_civil civil;

	(void)state;
	mapping = mapping_of("whole file",
	    "name: niche-rms\n"
	    "logsource: {product: records, category: audit}\n"
	    "time: {field: when, zone: UTC, local_zone: Europe/London}\n"
	    "fields:\n"
	    "  user.id: userId\n");
	assert_span_equal(mapping_name(mapping), SPAN("niche-rms"));
	logsource = mapping_logsource(mapping);
	assert_span_equal(logsource.product, SPAN("records"));
	assert_span_equal(logsource.category, SPAN("audit"));
	assert_int_equal(logsource.service.len, 0);
	assert_true(mapping_has_field(mapping, SPAN("user.id")));
	assert_true(mapping_has_field(mapping, SPAN("@timestamp")));
	assert_false(mapping_has_field(mapping, SPAN("userId")));
	/* 1 July 2025, noon UTC, is 13:00 in London. */
	zone_to_civil(mapping_local_zone(mapping), INT64_C(1751371200000000),
	    &civil);
	assert_int_equal(civil.hour, 13);
	mapping_free(mapping);
}

static void
test_settings_of_input(void **state)
{
	struct mapping *mapping = mapping_identity();
	struct error err = ERROR_NONE;

	(void)state;
	assert_true(mapping_has_field(mapping, SPAN("anything")));
	assert_false(mapping_set_time(mapping, NULL, "epoch", NULL, &err));
	assert_non_null(strstr(err.text, "epoch_ms"));
	assert_false(mapping_set_time(mapping, NULL, NULL, "Europe/Londn",
	    &err));
	assert_true(mapping_set_time(mapping, "t", "epoch_s", "Europe/London",
	    &err));
	mapping_free(mapping);
}

static void
check_golden(const char *file)
{
	struct buffer got = BUFFER_INIT;
	struct buffer name = BUFFER_INIT;
	struct mapping *mapping = read_mapping(file, &got);
	char *want;
	size_t len;

	if (mapping != NULL)
		testing_fail(file, "was not refused");
	buffer_printf(&name, "%.*s.expected", (int)(strlen(file) - 4), file);
	want = testing_read_data(buffer_string(&name), &len);
	assert_span_equal_in(file, buffer_span(&got), span_make(want, len));
	free(want);
	buffer_done(&got);
	buffer_done(&name);
}

static void
test_mistakes(void **state)
{
	static const char *const suffixes[] = { ".yml", NULL };
	struct file_list files = FILE_LIST_INIT;
	struct error err = ERROR_NONE;

	(void)state;
	assert_true(file_list_collect(&files, "bad_mappings", suffixes, false,
	    &err));
	assert_true(files.count >= 10);
	for (size_t i = 0; i < files.count; i++)
		check_golden(files.paths[i]);
	file_list_done(&files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_whole_file),
		cmocka_unit_test(test_settings_of_input),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
