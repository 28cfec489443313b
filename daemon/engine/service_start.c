/* SPDX-License-Identifier: Apache-2.0 */
/* Positions that are gone: a start that would not know where to go on. */
#include <inttypes.h>
#include <sysexits.h>

#include "base/mem.h"
#include "kafka/reader.h"

#include "engine/service_internal.h"

static void
count_note(void *context, struct span note)
{
	(void)note;
	(*(size_t *)context)++;
}

bool
service_start_notes(struct service *service,
    void (*take)(void *context, struct span note), void *context,
    struct error *err)
{
	const struct schema_list *list = &service->options.config->inputs;
	const struct config_input *inputs = list->items;
	const char **topics = mem_array(list->count, sizeof(*topics));
	bool ok;

	for (size_t i = 0; i < list->count; i++)
		topics[i] = inputs[i].topic;
	ok = kafka_notes_read(service->kafka, topics, list->count, take,
	    context, err);
	mem_free(topics);
	return ok;
}

/*
 * An alert is committed together with the position of an input: where a
 * destination stands behind one, there was a position.
 */
static bool
check_destination(struct service *service, const char *name, bool *ret_is_lost,
    struct error *err)
{
	struct buffer metadata = BUFFER_INIT;
	int64_t next_offset = -1;
	bool ok = kafka_reader_position(kafka_get_options(service->kafka), name,
	    &next_offset, &metadata, err);

	buffer_done(&metadata);
	if (!ok)
		return false;
	*ret_is_lost = next_offset > 0;
	if (*ret_is_lost)
		(void)error_set(err, NULL,
		    "no position of an input is known any more to the group "
		    "%s, whose destination %s has sent alerts up to offset "
		    "%" PRId64 ": the positions have expired, or the topics "
		    "were made anew.  Start once with --start-from earliest "
		    "(alerts may be told again) or latest (records are "
		    "passed over)",
		    service->options.config->kafka.group, name, next_offset);
	return true;
}

bool
service_start_check(struct service *service, int *ret_status, struct error *err)
{
	const struct schema_list *list = &service->options.config->destinations;
	const struct config_destination *destinations = list->items;
	size_t count = 0;
	bool is_lost = false;

	if (service->embedded != NULL ||
	    service->options.start_from != SERVICE_START_CONFIGURED)
		return true;
	if (!service_start_notes(service, count_note, &count, err))
		return false;
	for (size_t i = 0; count == 0 && !is_lost && i < list->count; i++) {
		if (!check_destination(service, destinations[i].name, &is_lost,
			err))
			return false;
	}
	if (is_lost)
		*ret_status = EX_CONFIG;
	return !is_lost;
}

bool
service_start_is_latest(const struct service *service,
    const struct config_input *input)
{
	switch (service->options.start_from) {
	case SERVICE_START_EARLIEST:
		return false;
	case SERVICE_START_LATEST:
		return true;
	case SERVICE_START_CONFIGURED:
		break;
	}
	return input->start == CONFIG_START_LATEST;
}
