/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a configuration are quoted without the secrets in them. */
#include "base/mem.h"
#include "support/testing.h"
#include "text/diag.h"

static const struct {
	const char *line, *want;
} cases[] = {
	{ "    sasl.password: hunter2", "    sasl.password: *******" },
	{ "  librdkafka: {sasl.password: hunter2, a: b}",
	    "  librdkafka: {sasl.password: *******, a: b}" },
	{ "  librdkafka: {\"sasl.password\": 'h,2}', a: b}",
	    "  librdkafka: {\"sasl.password\": ******, a: b}" },
	{ "  x: {sasl.password: \"a\\\"b\", y: 1}",
	    "  x: {sasl.password: ******, y: 1}" },
	{ "sasl_password : a b # c", "sasl_password : *******" },
	{ "ssl.key.pem: MIIE\xc3\xa9", "ssl.key.pem: *****" },
	{ "sasl.oauthbearer.client.secret: x",
	    "sasl.oauthbearer.client.secret: *" },
	{ "SASL.PASSWORD: x", "SASL.PASSWORD: *" },
	/* Not JSON, not YAML. */
	{ "{sasl.password: hunter2", "{sasl.password: *******" },
	{ "sasl.password: \"hunter2", "sasl.password: ********" },
	/* Where it is may be told. */
	{ "sasl_password_file: ../pw", "sasl_password_file: ../pw" },
	{ "ssl.key.location: k.pem", "ssl.key.location: k.pem" },
	{ "sasl.username: password", "sasl.username: password" },
	{ "password", "password" },
	{ "", "" },
};

static void
test_mask(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct diag *diag = diag_new();
		struct buffer out = BUFFER_INIT, want = BUFFER_INIT;
		const struct diag_source *source;

		diag_hide_secrets(diag, true);
		source = diag_add_source(diag, "c.yaml",
		    span_of(cases[i].line));
		diag_at(diag, diag_source_place(source, 0, 1), "IR0103", "x");
		diag_render_human(diag, false, &out);
		buffer_printf(&want, "1 |%s%s\n", cases[i].want[0] ? " " : "",
		    cases[i].want);
		if (strstr(buffer_string(&out), buffer_string(&want)) == NULL)
			testing_fail(cases[i].line, "got %s, want %s",
			    buffer_string(&out), buffer_string(&want));
		buffer_done(&out);
		buffer_done(&want);
		diag_free(diag);
	}
}

/* Rules may well speak of passwords. */
static void
test_others_are_shown(void **state)
{
	struct diag *diag = diag_new();
	struct buffer out = BUFFER_INIT;
	const struct diag_source *source = diag_add_source(diag, "r.yml",
	    SPAN("password: reset"));

	(void)state;
	diag_at(diag, diag_source_place(source, 0, 1), "IR0103", "x");
	diag_render_human(diag, false, &out);
	assert_non_null(strstr(buffer_string(&out), "1 | password: reset\n"));
	buffer_done(&out);
	diag_free(diag);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_others_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
