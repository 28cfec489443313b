/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "engine/inputs.h"

static struct span
span_or_none(const char *text)
{
	return text == NULL ? SPAN_NONE : span_of(text);
}

static bool
open_input(const struct config_input *config, struct diag_place place,
    struct diag *diag, struct mapping **ret_mapping,
    struct engine_input *ret_input)
{
	struct error err = ERROR_NONE;

	if (config->mapping == NULL)
		*ret_mapping = mapping_identity();
	else if (!mapping_read(config->mapping, diag, ret_mapping))
		return false;
	if (!mapping_set_time(*ret_mapping, config->time_field,
	    config->time_format, config->time_zone, &err)) {
		diag_at(diag, place, "IR0215", "input %s: %s", config->topic,
		    err.text);
		return false;
	}
	*ret_input = (struct engine_input){
		.mapping = *ret_mapping,
		.logsource = {
			.category = span_or_none(config->logsource.category),
			.product = span_or_none(config->logsource.product),
			.service = span_or_none(config->logsource.service),
		},
		.lateness_us = config->lateness_us,
	};
	return true;
}

bool
inputs_open(const struct config *config, struct diag *diag,
    struct inputs *ret_inputs)
{
	const struct config_input *configured = config->inputs.items;
	size_t count = config->inputs.count;
	bool ok = true;

	*ret_inputs = (struct inputs){
		.items = mem_array(count, sizeof(*ret_inputs->items)),
		.mappings = mem_array(count, sizeof(*ret_inputs->mappings)),
		.count = count,
	};
	for (size_t i = 0; i < count; i++)
		ok &= open_input(&configured[i], config->inputs.places[i],
		    diag, &ret_inputs->mappings[i], &ret_inputs->items[i]);
	if (!ok)
		inputs_close(ret_inputs);
	return ok;
}

void
inputs_close(struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->count; i++)
		mapping_free(inputs->mappings[i]);
	mem_free(inputs->items);
	mem_free(inputs->mappings);
	*inputs = (struct inputs){ 0 };
}
