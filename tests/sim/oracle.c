/* SPDX-License-Identifier: Apache-2.0 */
/* What must be true of what is committed and of what is received. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/mem.h"
#include "support/episodes.h"

#include "sim/sim.h"

#define SPAN_US (60 * SIM_S) /* of the rule three_views */

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static struct entry *
entry_of(struct world *world, int64_t partition, int64_t offset)
{
	struct broker *broker = &world->broker;

	if (partition < 0 || partition >= (int64_t)broker->partition_count ||
	    offset < 0 ||
	    offset >= (int64_t)broker->partitions[partition].count)
		return NULL;
	return &broker->partitions[partition].log[offset];
}

/* ---- The alerts topic ---- */

/* Every time that a record is run its alert has the same id. */
void
oracle_detected(struct world *world, const struct detection *detection)
{
	const struct record_position *position;
	struct entry *entry;

	if (!span_is(detection->rule->name, "view"))
		return;
	position = &detection->evidence[0].position;
	entry = entry_of(world, position->partition, position->offset);
	if (entry == NULL || entry->kind != ENTRY_MATCH ||
	    (entry->id != 0 && entry->id != detection->id.bits))
		world_fail(world,
		    "partition %d offset %" PRId64 ": no view, or another id",
		    position->partition, position->offset);
	else
		entry->id = detection->id.bits;
}

/* One that was cut for its size may have lost its evidence. */
static struct entry *
entry_of_id(struct world *world, const char *id)
{
	uint64_t bits = strlen(id) > 3 ? strtoull(id + 3, NULL, 16) : 0;

	for (size_t i = 0; i < world->broker.partition_count; i++) {
		struct partition *partition = &world->broker.partitions[i];

		for (size_t k = 0; k < partition->count; k++) {
			if (partition->log[k].id == bits && bits != 0)
				return &partition->log[k];
		}
	}
	return NULL;
}

static void
check_view(struct world *world, const json_t *root)
{
	const char *id = text_of(root, "alert");
	struct entry *entry = entry_of_id(world, id);

	if (entry == NULL)
		world_fail(world, "an alert of no view: %s", id);
	else if (++entry->alerts > 1)
		world_fail(world, "view: %s is committed twice", id);
	else if (entry->gaps > 0)
		world_fail(world, "%s: alerted, and told as missing", id);
}

static void
check_gap(struct world *world, const json_t *root)
{
	long long partition, from, to;

	if (sscanf(text_of(root, "about"), SIM_TOPIC " %lld %lld-%lld",
		&partition, &from, &to) != 3) {
		world_fail(world, "a gap that says: %s",
		    text_of(root, "about"));
		return;
	}
	for (long long offset = from; offset < to; offset++) {
		struct entry *entry = entry_of(world, partition, offset);

		if (entry == NULL)
			world_fail(world, "a gap where no offset is");
		else if (++entry->gaps > 1)
			world_fail(world,
			    "partition %lld offset %lld: its "
			    "gap is told twice",
			    partition, offset);
		else if (entry->alerts + entry->rejects > 0)
			world_fail(world,
			    "partition %lld offset %lld: told "
			    "as missing, but was looked at",
			    partition, offset);
	}
}

static void
check_self(struct world *world, const char *name, const json_t *root)
{
	if (strcmp(name, "integrityd.gap") == 0)
		check_gap(world, root);
	else if (strcmp(name, "integrityd.limit") == 0 ||
	    (strcmp(name, "integrityd.late") == 0 && world->is_trusted) ||
	    (strcmp(name, "integrityd.restart") == 0 && world->is_trusted))
		world_fail(world, "%s: %s", name, text_of(root, "sentence"));
}

static void
check_unique(struct world *world, const char *id, const json_t *root)
{
	const struct broker *broker = &world->broker;
	char needle[64];

	(void)root;
	(void)snprintf(needle, sizeof(needle), "\"alert\":\"%s\"", id);
	for (size_t i = 0; i + 1 < broker->alert_count; i++) {
		if (span_find(span_make(broker->alerts[i].value,
				  broker->alerts[i].len),
			span_of(needle)) >= 0)
			world_fail(world, "alert %s is committed twice", id);
	}
}

void
oracle_alert(struct world *world, struct span value)
{
	json_t *root = json_loadb(value.ptr, value.len, 0, NULL);
	const json_t *rule = json_object_get(root, "rule");
	const char *name = text_of(rule, "name");

	world_trace(world, "-- alert %s of %s, %s", text_of(root, "alert"),
	    name, text_of(root, "kind"));
	if (root == NULL)
		world_fail(world, "an alert that is no JSON");
	else if (strcmp(name, "view") == 0)
		check_view(world, root);
	else if (strcmp(text_of(rule, "type"), "self") == 0)
		check_self(world, name, root);
	else if (strcmp(name, "three_views") != 0)
		world_fail(world, "an alert of the rule %s", name);
	/* Windows and what was told lately are forgotten by a restart. */
	if (strcmp(name, "three_views") != 0 &&
	    strcmp(name, "integrityd.rejected") != 0)
		check_unique(world, text_of(root, "alert"), root);
	json_decref(root);
}

void
oracle_rejected(struct world *world, struct span value)
{
	json_t *root = json_loadb(value.ptr, value.len, 0, NULL);
	int64_t partition = json_integer_value(json_object_get(root,
	    "partition"));
	int64_t offset = json_integer_value(json_object_get(root, "offset"));
	struct entry *entry = entry_of(world, partition, offset);

	if (entry == NULL || entry->kind != ENTRY_UNREADABLE)
		world_fail(world, "rejected: %.*s", (int)value.len, value.ptr);
	else if (++entry->rejects > 1 || entry->gaps > 0)
		world_fail(world,
		    "partition %" PRId64 " offset %" PRId64
		    ": rejected twice, or also missing",
		    partition, offset);
	json_decref(root);
}

/* ---- Offsets ---- */

static int64_t
greatest_time(const struct partition *partition, int64_t next)
{
	int64_t greatest_us = RECORD_NO_TIME;

	for (int64_t i = 0; i < next; i++) {
		const struct entry *entry = &partition->log[i];

		if (entry->bytes != NULL && entry->kind != ENTRY_UNREADABLE &&
		    entry->gaps == 0 && entry->event_us > greatest_us)
			greatest_us = entry->event_us;
	}
	return greatest_us;
}

void
oracle_offset(struct world *world, struct partition *partition,
    const struct port_offset *offset)
{
	int64_t want_us, got_us = RECORD_NO_TIME;
	const char *time = strstr(offset->metadata, " t=");

	if (offset->next_offset < partition->committed ||
	    offset->next_offset > (int64_t)partition->count) {
		world_fail(world,
		    "partition %u: committed %" PRId64 " after %" PRId64
		    " of %zu",
		    offset->feed, offset->next_offset, partition->committed,
		    partition->count);
		return;
	}
	want_us = greatest_time(partition, offset->next_offset);
	if (time != NULL)
		got_us = strtoll(time + 3, NULL, 10);
	if (got_us != want_us)
		world_fail(world,
		    "partition %u at %" PRId64 ": got the time %" PRId64
		    ", want %" PRId64,
		    offset->feed, offset->next_offset, got_us, want_us);
}

/* ---- The receiver ---- */

static void
check_place(struct world *world, unsigned long long sequence, const char *hex)
{
	const struct sim_alert *alert = &world->broker.alerts[sequence - 1];

	for (size_t i = 0; i < HASH_SHA256_LEN; i++) {
		char want[3];

		(void)snprintf(want, sizeof(want), "%02x",
		    alert->place.chain[i]);
		if (memcmp(want, hex + 2 * i, 2) != 0) {
			world_fail(world, "number %llu: another chain",
			    sequence);
			return;
		}
	}
}

static bool
is_received(const struct sim_alert *alert)
{
	unsigned count = delivery_frames_of(span_make(alert->value,
	    alert->len));

	return alert->received == (1u << count) - 1;
}

static void
check_beat(struct world *world, unsigned long long sequence)
{
	for (unsigned long long i = 0; i < sequence; i++) {
		if (!is_received(&world->broker.alerts[i]))
			world_fail(world,
			    "a sign of life at %llu, but %llu "
			    "has not been received",
			    sequence, i + 1);
	}
}

void
oracle_received(struct world *world, const char *text)
{
	unsigned long long sequence = 0, id = 0;
	unsigned part = 0;
	char kind = 0, hex[65] = "";
	int count = sscanf(text, "%c %llu %64s %llu %u", &kind, &sequence, hex,
	    &id, &part);

	if (sequence > world->broker.alert_count) {
		world_fail(world, "number %llu of %zu", sequence,
		    world->broker.alert_count);
		return;
	}
	if (sequence > 0)
		check_place(world, sequence, hex);
	if (kind == 'B') {
		check_beat(world, sequence);
		return;
	}
	if (count != 5 || sequence == 0 ||
	    world->broker.alerts[sequence - 1].id != id)
		world_fail(world, "number %llu is another record", sequence);
	else
		world->broker.alerts[sequence - 1].received |= 1u << part;
}

/* ---- The end ---- */

bool
oracle_is_drained(const struct world *world)
{
	const struct broker *broker = &world->broker;

	if (broker->open != NULL || broker->is_rebalancing ||
	    broker->sender == NULL ||
	    broker->sender->delivery.told < (int64_t)broker->alert_count)
		return false;
	for (size_t i = 0; i < broker->partition_count; i++) {
		if (broker->partitions[i].committed !=
		    (int64_t)broker->partitions[i].count)
			return false;
	}
	for (size_t i = 0; i < broker->alert_count; i++) {
		if (!is_received(&broker->alerts[i]))
			return false;
	}
	return true;
}

void
oracle_fail_undrained(struct world *world)
{
	const struct broker *broker = &world->broker;

	for (size_t i = 0; i < broker->partition_count; i++) {
		if (broker->partitions[i].committed !=
		    (int64_t)broker->partitions[i].count)
			world_fail(world,
			    "not drained: partition %zu is read "
			    "to %" PRId64 " of %zu",
			    i, broker->partitions[i].committed,
			    broker->partitions[i].count);
	}
	for (size_t i = 0; i < broker->alert_count; i++) {
		if (!is_received(&broker->alerts[i]))
			world_fail(world,
			    "not drained: number %zu of %zu is "
			    "not received",
			    i + 1, broker->alert_count);
	}
	world_fail(world,
	    "not drained: %s, rebalancing %d, destination at "
	    "%" PRId64 " of %zu",
	    broker->open != NULL ? "open" : "ended", broker->is_rebalancing,
	    broker->sent_offset, broker->alert_count);
}

static void
check_entry(struct world *world, size_t partition, size_t offset)
{
	const struct entry *entry = &world->broker.partitions[partition]
					 .log[offset];
	unsigned told = entry->alerts + entry->rejects + entry->gaps;
	bool is_owed = entry->kind == ENTRY_MATCH ||
	    entry->kind == ENTRY_UNREADABLE || entry->kind == ENTRY_MISSING;

	if (is_owed && told != 1)
		world_fail(world,
		    "partition %zu offset %zu: %u alerts, %u "
		    "rejected, %u gaps",
		    partition, offset, entry->alerts, entry->rejects,
		    entry->gaps);
}

static int
compare_episodes(const void *left, const void *right)
{
	const struct episodes_episode *a = left, *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->first_us > b->first_us) - (a->first_us < b->first_us);
}

static int64_t
time_of(const json_t *root, const char *key)
{
	int year, month, day, hour, minute, second, milli = 0;

	if (sscanf(text_of(root, key), "%d-%d-%dT%d:%d:%d.%d", &year, &month,
		&day, &hour, &minute, &second, &milli) < 6)
		return -1;
	/* Virtual time starts on 2026-03-02 at 21:20 and lasts hours. */
	return (((day * 24LL + hour) * 60 + minute) * 60 + second) * SIM_S +
	    milli * SIM_MS;
}

/* The last word on each episode; `into` others are no more. */
static size_t
told_episodes(const struct world *world, struct episodes_episode *told,
    char (*ids)[24], bool *is_open)
{
	size_t count = 0;

	for (size_t i = 0; i < world->broker.alert_count; i++) {
		const struct sim_alert *alert = &world->broker.alerts[i];
		json_t *root = json_loadb(alert->value, alert->len, 0, NULL);
		const json_t *rule = json_object_get(root, "rule");
		const char *user = text_of(json_object_get(root, "group"),
		    "user.id");
		size_t at = 0;

		if (strcmp(text_of(rule, "name"), "three_views") == 0) {
			while (at < count &&
			    strcmp(ids[at], text_of(root, "alert")) != 0)
				at++;
			(void)snprintf(ids[at], 24, "%s",
			    text_of(root, "alert"));
			told[at] = (struct episodes_episode){
				.group = (uint32_t)atoi(user + 1) - 1,
				.first_us = time_of(root, "first"),
				.last_us = time_of(root, "last"),
				.count = (uint64_t)json_integer_value(
				    json_object_get(root, "count")),
			};
			if (strcmp(text_of(root, "kind"), "merged") == 0)
				told[at].group = UINT32_MAX;
			is_open[at] = strcmp(text_of(root, "kind"), "open") ==
				0 ||
			    strcmp(text_of(root, "kind"), "update") == 0;
			count += at == count;
		}
		json_decref(root);
	}
	return count;
}

static size_t
find_hits(const struct world *world, struct episodes_hit *hits)
{
	const int64_t day_us = 24 * 3600 * SIM_S;
	size_t count = 0;

	for (size_t i = 0; i < world->broker.partition_count; i++) {
		const struct partition *partition = &world->broker
							 .partitions[i];

		for (size_t k = 0; k < partition->count; k++) {
			const struct entry *entry = &partition->log[k];

			if (entry->kind != ENTRY_MATCH)
				continue;
			/* 2 March and its time of day, as time_of() has it. */
			hits[count++] = (struct episodes_hit){
				.group = entry->user,
				.at_us = entry->event_us -
				    INT64_C(1772409600) * SIM_S + 2 * day_us,
			};
		}
	}
	return count;
}

static void
check_episodes(struct world *world)
{
	const struct episodes_rule rule = {
		.kind = CORRELATION_EVENT_COUNT,
		.span_us = SPAN_US,
		.bounds = { { .op = COMPARE_GTE, .limit = 3 } },
		.bound_count = 1,
	};
	size_t room = world->broker.alert_count + world->produced + 1;
	struct episodes_hit *hits = mem_array(room, sizeof(*hits));
	struct episodes_episode *want = mem_array(room, sizeof(*want));
	struct episodes_episode *got = mem_array(room, sizeof(*got));
	char(*ids)[24] = mem_array(room, sizeof(*ids));
	bool *is_open = mem_array(room, sizeof(*is_open));
	size_t got_count = told_episodes(world, got, ids, is_open);
	size_t want_count = episodes_find(&rule, hits, find_hits(world, hits),
	    want);

	for (size_t i = 0; i < got_count; i++) {
		if (is_open[i])
			world_fail(world, "%s was never closed", ids[i]);
	}
	qsort(got, got_count, sizeof(*got), compare_episodes);
	while (got_count > 0 && got[got_count - 1].group == UINT32_MAX)
		got_count--;
	if (got_count != want_count)
		world_fail(world, "got %zu episodes, want %zu", got_count,
		    want_count);
	for (size_t i = 0; i < got_count && i < want_count; i++) {
		if (compare_episodes(&got[i], &want[i]) != 0 ||
		    got[i].last_us != want[i].last_us ||
		    got[i].count != want[i].count)
			world_fail(world,
			    "episode %zu of P%u: got %lld-%lld "
			    "(%llu), want %lld-%lld (%llu)",
			    i, want[i].group + 1, (long long)got[i].first_us,
			    (long long)got[i].last_us,
			    (unsigned long long)got[i].count,
			    (long long)want[i].first_us,
			    (long long)want[i].last_us,
			    (unsigned long long)want[i].count);
	}
	mem_free(hits);
	mem_free(want);
	mem_free(got);
	mem_free(ids);
	mem_free(is_open);
}

void
oracle_end(struct world *world)
{
	for (size_t i = 0; i < world->broker.partition_count; i++) {
		for (size_t k = 0; k < world->broker.partitions[i].count; k++)
			check_entry(world, i, k);
	}
	if (world->is_trusted)
		check_episodes(world);
}
