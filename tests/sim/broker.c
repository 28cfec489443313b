/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs and the transaction coordinator.  A transaction's outputs and offsets
 * become visible together when its EndTxn arrives; until then its partitions
 * have no stable offset, and reading committed positions waits.
 */
#include "base/check.h"
#include "base/mem.h"

#include "sim/sim.h"

void
broker_open(struct broker *broker)
{
	for (size_t i = 0; i < SIM_PARTITIONS; i++)
		broker->partitions[i].committed = -1;
	broker->sent_offset = -1;
	broker->limit_bytes = SIZE_MAX;
}

void
broker_close(struct broker *broker)
{
	struct transaction *transaction;

	for (size_t i = 0; i < SIM_PARTITIONS; i++) {
		struct partition *partition = &broker->partitions[i];

		for (size_t k = 0; k < partition->count; k++)
			mem_free(partition->log[k].bytes);
		mem_free(partition->log);
	}
	for (size_t i = 0; i < broker->alert_count; i++)
		mem_free(broker->alerts[i].value);
	mem_free(broker->alerts);
	while ((transaction = broker->open) != NULL) {
		broker->open = transaction->next;
		broker_free_transaction(transaction);
	}
}

struct entry *
broker_append(struct partition *partition, enum entry_kind kind)
{
	struct entry *entry;

	partition->log = mem_grow(partition->log, &partition->cap,
	    partition->count + 1, sizeof(*partition->log));
	entry = &partition->log[partition->count++];
	*entry = (struct entry){ .kind = kind };
	return entry;
}

/* ---- Transactions ---- */

void
broker_free_transaction(struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->output_count; i++)
		mem_free((void *)(uintptr_t)transaction->outputs[i].value.ptr);
	mem_free(transaction->outputs);
	mem_free(transaction->offsets);
	mem_free(transaction);
}

struct transaction *
broker_find(struct world *world, uint64_t number, unsigned name, uint64_t epoch)
{
	struct transaction *found = world->broker.open;

	while (found != NULL &&
	    (found->number != number || found->name != name ||
		found->epoch != epoch))
		found = found->next;
	return found;
}

static void
add_alert(struct world *world, struct span value)
{
	struct broker *broker = &world->broker;
	struct destination_place place = { 0, { 0 } };
	struct buffer bytes = BUFFER_INIT;
	struct sim_alert *alert;

	if (broker->alert_count > 0)
		place = broker->alerts[broker->alert_count - 1].place;
	/* As the definition has it: SHA-256(previous h, record value). */
	buffer_add(&bytes, place.chain, HASH_SHA256_LEN);
	buffer_add_span(&bytes, value);
	hash_sha256(buffer_span(&bytes), place.chain);
	place.sequence++;
	buffer_done(&bytes);
	broker->alerts = mem_grow(broker->alerts, &broker->alert_cap,
	    broker->alert_count + 1, sizeof(*broker->alerts));
	alert = &broker->alerts[broker->alert_count++];
	*alert = (struct sim_alert){
		.value = mem_dup(value.ptr, value.len),
		.len = value.len,
		.id = world_hash(value),
		.place = place,
	};
	oracle_alert(world, value);
}

static void
apply(struct world *world, const struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct port_output *output = &transaction->outputs[i];

		if (output->topic == PORT_TOPIC_ALERTS)
			add_alert(world, output->value);
		else
			oracle_rejected(world, output->value);
	}
	for (size_t i = 0; i < transaction->offset_count; i++) {
		const struct port_offset *offset = &transaction->offsets[i];
		struct partition *partition = &world->broker
						   .partitions[offset->feed];

		oracle_offset(world, partition, offset);
		partition->committed = offset->next_offset;
		memcpy(partition->metadata, offset->metadata,
		    PORT_METADATA_MAX);
	}
	delivery_wake_all(world);
}

void
broker_end(struct world *world, struct transaction *transaction, bool commit)
{
	struct transaction **link = &world->broker.open;

	while (*link != transaction)
		link = &(*link)->next;
	*link = transaction->next;
	for (size_t i = 0; i < transaction->offset_count; i++)
		world->broker.partitions[transaction->offsets[i].feed]
		    .pending--;
	world_trace(world, "-- transaction %llu of #%u %s",
	    (unsigned long long)transaction->number,
	    transaction->instance->index, commit ? "commits" : "aborts");
	if (commit)
		apply(world, transaction);
	broker_free_transaction(transaction);
}

uint64_t
broker_init_producer(struct world *world, unsigned name)
{
	struct transaction *transaction = world->broker.open, *next;

	for (; transaction != NULL; transaction = next) {
		next = transaction->next;
		if (transaction->name == name)
			broker_end(world, transaction, false);
	}
	return ++world->broker.epochs[name];
}

/* Ended by the coordinator when nobody has. */
static void
on_timeout(struct world *world, struct sim_event *event)
{
	struct transaction *transaction = broker_find(world, (uint64_t)event->a,
	    (unsigned)(event->b & 1), (uint64_t)event->b >> 1);

	if (transaction != NULL)
		broker_end(world, transaction, false);
}

bool
broker_begin(struct world *world, struct transaction *transaction,
    enum port_outcome *ret_outcome)
{
	struct broker *broker = &world->broker;
	unsigned name = transaction->name;

	if (broker->epochs[name] != transaction->epoch) {
		*ret_outcome = PORT_FENCED;
		return false;
	}
	if (!group_has(broker, transaction->instance, transaction->life) ||
	    broker->generation != transaction->generation) {
		*ret_outcome = PORT_ABORTED;
		return false;
	}
	for (size_t i = 0; i < transaction->offset_count; i++)
		broker->partitions[transaction->offsets[i].feed].pending++;
	transaction->next = broker->open;
	broker->open = transaction;
	world_at(world, SIM_TRANSACTION_US, NULL, on_timeout, NULL,
	    (int64_t)transaction->number)
	    ->b = (int64_t)(transaction->epoch << 1 | name);
	return true;
}
