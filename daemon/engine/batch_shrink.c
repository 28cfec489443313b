/* SPDX-License-Identifier: Apache-2.0 */
/* Outputs that Kafka refuses for their size: one must not stop the monitor. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"
#include "text/json_read.h"

#include "engine/engine_internal.h"

#define NAME_BYTES 200
#define DEPTH_MAX 24
#define SELF "\"type\":\"self\""

void
batch_refuse(struct batch *batch, size_t output, size_t limit_bytes)
{
	CHECK(output < batch->output_count);
	batch->refusals = mem_grow(batch->refusals, &batch->refusal_cap,
	    batch->refusal_count + 1, sizeof(*batch->refusals));
	batch->refusals[batch->refusal_count++] = (struct batch_refusal){
		output, limit_bytes
	};
}

/* Where it is not told which one, it is the largest. */
static void
refuse_largest(struct batch *batch)
{
	size_t largest = 0;

	if (batch->output_count == 0)
		return;
	for (size_t i = 1; i < batch->output_count; i++) {
		if (batch->outputs[i].value.len >
		    batch->outputs[largest].value.len)
			largest = i;
	}
	batch_refuse(batch, largest, 0);
}

static struct span
member(struct json_value object, const char *key)
{
	struct json_value value;

	return json_member(object, span_of(key), &value) &&
		json_value_kind(value) == JSON_KIND_STRING ?
	    json_value_string(value) :
	    SPAN("?");
}

static int64_t
number(struct json_value object, const char *key)
{
	struct json_value value;

	return json_member(object, span_of(key), &value) &&
		json_value_kind(value) == JSON_KIND_INT ?
	    json_value_int(value) :
	    -1;
}

static void
name_output(const struct port_output *output, char name[NAME_BYTES])
{
	struct json_reader *reader = json_reader_new(output->value.len + 1,
	    DEPTH_MAX);
	struct error err = ERROR_NONE;
	struct json_value root, rule;

	(void)snprintf(name, NAME_BYTES, "an output");
	if (json_read(reader, output->value, false, &root, &err) != JSON_OK) {
		json_reader_free(reader);
		return;
	}
	if (output->topic == PORT_TOPIC_REJECTED)
		(void)snprintf(name, NAME_BYTES,
		    "the rejected record " SPAN_FMT " %" PRId64 " %" PRId64,
		    SPAN_ARG(member(root, "topic")), number(root, "partition"),
		    number(root, "offset"));
	else if (json_member(root, SPAN("rule"), &rule))
		(void)snprintf(name, NAME_BYTES,
		    "alert " SPAN_FMT " of rule " SPAN_FMT,
		    SPAN_ARG(member(root, "alert")),
		    SPAN_ARG(member(rule, "name")));
	json_reader_free(reader);
}

static bool
is_own(const struct port_output *output)
{
	return output->topic == PORT_TOPIC_ALERTS &&
	    span_find(output->value, SPAN(SELF)) >= 0;
}

/* A notice about a notice that is too large would be no smaller. */
static void
drop(struct batch *batch, size_t at, batch_dropped *dropped, void *context)
{
	const struct port_output *output = &batch->outputs[at];
	char name[NAME_BYTES], sentence[NAME_BYTES + 200];

	name_output(output, name);
	(void)snprintf(sentence, sizeof(sentence),
	    "Kafka refuses %s for its size (%zu bytes), and it cannot be made "
	    "smaller: it is not written.  Raise max.message.bytes of the topic",
	    name, output->value.len);
	log_error("%s", sentence);
	if (!is_own(output))
		dropped(context, name, sentence);
	batch_drop(batch, at);
}

static int
compare(const void *left, const void *right)
{
	const struct batch_refusal *a = left, *b = right;

	return (a->output < b->output) - (a->output > b->output);
}

/* From the last one on, for a drop moves those behind it. */
void
batch_shrink(struct batch *batch, batch_dropped *dropped, void *context)
{
	size_t previous = SIZE_MAX;

	if (batch->refusal_count == 0)
		refuse_largest(batch);
	qsort(batch->refusals, batch->refusal_count, sizeof(*batch->refusals),
	    compare);
	for (size_t i = 0; i < batch->refusal_count; i++) {
		size_t at = batch->refusals[i].output;
		size_t before = batch->outputs[at].value.len;
		char name[NAME_BYTES];

		if (at == previous)
			continue;
		previous = at;
		if (!batch_reduce(batch, at, batch->refusals[i].limit_bytes)) {
			drop(batch, at, dropped, context);
			continue;
		}
		name_output(&batch->outputs[at], name);
		log_warning("Kafka refuses %s for its size: reduced from %zu "
			    "to %zu bytes",
		    name, before, batch->outputs[at].value.len);
	}
	batch->refusal_count = 0;
}
