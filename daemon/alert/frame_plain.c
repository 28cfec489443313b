/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/frame_internal.h"
#include "alert/frame_text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define NAME_MAX_BYTES 200

static void
add_reference(const struct alert_view *view, struct buffer *out)
{
	(void)frame_text_plain(out, view->alert, 64);
	buffer_add_string(out, ", rule ");
	(void)frame_text_plain(out, frame_rule_name(view), NAME_MAX_BYTES);
	buffer_printf(out, ", %s", rule_level_names[view->level]);
}

static void
write_reference(const struct alert_view *view, struct frame_bodies *bodies)
{
	struct buffer body = BUFFER_INIT;

	buffer_add_string(&body, BYTE_ORDER_MARK "Alert ");
	add_reference(view, &body);
	frame_bodies_add(bodies, buffer_span(&body));
	buffer_done(&body);
}

void
frame_plain_write(const struct frame_options *options,
    const struct alert_view *view, size_t limit, struct frame_bodies *bodies)
{
	struct span rest = view->sentence;
	struct buffer tail = BUFFER_INIT, body = BUFFER_INIT;
	size_t taken;

	if (options->audience == FRAME_REFERENCE) {
		write_reference(view, bodies);
		return;
	}
	buffer_add_string(&tail, " [");
	add_reference(view, &tail);
	buffer_add_char(&tail, ']');
	limit -= tail.len + sizeof(BYTE_ORDER_MARK) - 1;
	do {
		buffer_reset(&body);
		buffer_add_string(&body, BYTE_ORDER_MARK);
		taken = frame_text_plain(&body, rest, limit);
		rest = span_make(rest.ptr + taken, rest.len - taken);
		buffer_add_span(&body, buffer_span(&tail));
		frame_bodies_add(bodies, buffer_span(&body));
	} while (rest.len > 0);
	buffer_done(&body);
	buffer_done(&tail);
}
