/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of a producer after a request failed: the mock cluster fails
 * them on demand.
 */
#include "unit/kafka/harness.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#define TOPIC "audit"

/* Keys of the Kafka protocol. */
#define ADD_OFFSETS_TO_TXN 25
#define END_TXN 26
#define TXN_OFFSET_COMMIT 28

static const struct {
	const char *name;
	int16_t key;
	rd_kafka_resp_err_t error;
	enum port_outcome want;
	uint64_t want_producers; /* after the next transaction, at least */
} cases[] = {
	/* Repeated by librdkafka without a word; a stray may be under way. */
	{ "the connection falls at the end", END_TXN,
	    RD_KAFKA_RESP_ERR__TRANSPORT, PORT_OK, 2 },
	/* Cleanly aborted: the producer stays. */
	{ "the group has a new generation", TXN_OFFSET_COMMIT,
	    RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, PORT_ABORTED, 1 },
	{ "the member is unknown", TXN_OFFSET_COMMIT,
	    RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, PORT_ABORTED, 1 },
	{ "another member has the name", TXN_OFFSET_COMMIT,
	    RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, PORT_ABORTED, 1 },
	{ "another producer has the name", END_TXN,
	    RD_KAFKA_RESP_ERR_PRODUCER_FENCED, PORT_FENCED, 2 },
	{ "another producer, told earlier", ADD_OFFSETS_TO_TXN,
	    RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, PORT_FENCED, 2 },
	/* The end may have been seen or not. */
	{ "the end is refused", END_TXN, RD_KAFKA_RESP_ERR_UNKNOWN,
	    PORT_UNKNOWN, 2 },
};

struct cluster {
	rd_kafka_t *client;
	rd_kafka_mock_cluster_t *mock;
};

static struct cluster
start(void)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	struct cluster cluster;
	char reason[256];

	rd_kafka_conf_set(conf, "log_level", "0", reason, sizeof(reason));
	cluster.client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason,
	    sizeof(reason));
	assert_non_null(cluster.client);
	cluster.mock = rd_kafka_mock_cluster_new(cluster.client, 1);
	assert_non_null(cluster.mock);
	rd_kafka_mock_topic_create(cluster.mock, TOPIC, 1, 1);
	for (int i = 0; i < PORT_TOPIC_COUNT; i++)
		rd_kafka_mock_topic_create(cluster.mock, kafka_topic_names[i],
		    1, 1);
	return cluster;
}

static void
submit(struct kafka *kafka, struct core *core)
{
	struct port_output output = { PORT_TOPIC_ALERTS, SPAN_NONE,
		SPAN("alert") };

	core_submit(core, &output, 1, NULL);
	WAIT_UNTIL(kafka, core->answered == core->number);
}

static void
test_doubt(void **state)
{
	struct cluster cluster = start();
	const char *bootstrap = rd_kafka_mock_cluster_bootstraps(cluster.mock);
	struct kafka *kafka = kafka_at(bootstrap);
	struct kafka_counters before, after;
	struct core core = { 0 };

	(void)state;
	feed_numbers_at(bootstrap, TOPIC, 1, 10);
	core_open(&core, kafka, TOPIC, 60, 0);
	core.source.want(core.source.port);
	WAIT_UNTIL(kafka, core.held != NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		submit(kafka, &core); /* a producer beyond its first */
		assert_int_equal(core.outcome, PORT_OK);
		kafka_counters(kafka, &before);
		rd_kafka_mock_push_request_errors(cluster.mock, cases[i].key, 1,
		    cases[i].error);
		submit(kafka, &core);
		if (core.outcome != cases[i].want)
			testing_fail(cases[i].name, "got %d (%s), want %d",
			    (int)core.outcome, core.answer.text,
			    (int)cases[i].want);
		submit(kafka, &core);
		kafka_counters(kafka, &after);
		if (after.producers - before.producers !=
		    cases[i].want_producers - 1)
			testing_fail(cases[i].name,
			    "got %d new producers, want %d",
			    (int)(after.producers - before.producers),
			    (int)(cases[i].want_producers - 1));
	}
	core_release(&core);
	kafka_free(kafka);
	rd_kafka_mock_cluster_destroy(cluster.mock);
	rd_kafka_destroy(cluster.client);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
