/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "alert/alert.h"
#include "alert/alert_reduce.h"

#include "engine/engine_internal.h"

#define BATCH_ARENA_BYTES (1024 * 1024)
#define ALERT_KEY_BYTES 20

struct batch *
batch_new(void)
{
	struct batch *batch = mem_zalloc(sizeof(*batch));

	batch->arena = arena_new(BATCH_ARENA_BYTES);
	return batch;
}

void
batch_free(struct batch *batch)
{
	if (batch == NULL)
		return;
	arena_free(batch->arena);
	buffer_done(&batch->scratch);
	mem_free(batch->outputs);
	mem_free(batch->feeds);
	mem_free(batch->refusals);
	mem_free(batch);
}

void
batch_reset(struct batch *batch)
{
	arena_reset(batch->arena);
	batch->output_count = 0;
	batch->feed_count = 0;
	batch->record_count = 0;
	batch->refusal_count = 0;
}

const struct port_output *
batch_outputs(const struct batch *batch, size_t *ret_count)
{
	*ret_count = batch->output_count;
	return batch->outputs;
}

const struct batch_feed *
batch_feeds(const struct batch *batch, size_t *ret_count)
{
	*ret_count = batch->feed_count;
	return batch->feeds;
}

size_t
batch_records(const struct batch *batch)
{
	return batch->record_count;
}

void
batch_add_output(struct batch *batch, enum port_topic topic, struct span key,
    struct span value)
{
	batch->outputs = mem_grow(batch->outputs, &batch->output_cap,
	    batch->output_count + 1, sizeof(*batch->outputs));
	batch->outputs[batch->output_count++] = (struct port_output){
		.topic = topic,
		.key = arena_dup(batch->arena, key),
		.value = arena_dup(batch->arena, value),
	};
}

static bool
reduce(const struct port_output *output, size_t limit_bytes,
    struct buffer *scratch)
{
	buffer_reset(scratch);
	return output->topic == PORT_TOPIC_ALERTS ?
	    alert_reduce(output->value, limit_bytes, scratch) :
	    rejected_reduce(output->value, limit_bytes, scratch);
}

bool
batch_reduce(struct batch *batch, size_t output, size_t limit_bytes)
{
	struct port_output *reduced = &batch->outputs[output];
	size_t limit = limit_bytes > reduced->key.len ?
	    limit_bytes - reduced->key.len :
	    0;
	bool is_known = limit_bytes > 0 && limit < reduced->value.len;
	bool ok;

	if (!is_known)
		limit = reduced->value.len / 2;
	ok = reduce(reduced, limit, &batch->scratch);
	/* Half of it was a guess. */
	if (!ok && !is_known && reduced->value.len > 0)
		ok = reduce(reduced, reduced->value.len - 1, &batch->scratch);
	if (ok)
		reduced->value = arena_dup(batch->arena,
		    buffer_span(&batch->scratch));
	return ok;
}

void
batch_drop(struct batch *batch, size_t output)
{
	CHECK(output < batch->output_count);
	batch->output_count--;
	memmove(&batch->outputs[output], &batch->outputs[output + 1],
	    (batch->output_count - output) * sizeof(*batch->outputs));
}

static void
add_alert(struct engine *engine, struct alert_id id, struct batch *batch)
{
	char key[ALERT_KEY_BYTES];

	alert_id_format(id, key);
	engine->counters.alerts++;
	batch_add_output(batch, PORT_TOPIC_ALERTS, span_of(key),
	    buffer_span(&batch->scratch));
}

static void
write_detection(struct engine *engine, const struct detection *detection,
    int64_t decided_us, struct batch *batch)
{
	struct alert_options options = {
		.rules = engine->rules,
		.decided_us = decided_us,
		.limit_bytes = engine->options.alert_bytes,
		.counter_hits = counter_count(engine, detection, batch->arena),
	};

	tally_rule(engine->tally, detection->rule)->alerts[detection->kind]++;
	if (engine->observe != NULL)
		engine->observe(engine->observe_context, detection);
	buffer_reset(&batch->scratch);
	alert_build(&options, detection, &batch->scratch);
	add_alert(engine, detection->id, batch);
}

void
engine_notice(struct engine *engine, const struct notice *notice,
    int64_t decided_us, struct batch *batch)
{
	struct alert_options options = {
		.rules = engine->rules,
		.decided_us = decided_us,
		.limit_bytes = engine->options.alert_bytes,
	};

	buffer_reset(&batch->scratch);
	alert_build_notice(&options, notice, &batch->scratch);
	tally_notice(engine->tally, notice->kind);
	add_alert(engine, alert_notice_id(notice), batch);
}

void
batch_write_result(struct engine *engine, const struct correlate_result *result,
    int64_t decided_us, struct batch *batch)
{
	for (size_t i = 0; i < result->count; i++)
		write_detection(engine, &result->detections[i], decided_us,
		    batch);
	for (size_t i = 0; i < result->notices.count; i++)
		engine_notice(engine, &result->notices.items[i], decided_us,
		    batch);
}
