/* SPDX-License-Identifier: Apache-2.0 */
/* Token files, and files of credentials that change. */
#include "support/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "kafka/credential.h"

/* The parts were made by coreutils' basenc --base64url. */
#define HEADER "eyJhbGciOiJub25lIn0"
/* {"sub":"svc","exp":1772486047} */
#define CLAIMS "eyJzdWIiOiJzdmMiLCJleHAiOjE3NzI0ODYwNDd9"
/* {"sub":"svc"} */
#define ENDLESS "eyJzdWIiOiJzdmMifQ"

static const struct {
	const char *name, *text, *want_subject;
	int64_t want_ms; /* -1: refused */
} cases[] = {
	{ "a token", HEADER "." CLAIMS ".c2ln", "svc", 1772486047000 },
	{ "a line end behind it", HEADER "." CLAIMS ".c2ln\n", "svc",
	    1772486047000 },
	{ "unsigned", HEADER "." CLAIMS ".", "svc", 1772486047000 },
	{ "without an end", HEADER "." ENDLESS ".c2ln", NULL, -1 },
	{ "no base64", HEADER ".!!!!.c2ln", NULL, -1 },
	{ "one part", "secret-text", NULL, -1 },
	{ "empty", "", NULL, -1 },
};

static void
write_text(const char *path, const char *text)
{
	char aside[300];
	FILE *file;

	snprintf(aside, sizeof(aside), "%s.new", path);
	file = fopen(aside, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(rename(aside, path), 0);
}

static char folder[] = "/tmp/integrity-credential-XXXXXX";
static char path[100];

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void
test_token(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buffer token = BUFFER_INIT, subject = BUFFER_INIT;
		struct error err = ERROR_NONE;
		int64_t got_ms = -1;
		bool ok;

		write_text(path, cases[i].text);
		ok = kafka_credential_token(path, &token, &subject, &got_ms,
		    &err);
		if (!ok)
			got_ms = -1;
		if (got_ms != cases[i].want_ms ||
		    (ok &&
			strcmp(buffer_string(&subject),
			    cases[i].want_subject) != 0))
			testing_fail(cases[i].name, "got %lld %s, want %lld",
			    (long long)got_ms, buffer_string(&subject),
			    (long long)cases[i].want_ms);
		if (!ok)
			assert_null(strstr(err.text, "secret-text"));
		buffer_done(&token);
		buffer_done(&subject);
	}
}

/* Once it lies still; not for another time of the same text. */
static void
test_changes(void **state)
{
	const struct kafka_secret secret = { "sasl.password", path };
	const struct kafka_options options = { .bootstrap = "127.0.0.1:1",
		.group = "g",
		.instance = "i",
		.secrets = &secret,
		.secret_count = 1 };
	struct kafka_credentials *credentials;
	int64_t now_us = clock_monotonic_us();
	static const struct {
		const char *text; /* NULL: left alone */
		bool want;
	} looks[] = {
		{ NULL, false },
		{ "two", false }, /* may still be on its way */
		{ NULL, true },
		{ NULL, false },
		{ "two", false }, /* the same again */
		{ NULL, false },
		{ "three", false },
		{ "four", false },
		{ NULL, true },
		{ NULL, false },
	};

	(void)state;
	write_text(path, "one");
	credentials = kafka_credentials_new(&options);
	for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++) {
		if (looks[i].text != NULL)
			write_text(path, looks[i].text);
		now_us += 2 * CLOCK_US_PER_S;
		/* Between two looks nothing is done. */
		assert_int_equal(kafka_credentials_changed(credentials, now_us),
		    looks[i].want);
		assert_false(kafka_credentials_changed(credentials,
		    now_us + 1));
	}
	kafka_credentials_free(credentials);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_changes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
