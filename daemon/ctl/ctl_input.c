/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/ctl_input.h"

bool
ctl_input_logsource(const char *text, struct logsource *ret, struct error *err)
{
	struct span rest = span_of(text), part;

	while (span_split(&rest, ',', &part)) {
		ptrdiff_t equals = span_find(part, SPAN("="));
		struct span key, value;

		if (equals < 0)
			return error_set(err, NULL,
			    "--logsource takes "
			    "product=NAME, category=NAME or service=NAME, not "
			    "`" SPAN_FMT "`",
			    SPAN_ARG(part));
		key = span_make(part.ptr, (size_t)equals);
		value = span_make(part.ptr + equals + 1,
		    part.len - (size_t)equals - 1);
		if (span_is(key, "product"))
			ret->product = value;
		else if (span_is(key, "category"))
			ret->category = value;
		else if (span_is(key, "service"))
			ret->service = value;
		else
			return error_set(err, NULL,
			    "--logsource: unknown "
			    "attribute `" SPAN_FMT "`: product, category or "
			    "service",
			    SPAN_ARG(key));
	}
	return true;
}

static bool
set_mapping(const struct ctl_input *given, struct mapping *mapping,
    struct error *err)
{
	if (!mapping_set_time(mapping, given->time_field, NULL, NULL, err))
		return false;
	if (given->encoding != NULL &&
	    !mapping_set_encoding(mapping, given->encoding, err))
		return error_prefix(err, "--encoding");
	if (!mapping_lacks_hash_key(mapping))
		return true;
	if (given->hash_key_file == NULL)
		return error_set(err, NULL,
		    "the mapping hashes a field: --hash-key-file must name "
		    "the key");
	return mapping_set_hash_key(mapping, given->hash_key_file, err);
}

bool
ctl_input_mapping(const struct ctl_input *given, struct mapping **ret,
    struct error *err)
{
	struct diag *diag = diag_new();
	bool ok = true;

	if (given->mapping == NULL)
		*ret = mapping_identity();
	else
		ok = mapping_read(given->mapping, diag, ret);
	ctl_print_diag(diag, CTL_HUMAN, given->color);
	diag_free(diag);
	if (!ok)
		return error_set(err, NULL, "the mapping %s cannot be used",
		    given->mapping);
	if (set_mapping(given, *ret, err))
		return true;
	mapping_free(*ret);
	return false;
}
