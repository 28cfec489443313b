/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "engine/inputs.h"

static struct span
span_or_none(const char *text)
{
	return text == NULL ? SPAN_NONE : span_of(text);
}

/* What the input says beside its mapping. */
static bool
set_mapping(const struct config *config, const struct config_input *input,
    struct mapping *mapping, struct error *err)
{
	mapping_set_wire_header(mapping, input->wire == CONFIG_WIRE_REGISTRY);
	if (!mapping_set_time(mapping, input->time_field, input->time_format,
		input->time_zone, err))
		return false;
	if (input->encoding != NULL &&
	    !mapping_set_encoding(mapping, input->encoding, err))
		return false;
	if (!mapping_lacks_hash_key(mapping))
		return true;
	if (config->hash_key_file == NULL)
		return error_set(err, "IR0910",
		    "%s hashes a field, and no hash_key_file names the key",
		    input->mapping);
	return mapping_set_hash_key(mapping, config->hash_key_file, err) ||
	    error_set(err, "IR0911", "%s", err->text);
}

static bool
open_input(const struct config *config, size_t at, struct diag *diag,
    struct mapping **ret_mapping, struct engine_input *ret_input)
{
	const struct config_input *input = (const struct config_input *)
					       config->inputs.items +
	    at;
	struct error err = ERROR_NONE;

	if (input->mapping == NULL)
		*ret_mapping = mapping_identity();
	else if (!mapping_read(input->mapping, diag, ret_mapping))
		return false;
	if (!set_mapping(config, input, *ret_mapping, &err)) {
		diag_at(diag, config->inputs.places[at],
		    err.code[0] != '\0' ? err.code : "IR0215", "input %s: %s",
		    input->topic, err.text);
		return false;
	}
	*ret_input = (struct engine_input){
		.mapping = *ret_mapping,
		.logsource = {
			.category = span_or_none(input->logsource.category),
			.product = span_or_none(input->logsource.product),
			.service = span_or_none(input->logsource.service),
		},
		.lateness_us = input->lateness_us,
	};
	return true;
}

bool
inputs_open(const struct config *config, struct diag *diag,
    struct inputs *ret_inputs)
{
	size_t count = config->inputs.count;
	bool ok = true;

	*ret_inputs = (struct inputs){
		.items = mem_array(count, sizeof(*ret_inputs->items)),
		.mappings = mem_array(count, sizeof(*ret_inputs->mappings)),
		.count = count,
	};
	for (size_t i = 0; i < count; i++)
		ok &= open_input(config, i, diag, &ret_inputs->mappings[i],
		    &ret_inputs->items[i]);
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
