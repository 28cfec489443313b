/* SPDX-License-Identifier: Apache-2.0 */
/* An alert rendered, and every frame of it read back. */
#ifndef UNIT_ALERT_SCENE_H
#define UNIT_ALERT_SCENE_H

#include <stdlib.h>

#include "unit/alert/fixture.h"
#include "unit/alert/rfc5424.h"

#include "alert/frame.h"

#define FRAMES_MAX 512
#define REPEAT8(text) text text text text text text text text

struct frames {
	struct span items[FRAMES_MAX];
	struct rfc5424 messages[FRAMES_MAX];
	size_t count;
};

struct scene {
	struct fixture *fixture;
	struct json_reader *reader;
	struct frame_options options;
	struct frame_place place;
	struct frames frames;
};

static inline struct scene *
scene_new(void)
{
	struct scene *scene = mem_zalloc(sizeof(*scene));

	scene->fixture = fixture_new();
	scene->reader = json_reader_new(1 << 20, 64);
	scene->options = (struct frame_options){
		.format = FRAME_ECS,
		.audience = FRAME_INVESTIGATORS,
		.facility = 13,
		.host_name = "mon1.example",
		.app_name = "integrityd",
		.process_id = "77",
		.enterprise_id = 32473,
		.max_message_size = 8192,
	};
	scene->place.sequence = 12;
	memset(scene->place.chain, 0xc4, HASH_SHA256_LEN);
	scene->place.now_us = FIXTURE_TIME + 100 * FIXTURE_SECOND;
	return scene;
}

static inline void
scene_clear(struct scene *scene)
{
	for (size_t i = 0; i < scene->frames.count; i++)
		mem_free((void *)(uintptr_t)scene->frames.items[i].ptr);
	scene->frames.count = 0;
}

static inline void
scene_free(struct scene *scene)
{
	scene_clear(scene);
	json_reader_free(scene->reader);
	fixture_free(scene->fixture);
	mem_free(scene);
}

/* The reader above must accept every frame, and no line may end in it. */
static inline void
take_frame(void *context, struct span frame)
{
	struct scene *scene = context;
	struct frames *frames = &scene->frames;
	size_t limit = scene->options.max_message_size;

	assert_true(frames->count < FRAMES_MAX);
	if (limit < FRAME_SIZE_MIN)
		limit = FRAME_SIZE_MIN;
	if (frame.len > limit)
		testing_fail("size", "%zu bytes, limit %zu", frame.len, limit);
	for (size_t i = 0; i < frame.len; i++)
		if ((unsigned char)frame.ptr[i] < 0x20 || frame.ptr[i] == 0x7f)
			testing_fail("control character", "%d at %zu",
			    frame.ptr[i], i);
	frame.ptr = mem_dup(frame.ptr, frame.len);
	frames->items[frames->count] = frame;
	if (!rfc5424_read(frame, &frames->messages[frames->count]))
		testing_fail("grammar", SPAN_FMT, SPAN_ARG(frame));
	frames->count++;
}

static inline void
scene_render_text(struct scene *scene, struct span record)
{
	struct alert_view view;
	struct error err = ERROR_NONE;

	scene_clear(scene);
	if (!alert_read(scene->reader, record, &view, &err))
		testing_fail("read", "%s", err.text);
	frame_render(&scene->options, &view, &scene->place, take_frame, scene);
	assert_true(scene->frames.count >= 1);
}

static inline void
scene_render(struct scene *scene)
{
	struct fixture *fixture = scene->fixture;

	buffer_reset(&fixture->out);
	alert_build(&fixture->options, &fixture->detection, &fixture->out);
	scene_render_text(scene, buffer_span(&fixture->out));
}

/* The body of frame `index` as JSON, which must be plain ASCII. */
static inline json_t *
scene_body(struct scene *scene, size_t index)
{
	struct span text = scene->frames.messages[index].msg;

	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] >= 0x7f)
			testing_fail("ASCII", "byte %u at %zu",
			    (unsigned char)text.ptr[i], i);
	return fixture_parse("body", text);
}

#endif
