/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any alert record becomes frames that no receiver can misread: no line
 * ends in them, none is larger than allowed, an ECS body is ASCII.
 */
#include <stdlib.h>

#include "alert/frame.h"
#include "fuzz/fuzz.h"

#define BODY_START "] "

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
check_frame(void *context, struct span frame)
{
	const struct frame_options *options = context;

	require(frame.len <= options->max_message_size);
	require(span_starts_with(frame, SPAN("<")));
	require(span_find(frame, SPAN(BODY_START)) > 0);
	for (size_t i = 0; i < frame.len; i++) {
		unsigned char c = (unsigned char)frame.ptr[i];

		require(c >= 0x20 && c != 0x7f);
	}
	if (options->format == FRAME_ECS)
		require(frame.ptr[frame.len - 1] == '}');
}

static void
render(const struct alert_view *view, enum frame_format format,
    enum frame_audience audience, size_t size)
{
	struct frame_options options = {
		.format = format,
		.audience = audience,
		.facility = 13,
		.host_name = "host",
		.app_name = "integrityd",
		.process_id = "1",
		.enterprise_id = 32473,
		.max_message_size = size,
	};
	struct frame_place place = { .sequence = 1 };

	frame_render(&options, view, &place, check_frame, &options);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_reader *reader = json_reader_new(64 * 1024, 64);
	struct error err = ERROR_NONE;
	struct alert_view view;

	if (alert_read(reader, span_make(data, size), &view, &err)) {
		render(&view, FRAME_ECS, FRAME_INVESTIGATORS, 8192);
		render(&view, FRAME_ECS, FRAME_INVESTIGATORS, FRAME_SIZE_MIN);
		render(&view, FRAME_ECS, FRAME_REFERENCE, FRAME_SIZE_MIN);
		render(&view, FRAME_PLAIN, FRAME_INVESTIGATORS, FRAME_SIZE_MIN);
		render(&view, FRAME_PLAIN, FRAME_REFERENCE, FRAME_SIZE_MIN);
	}
	json_reader_free(reader);
	return 0;
}
