/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>
#include <stdio.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include "kafka/limits.h"
#include "kafka/transaction.h"
#include "kafka/worker.h"

#define TRANSACTION_MAGIC 0x5478616eu

/* An open transaction holds back all readers of the alerts behind it. */
#define TRANSACTION_MS 10000
#define SLOW_US CLOCK_US_PER_S
#define FULL_RETRIES 30
#define BATCH_BYTES 1000000 /* librdkafka's own default */

struct kafka_transaction {
	uint32_t magic;
	struct kafka *kafka;
	rd_kafka_t *client; /* NULL: to be made */
	rd_kafka_topic_t *topics[PORT_TOPIC_COUNT];
	/* Connections that fell and requests that timed out; librdkafka's
	 * threads count. */
	atomic_uint troubles;
	unsigned generation; /* of the credentials it was made with */
	size_t batch_bytes;  /* its limit; 0: none known */
	bool is_single;	     /* no batches of records */
	bool is_first;	     /* this producer's first transaction */
	int64_t begun_us;
};

/* Their log lines are the only sign that comes in time. */
static void
count_troubles(const rd_kafka_t *client, int level, const char *facility,
    const char *text)
{
	struct kafka_transaction *transaction = CHECK_CAST(kafka_transaction,
	    TRANSACTION_MAGIC, rd_kafka_opaque(client));

	if (strcmp(facility, "FAIL") == 0 || strcmp(facility, "REQTMOUT") == 0)
		atomic_fetch_add(&transaction->troubles, 1);
	kafka_client_log(client, level, facility, text);
}

struct kafka_transaction *
kafka_transaction_new(struct kafka *kafka)
{
	struct kafka_transaction *transaction = mem_zalloc(
	    sizeof(*transaction));

	transaction->magic = TRANSACTION_MAGIC;
	transaction->kafka = kafka;
	return transaction;
}

static void
retire(struct kafka_transaction *transaction)
{
	if (transaction->client == NULL)
		return;
	rd_kafka_purge(transaction->client,
	    RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
		RD_KAFKA_PURGE_F_NON_BLOCKING);
	for (int i = 0; i < PORT_TOPIC_COUNT; i++)
		rd_kafka_topic_destroy(transaction->topics[i]);
	rd_kafka_destroy(transaction->client);
	transaction->client = NULL;
}

void
kafka_transaction_free(struct kafka_transaction *transaction)
{
	if (transaction == NULL)
		return;
	retire(transaction);
	transaction->magic = 0;
	mem_free(transaction);
}

/* Topics limit the batches, not the records in them. */
static bool
set_batches(struct kafka_transaction *transaction, rd_kafka_conf_t *conf,
    struct error *err)
{
	size_t limit = kafka_limits_batch(transaction->kafka);
	char text[32];

	transaction->batch_bytes = limit;
	if (transaction->is_single)
		return kafka_client_set(conf, "batch.num.messages", "1", err);
	if (limit == 0 || limit >= BATCH_BYTES)
		return true;
	snprintf(text, sizeof(text), "%zu", limit);
	return kafka_client_set(conf, "batch.size", text, err);
}

static void
progress(const struct kafka_transaction *transaction, const char *what)
{
	kafka_worker_progress(transaction->kafka->worker, what);
}

static bool
make_client(struct kafka_transaction *transaction, struct error *err)
{
	const struct kafka_options *options = &transaction->kafka->options;
	rd_kafka_conf_t *conf;
	char limit[32], time_limit[32];

	transaction->generation = atomic_load(&transaction->kafka->generation);
	snprintf(limit, sizeof(limit), "%zu",
	    kafka_client_message_bytes(options));
	snprintf(time_limit, sizeof(time_limit), "%d", TRANSACTION_MS);
	if (!kafka_client_conf(options, &conf, err))
		return false;
	/*
	 * A transaction that begins before the markers of the last one are
	 * written is told to come again: by default 100 ms later.
	 */
	if (!kafka_client_set(conf, "retry.backoff.ms", "10", err) ||
	    !kafka_client_set(conf, "transactional.id", options->instance,
		err) ||
	    !kafka_client_set(conf, "transaction.timeout.ms", time_limit,
		err) ||
	    !kafka_client_set(conf, "message.max.bytes", limit, err) ||
	    !set_batches(transaction, conf, err)) {
		rd_kafka_conf_destroy(conf);
		return false;
	}
	rd_kafka_conf_set_log_cb(conf, count_troubles);
	rd_kafka_conf_set_opaque(conf, transaction);
	if (!kafka_client_new(RD_KAFKA_PRODUCER, conf, &transaction->client,
		err))
		return false;
	for (int i = 0; i < PORT_TOPIC_COUNT; i++)
		transaction->topics[i] = rd_kafka_topic_new(transaction->client,
		    kafka_topic_names[i], NULL);
	return true;
}

/* Without it the first record to a topic would come up to 1 s late. */
static bool
fetch_metadata(struct kafka_transaction *transaction, struct error *err)
{
	const struct rd_kafka_metadata *metadata;
	rd_kafka_resp_err_t code;

	for (int i = 0; i < PORT_TOPIC_COUNT; i++) {
		progress(transaction, "fetching metadata");
		code = rd_kafka_metadata(transaction->client, 0,
		    transaction->topics[i], &metadata, KAFKA_CALL_MS);
		if (code)
			return error_set(err, NULL, "metadata of %s: %s",
			    kafka_topic_names[i], rd_kafka_err2str(code));
		rd_kafka_metadata_destroy(metadata);
	}
	return true;
}

/* Sets the text and frees the error; returns its code. */
static rd_kafka_resp_err_t
take_error(const char *what, rd_kafka_error_t *error, struct error *err)
{
	rd_kafka_resp_err_t code = rd_kafka_error_code(error);

	error_set(err,
	    code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ? PORT_TOO_LARGE : "",
	    "%s: %s: %s", what, rd_kafka_error_name(error),
	    rd_kafka_error_string(error));
	rd_kafka_error_destroy(error);
	return code;
}

bool
kafka_transaction_prepare(struct kafka_transaction *transaction,
    struct kafka_transaction_outcome *outcome)
{
	rd_kafka_error_t *error;

	if (transaction->client != NULL)
		return true;
	outcome->outcome = PORT_ABORTED;
	if (!make_client(transaction, &outcome->err))
		return false;
	outcome->producers++;
	progress(transaction, "init_transactions");
	error = rd_kafka_init_transactions(transaction->client, KAFKA_CALL_MS);
	if (error != NULL) {
		take_error("init_transactions", error, &outcome->err);
		retire(transaction);
		return false;
	}
	if (!fetch_metadata(transaction, &outcome->err)) {
		retire(transaction);
		return false;
	}
	transaction->is_first = true;
	return true;
}

static enum port_outcome
fenced(const struct kafka_transaction *transaction, struct error *err)
{
	error_set(err, NULL, KAFKA_RIVAL_TEXT,
	    transaction->kafka->options.instance);
	return PORT_FENCED;
}

/*
 * A producer of the same name that came later fences us for good.  The broker
 * says the same of a producer whose transaction it has ended because it was
 * open too long (we were stopped): then a new one may go on.  Of a member of
 * the same name the consumer hears by itself, and asks who it is.
 */
static bool
is_fenced(const struct kafka_transaction *transaction, rd_kafka_resp_err_t code)
{
	int64_t open_us = clock_monotonic_us() - transaction->begun_us;

	switch (code) {
	case RD_KAFKA_RESP_ERR__FENCED:
	case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
	case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
		return open_us < TRANSACTION_MS * INT64_C(1000);
	default:
		return false;
	}
}

/* After a failed call: a clean abort, or doubt. */
static void
settle(struct kafka_transaction *transaction, const char *what,
    rd_kafka_error_t *error, bool is_commit,
    struct kafka_transaction_outcome *outcome)
{
	bool is_abortable = rd_kafka_error_txn_requires_abort(error) != 0;
	rd_kafka_resp_err_t code = take_error(what, error, &outcome->err);

	outcome->outcome = PORT_UNKNOWN;
	if (is_abortable || !is_commit) {
		progress(transaction, "abort_transaction");
		error = rd_kafka_abort_transaction(transaction->client,
		    KAFKA_CALL_MS);
		if (error == NULL &&
		    (!is_commit ||
			code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE))
			outcome->outcome = PORT_ABORTED;
		rd_kafka_error_destroy(error);
	}
	if (is_fenced(transaction, code))
		outcome->outcome = fenced(transaction, &outcome->err);
	if (outcome->outcome != PORT_ABORTED)
		retire(transaction);
}

static rd_kafka_resp_err_t
produce(struct kafka_transaction *transaction, const struct port_output *output)
{
	int32_t partition = output->topic == PORT_TOPIC_ALERTS ?
	    0 :
	    RD_KAFKA_PARTITION_UA;

	for (int i = 0;; i++) {
		rd_kafka_resp_err_t code;

		if (rd_kafka_produce(transaction->topics[output->topic],
			partition, RD_KAFKA_MSG_F_COPY,
			(void *)(uintptr_t)output->value.ptr, output->value.len,
			output->key.len > 0 ? output->key.ptr : NULL,
			output->key.len, NULL) == 0)
			return RD_KAFKA_RESP_ERR_NO_ERROR;
		code = rd_kafka_last_error();
		if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || i >= FULL_RETRIES)
			return code;
		progress(transaction, "producing");
		rd_kafka_flush(transaction->client, 1000);
	}
}

static bool
produce_all(struct kafka_transaction *transaction,
    const struct port_output *outputs, size_t count,
    struct kafka_transaction_outcome *outcome)
{
	for (size_t i = 0; i < count; i++) {
		rd_kafka_resp_err_t code = produce(transaction, &outputs[i]);
		rd_kafka_error_t *error;

		if (!code)
			continue;
		error = rd_kafka_error_new(code, "%s (%zu bytes): %s",
		    kafka_topic_names[outputs[i].topic], outputs[i].value.len,
		    rd_kafka_err2str(code));
		settle(transaction, "produce", error, false, outcome);
		return false;
	}
	return true;
}

static void
transact(struct kafka_transaction *transaction,
    const struct port_output *outputs, size_t count,
    const rd_kafka_topic_partition_list_t *offsets,
    const rd_kafka_consumer_group_metadata_t *group,
    struct kafka_transaction_outcome *outcome)
{
	rd_kafka_error_t *error;

	transaction->begun_us = clock_monotonic_us();
	progress(transaction, "begin_transaction");
	error = rd_kafka_begin_transaction(transaction->client);
	if (error != NULL) {
		take_error("begin_transaction", error, &outcome->err);
		outcome->outcome = PORT_ABORTED;
		retire(transaction);
		return;
	}
	if (!produce_all(transaction, outputs, count, outcome))
		return;
	progress(transaction, "send_offsets_to_transaction");
	error = rd_kafka_send_offsets_to_transaction(transaction->client,
	    offsets, group, KAFKA_CALL_MS);
	if (error != NULL) {
		settle(transaction, "send_offsets_to_transaction", error, false,
		    outcome);
		return;
	}
	/* With a time limit it can fail and commit all the same. */
	progress(transaction, "commit_transaction");
	error = rd_kafka_commit_transaction(transaction->client, -1);
	if (error != NULL) {
		settle(transaction, "commit_transaction", error, true, outcome);
		return;
	}
	outcome->outcome = PORT_OK;
}

/* What is known to be too large is not tried. */
static bool
refuse(const struct kafka_transaction *transaction,
    const struct port_output *outputs, size_t count,
    struct kafka_transaction_outcome *outcome)
{
	size_t at = kafka_limits_find(transaction->kafka, outputs, count);

	if (at == count)
		return false;
	outcome->outcome = PORT_ABORTED;
	error_set(&outcome->err, PORT_TOO_LARGE,
	    "%s takes records of %zu bytes, not of %zu",
	    kafka_topic_names[outputs[at].topic],
	    kafka_limits_get(transaction->kafka, outputs[at].topic),
	    outputs[at].key.len + outputs[at].value.len);
	return true;
}

/*
 * The broker has refused for its size a batch of records, of which none may
 * be too large: it is tried once more in smaller batches, and then one by one.
 */
static void
learn(struct kafka_transaction *transaction, const struct port_output *outputs,
    size_t count, struct kafka_transaction_outcome *outcome)
{
	bool is_told;

	progress(transaction, "asking for the limits of topics");
	kafka_limits_ask(transaction->kafka);
	is_told = kafka_limits_batch(transaction->kafka) !=
	    transaction->batch_bytes;
	if (is_told)
		retire(transaction);
	if (outcome->outcome == PORT_ABORTED &&
	    (kafka_limits_find(transaction->kafka, outputs, count) < count ||
		(!is_told && transaction->is_single)))
		return;
	outcome->err.code[0] = '\0';
	if (is_told)
		return;
	transaction->is_single = true;
	retire(transaction);
}

void
kafka_transaction_run(struct kafka_transaction *transaction,
    const struct port_output *outputs, size_t count,
    const rd_kafka_topic_partition_list_t *offsets,
    const rd_kafka_consumer_group_metadata_t *group,
    struct kafka_transaction_outcome *outcome)
{
	unsigned troubles;
	bool is_slow;

	if (transaction->generation !=
	    atomic_load(&transaction->kafka->generation))
		retire(transaction);
	if (refuse(transaction, outputs, count, outcome))
		return;
	if (!kafka_transaction_prepare(transaction, outcome))
		return;
	troubles = atomic_load(&transaction->troubles);
	transact(transaction, outputs, count, offsets, group, outcome);
	if (strcmp(outcome->err.code, PORT_TOO_LARGE) == 0)
		learn(transaction, outputs, count, outcome);
	if (transaction->client == NULL)
		return;
	is_slow = !transaction->is_first &&
	    clock_monotonic_us() - transaction->begun_us > SLOW_US;
	transaction->is_first = false;
	if (is_slow || atomic_load(&transaction->troubles) != troubles) {
		log_info("Kafka: %s during a transaction: a new producer "
			 "takes over",
		    is_slow ? "a delay" : "a broken connection");
		retire(transaction);
	}
}

bool
kafka_transaction_is_fenced(struct kafka_transaction *transaction)
{
	rd_kafka_topic_partition_list_t *offsets;
	rd_kafka_consumer_group_metadata_t *group;
	rd_kafka_error_t *error;
	bool result = false;

	if (transaction == NULL || transaction->client == NULL)
		return false;
	transaction->begun_us = clock_monotonic_us();
	offsets = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(offsets,
	    kafka_topic_names[PORT_TOPIC_ALERTS], 0)
	    ->offset = 0;
	group = rd_kafka_consumer_group_metadata_new(transaction->kafka->options
		.group);
	error = rd_kafka_begin_transaction(transaction->client);
	/* The coordinator checks the epoch before the group is asked. */
	if (error == NULL)
		error = rd_kafka_send_offsets_to_transaction(
		    transaction->client, offsets, group, KAFKA_CALL_MS);
	if (error != NULL)
		result = is_fenced(transaction, rd_kafka_error_code(error));
	rd_kafka_error_destroy(error);
	rd_kafka_consumer_group_metadata_destroy(group);
	rd_kafka_topic_partition_list_destroy(offsets);
	rd_kafka_error_destroy(rd_kafka_abort_transaction(transaction->client,
	    KAFKA_CALL_MS));
	retire(transaction);
	return result;
}
