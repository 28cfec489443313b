/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/clock.h"

#include "engine/exposition.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static const char *const type_names[] = {
	[EXPOSITION_COUNTER] = "counter",
	[EXPOSITION_GAUGE] = "gauge",
	[EXPOSITION_HISTOGRAM] = "histogram",
};

void
exposition_init(struct exposition *exposition, struct buffer *out)
{
	*exposition = (struct exposition){ .out = out };
}

void
exposition_family(struct exposition *exposition, const char *name,
    enum exposition_type type, const char *help)
{
	exposition->family = name;
	buffer_printf(exposition->out, "# HELP %s %s\n# TYPE %s %s\n", name,
	    help, name, type_names[type]);
}

void
exposition_begin(struct exposition *exposition, const char *suffix)
{
	buffer_printf(exposition->out, "%s%s", exposition->family, suffix);
	exposition->has_label = false;
}

/* Length of the UTF-8 sequence that the text begins with (RFC 3629); 0: none. */
static size_t
sequence_len(struct span text)
{
	const unsigned char *byte = (const unsigned char *)text.ptr;
	size_t len = byte[0] < 0x80 ? 1 :
	    byte[0] < 0xc2	    ? 0 :
	    byte[0] < 0xe0	    ? 2 :
	    byte[0] < 0xf0	    ? 3 :
	    byte[0] < 0xf5	    ? 4 :
				      0;

	if (len == 0 || len > text.len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	if ((byte[0] == 0xe0 && byte[1] < 0xa0) ||
	    (byte[0] == 0xed && byte[1] > 0x9f) ||
	    (byte[0] == 0xf0 && byte[1] < 0x90) ||
	    (byte[0] == 0xf4 && byte[1] > 0x8f))
		return 0;
	return len;
}

static void
add_escaped(struct buffer *out, struct span text)
{
	while (text.len > 0) {
		size_t len = sequence_len(text);
		char c = text.ptr[0];

		if (c == '\\' || c == '"')
			buffer_printf(out, "\\%c", c);
		else if (c == '\n')
			buffer_add_string(out, "\\n");
		else if (len == 0 || (unsigned char)c < 0x20 || c == 0x7f)
			buffer_add_string(out, REPLACEMENT);
		else
			buffer_add(out, text.ptr, len);
		len = len > 0 ? len : 1;
		text = span_make(text.ptr + len, text.len - len);
	}
}

void
exposition_label(struct exposition *exposition, const char *name,
    struct span value)
{
	buffer_printf(exposition->out, "%c%s=\"",
	    exposition->has_label ? ',' : '{', name);
	add_escaped(exposition->out, value);
	buffer_add_char(exposition->out, '"');
	exposition->has_label = true;
}

static void
begin_value(struct exposition *exposition)
{
	buffer_add_string(exposition->out, exposition->has_label ? "} " : " ");
}

void
exposition_uint(struct exposition *exposition, uint64_t value)
{
	begin_value(exposition);
	buffer_add_u64(exposition->out, value);
	buffer_add_char(exposition->out, '\n');
}

void
exposition_int(struct exposition *exposition, int64_t value)
{
	begin_value(exposition);
	buffer_add_i64(exposition->out, value);
	buffer_add_char(exposition->out, '\n');
}

void
exposition_real(struct exposition *exposition, double value)
{
	begin_value(exposition);
	buffer_printf(exposition->out, "%.15g\n", value);
}

void
exposition_one(struct exposition *exposition, const char *label,
    struct span label_value, uint64_t value)
{
	exposition_begin(exposition, "");
	if (label != NULL)
		exposition_label(exposition, label, label_value);
	exposition_uint(exposition, value);
}

void
exposition_seconds(struct exposition *exposition, const int64_t *bounds_us,
    size_t bound_count, const uint64_t *counts, int64_t sum_us)
{
	uint64_t total = 0;
	char bound[32] = "+Inf";

	for (size_t i = 0; i <= bound_count; i++) {
		total += counts[i];
		if (i < bound_count)
			(void)snprintf(bound, sizeof(bound), "%.15g",
			    (double)bounds_us[i] / CLOCK_US_PER_S);
		else
			(void)snprintf(bound, sizeof(bound), "+Inf");
		exposition_begin(exposition, "_bucket");
		exposition_label(exposition, "le", span_of(bound));
		exposition_uint(exposition, total);
	}
	exposition_begin(exposition, "_sum");
	exposition_real(exposition, (double)sum_us / CLOCK_US_PER_S);
	exposition_begin(exposition, "_count");
	exposition_uint(exposition, total);
}
