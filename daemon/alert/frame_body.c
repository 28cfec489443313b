/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/mem.h"

#include "alert/frame_text.h"

#include "alert/frame_body.h"

#define CORE_MAX 16
#define PIECE_MIN 16

/* Which containers are open at the end of the text. */
struct state {
	struct frame_path open;
	bool is_array[FRAME_BODY_DEPTH + 1];
	bool has_member[FRAME_BODY_DEPTH + 1];
};

struct core {
	struct frame_path path;
	size_t at, len; /* in core_text */
};

struct frame_body {
	size_t limit;
	void (*finish)(void *context, struct span body);
	void *context;
	struct state state;
	struct buffer text;
	struct buffer scratch;
	struct buffer core_text;
	struct core core[CORE_MAX];
	uint32_t core_count;
	bool is_fresh; /* nothing but the core */
};

struct frame_path
frame_body_path(const char *outer, const char *inner)
{
	struct frame_path path = { .depth = 1 };

	path.keys[0] = span_of(outer);
	if (inner != NULL)
		path.keys[path.depth++] = span_of(inner);
	return path;
}

struct frame_path
frame_body_below(const struct frame_path *path, struct span key)
{
	struct frame_path below = *path;

	CHECK(below.depth < FRAME_BODY_DEPTH);
	below.keys[below.depth++] = key;
	return below;
}

/* ---- The text and what is open in it ---- */

static bool
is_same_key(struct span a, struct span b)
{
	if (a.ptr == NULL || b.ptr == NULL)
		return a.ptr == b.ptr && a.len == b.len;
	return span_equal(a, b);
}

static void
close_to(struct frame_body *body, uint32_t depth)
{
	struct state *state = &body->state;

	for (; state->open.depth > depth; state->open.depth--)
		buffer_add_char(&body->text,
		    state->is_array[state->open.depth] ? ']' : '}');
}

static void
add_key(struct frame_body *body, struct span key)
{
	bool *has_member = &body->state.has_member[body->state.open.depth];

	if (*has_member)
		buffer_add_char(&body->text, ',');
	*has_member = true;
	if (key.ptr == NULL)
		return;
	frame_text_json(&body->text, key);
	buffer_add_char(&body->text, ':');
}

/* Adds the name of a piece, so that only its value is missing. */
static void
add_path(struct frame_body *body, const struct frame_path *path)
{
	struct state *state = &body->state;
	uint32_t last = path->depth - 1, same = 0;

	while (same < last && same < state->open.depth &&
	    is_same_key(path->keys[same], state->open.keys[same]))
		same++;
	close_to(body, same);
	while (state->open.depth < last) {
		uint32_t depth = state->open.depth;
		bool is_array = path->keys[depth + 1].ptr == NULL;

		add_key(body, path->keys[depth]);
		buffer_add_char(&body->text, is_array ? '[' : '{');
		state->open.keys[depth] = path->keys[depth];
		state->open.depth = ++depth;
		state->is_array[depth] = is_array;
		state->has_member[depth] = false;
	}
	add_key(body, path->keys[last]);
}

static void
begin(struct frame_body *body)
{
	memset(&body->state, 0, sizeof(body->state));
	buffer_reset(&body->text);
	buffer_add_char(&body->text, '{');
	for (uint32_t i = 0; i < body->core_count; i++) {
		const struct core *core = &body->core[i];

		add_path(body, &core->path);
		buffer_add(&body->text, body->core_text.ptr + core->at,
		    core->len);
	}
	body->is_fresh = true;
}

void
frame_body_end(struct frame_body *body)
{
	close_to(body, 0);
	buffer_add_char(&body->text, '}');
	body->finish(body->context, buffer_span(&body->text));
}

/* Bytes that the body would have if it ended here. */
static size_t
length(const struct frame_body *body)
{
	return body->text.len + body->state.open.depth + 1;
}

/* ---- Pieces ---- */

struct frame_body *
frame_body_new(size_t limit, void (*finish)(void *context, struct span body),
    void *context)
{
	struct frame_body *body = mem_zalloc(sizeof(*body));

	body->limit = limit;
	body->finish = finish;
	body->context = context;
	begin(body);
	return body;
}

void
frame_body_free(struct frame_body *body)
{
	if (body == NULL)
		return;
	buffer_done(&body->text);
	buffer_done(&body->scratch);
	buffer_done(&body->core_text);
	mem_free(body);
}

void
frame_body_core(struct frame_body *body, const char *outer, const char *inner,
    struct span json)
{
	struct core *core = &body->core[body->core_count];

	CHECK(body->core_count < CORE_MAX && body->is_fresh);
	body->core_count++;
	core->path = frame_body_path(outer, inner);
	core->at = body->core_text.len;
	core->len = json.len;
	buffer_add_span(&body->core_text, json);
	add_path(body, &core->path);
	buffer_add_span(&body->text, json);
	CHECK(length(body) <= body->limit);
}

void
frame_body_put(struct frame_body *body, const char *outer, const char *inner,
    struct span json)
{
	struct frame_path path = frame_body_path(outer, inner);

	add_path(body, &path);
	buffer_add_span(&body->text, json);
	CHECK(length(body) <= body->limit);
}

static bool
try(struct frame_body *body, const struct frame_path *path)
{
	struct state before = body->state;
	size_t len = body->text.len;

	add_path(body, path);
	if (length(body) + body->scratch.len <= body->limit) {
		buffer_add_span(&body->text, buffer_span(&body->scratch));
		body->is_fresh = false;
		return true;
	}
	body->state = before;
	body->text.len = len;
	return false;
}

/* Bytes that a value of this name may have in a body of its own. */
static size_t
room(struct frame_body *body, const struct frame_path *path)
{
	struct state before = body->state;
	size_t len = body->text.len, with_name;

	add_path(body, path);
	with_name = length(body);
	body->state = before;
	body->text.len = len;
	return with_name < body->limit ? body->limit - with_name : 0;
}

static void
take_apart(struct frame_body *body, const struct frame_path *path,
    struct json_value value)
{
	struct json_iterator members = json_iterate(value);
	struct json_value member;
	struct span key;

	for (size_t i = 0; json_next(&members, &key, &member); i++) {
		struct frame_path below = frame_body_below(path,
		    members.is_object ? key : span_make(NULL, i));

		frame_body_value(body, &below, member);
	}
}

/* A text longer than a frame goes on under its name in the next. */
static void
put_pieces(struct frame_body *body, const struct frame_path *path,
    struct span text)
{
	size_t left = room(body, path), used;

	if (left < PIECE_MIN)
		return;
	while (text.len > 0) {
		if (!body->is_fresh) {
			frame_body_end(body);
			begin(body);
		}
		buffer_reset(&body->scratch);
		used = frame_text_json_piece(&body->scratch, text, left);
		(void)try(body, path);
		text = span_make(text.ptr + used, text.len - used);
	}
}

void
frame_body_value(struct frame_body *body, const struct frame_path *path,
    struct json_value value)
{
	enum json_kind kind = json_value_kind(value);

	buffer_reset(&body->scratch);
	frame_text_json_value(&body->scratch, value);
	if (try(body, path))
		return;
	if (!body->is_fresh) {
		frame_body_end(body);
		begin(body);
		if (try(body, path))
			return;
	}
	if (kind == JSON_KIND_ARRAY || kind == JSON_KIND_OBJECT) {
		if (path->depth < FRAME_BODY_DEPTH)
			take_apart(body, path, value);
		return;
	}
	if (kind == JSON_KIND_STRING)
		put_pieces(body, path, json_value_string(value));
}
