/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testing.h"

#include "kafka/kafka.h"

static const struct {
	const char *name;
	struct kafka_setting setting;
	const char *want; /* part of the message; NULL: accepted */
} cases[] = {
	{ "a setting of both", { "socket.keepalive.enable", "true" }, NULL },
	{ "a producer's setting", { "linger.ms", "20" }, NULL },
	{ "a consumer's setting", { "session.timeout.ms", "9000" }, NULL },
	{ "unknown", { "sesion.timeout.ms", "1" }, "sesion.timeout.ms" },
	{ "not a number", { "linger.ms", "soon" }, "linger.ms" },
	{ "out of range", { "socket.timeout.ms", "1" }, "socket.timeout.ms" },
	{ "ours", { "isolation.level", "read_uncommitted" },
	    "isolation.level is integrityd's own" },
	{ "ours, by its other name", { "metadata.broker.list", "x:1" },
	    "metadata.broker.list is integrityd's own" },
	{ "loads code", { "plugin.library.paths", "evil" },
	    "plugin.library.paths is integrityd's own" },
	{ "librdkafka's tests", { "test.mock.num.brokers", "1" },
	    "test.mock.num.brokers is for librdkafka's own tests" },
};

static void
test_settings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct kafka_options options = {
			.bootstrap = "127.0.0.1:1",
			.group = "unit",
			.instance = "unit-1",
			.settings = &cases[i].setting,
			.setting_count = 1,
		};
		struct kafka *kafka = NULL;
		struct error err = ERROR_NONE;
		bool ok = kafka_new(&options, &kafka, &err);

		if (ok != (cases[i].want == NULL))
			testing_fail(cases[i].name, "got %s (%s)",
			    ok ? "accepted" : "refused", err.text);
		if (!ok && cases[i].want != NULL &&
		    strstr(err.text, cases[i].want) == NULL)
			testing_fail(cases[i].name, "got \"%s\", want \"%s\"",
			    err.text, cases[i].want);
		kafka_free(kafka);
	}
}

/* Where no broker is, start-up says so and ends. */
static void
test_no_broker(void **state)
{
	const struct kafka_setting setting = { "socket.timeout.ms", "1000" };
	const struct kafka_options options = { .bootstrap = "127.0.0.1:1",
		.group = "unit",
		.instance = "unit-1",
		.settings = &setting,
		.setting_count = 1 };
	struct kafka *kafka = NULL;
	struct error err = ERROR_NONE;
	bool is_producer_time;

	(void)state;
	assert_true(kafka_new(&options, &kafka, &err));
	assert_false(kafka_input_check(kafka, "audit", &is_producer_time,
	    &err));
	assert_non_null(strstr(err.text,
	    "no Kafka broker answers at 127.0.0.1:1"));
	kafka_free(kafka);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_no_broker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
