/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names hashed by a mapping, from a file in another encoding to the alert:
 * equal names are still equal, and none is to be read anywhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "engine/replay.h"
#include "rule/rule_load.h"
#include "support/testing.h"

static char folder[] = "/tmp/test_replay_hashed.XXXXXX";

static const char mapping_text[] =
    "name: hr\n"
    "encoding: windows-1252\n"
    "csv: {delimiter: \";\", header: [when, userId, own, surname, reason]}\n"
    "time: {field: when, format: \"%d.%m.%Y %H:%M\"}\n"
    "hash_key_file: names.key\n"
    "fields:\n"
    "  user.id: userId\n"
    "  actor.surname: {from: own, trim: true, lower: true, hash: true}\n"
    "  subject.surname: {from: surname, trim: true, lower: true, hash: true}\n"
    "  reason.text: reason\n";

/* Both rules show all they see, and the second looks for the name. */
static const char rules_text[] =
    "title: Same surname\n"
    "id: 0d3e2f57-8c1b-4a36-9f4e-6f2a5b1c7d10\n"
    "name: same_surname\n"
    "status: test\n"
    "description: d\n"
    "logsource: {category: record_access}\n"
    "level: low\n"
    "detection:\n"
    "  same: {subject.surname|fieldref: actor.surname}\n"
    "  condition: same\n"
    "integrityd:\n"
    "  sentence: \"{user.id} {actor.surname} {subject.surname} "
    "{reason.text}\"\n"
    "  triage: [why]\n"
    "---\n"
    "title: Keyword\n"
    "id: 0d3e2f57-8c1b-4a36-9f4e-6f2a5b1c7d11\n"
    "name: keyword\n"
    "status: test\n"
    "description: d\n"
    "logsource: {category: record_access}\n"
    "level: low\n"
    "detection:\n"
    "  words: [schr\xc3\xb6"
    "der, \"*schr*\", grund]\n"
    "  condition: words\n";

/* In windows-1252, with umlauts and a euro sign. */
#define ROW                                                                    \
	"02.03.2026 21:14;P1; SCHR\xd6"                                        \
	"DER;Schr\xf6"                                                         \
	"der;2,5 \x80"
static const char rows[] = ROW "\r\n"
			       "02.03.2026 21:15;P2;M\xfcller;Schr\xf6"
			       "der;grund\r\n";

static char *
write_file(const char *name, const char *text)
{
	struct buffer path = BUFFER_INIT;
	char *copy;
	FILE *file;

	buffer_printf(&path, "%s/%s", folder, name);
	copy = mem_strdup(buffer_string(&path));
	buffer_done(&path);
	file = fopen(copy, "w");
	assert_non_null(file);
	assert_int_equal(chmod(copy, 0600), 0);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return copy;
}

static void
note(void *context, const struct port_output *output)
{
	buffer_add_span(context, output->value);
	buffer_add_char(context, '\n');
}

static struct rule_set *
load(const char *path)
{
	const char *const paths[] = { path };
	struct rule_load_options options = { .paths = paths, .path_count = 1 };
	struct rule_load_result result = { 0 };
	struct buffer findings = BUFFER_INIT;
	struct diag *diag = diag_new();

	if (!rule_load(&options, diag, &result)) {
		diag_render_human(diag, false, &findings);
		testing_fail("rules", "%s", buffer_string(&findings));
	}
	diag_free(diag);
	return result.rules;
}

static void
replay(const char *rules, const char *mapping_path, const char *file,
    struct buffer *out)
{
	const char *const files[] = { file };
	struct diag *diag = diag_new();
	struct mapping *mapping = NULL;
	struct replay_options options = {
		.files = files,
		.file_count = 1,
		.lateness_us = 60 * INT64_C(1000000),
		.record_bytes = 1024 * 1024,
	};
	struct engine_counters counters;
	struct error err = ERROR_NONE;

	assert_true(mapping_read(mapping_path, diag, &mapping));
	options.mapping = mapping;
	assert_true(replay_run(load(rules), &options, note, out, &counters,
	    &err));
	assert_int_equal(counters.records, 2);
	assert_int_equal(counters.rejected, 0);
	mapping_free(mapping);
	diag_free(diag);
}

static void
check_has(struct span text, struct span part, bool want)
{
	if ((span_find(text, part) >= 0) != want)
		testing_fail("alerts", SPAN_FMT " %s in " SPAN_FMT,
		    SPAN_ARG(part), want ? "is not" : "is", SPAN_ARG(text));
}

static void
test_hashed(void **state)
{
	char *rules = write_file("r.yml", rules_text);
	char *mapping = write_file("m.yml", mapping_text);
	char *key = write_file("names.key", "0123456789abcdef\n");
	char *file = write_file("d.csv", rows);
	struct buffer out = BUFFER_INIT, digest = BUFFER_INIT;
	uint8_t sha256[HASH_SHA256_LEN];
	struct span got;

	(void)state;
	replay(rules, mapping, file, &out);
	got = buffer_span(&out);
	check_has(got, SPAN("\"name\":\"same_surname\""), true);
	/* printf 'schr\303\266der' | openssl dgst -sha256 -hmac ... */
	check_has(got,
	    SPAN("P1 h:47b8e5d0485f4b41841dafcdee0d2760 "
		 "h:47b8e5d0485f4b41841dafcdee0d2760 2,5 \xe2\x82\xac"),
	    true);
	/* By the word in the second row, not by a name in the first. */
	check_has(got, SPAN("\"name\":\"keyword\""), true);
	check_has(got, SPAN("keyword: user.id=P1"), false);
	check_has(got, SPAN("der"), false);
	check_has(got, SPAN("DER"), false);
	check_has(got, SPAN("ller"), false);
	/* The evidence is the row as it stands in the file. */
	hash_sha256(SPAN(ROW), sha256);
	for (size_t i = 0; i < sizeof(sha256); i++)
		buffer_printf(&digest, "%02x", sha256[i]);
	check_has(got, buffer_span(&digest), true);
	buffer_done(&out);
	buffer_done(&digest);
	mem_free(rules);
	mem_free(mapping);
	mem_free(key);
	mem_free(file);
}

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int
remove_folder(void **state)
{
	static const char *const names[] = { "r.yml", "m.yml", "names.key",
		"d.csv" };
	struct buffer path = BUFFER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		buffer_reset(&path);
		buffer_printf(&path, "%s/%s", folder, names[i]);
		(void)unlink(buffer_string(&path));
	}
	buffer_done(&path);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashed),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
