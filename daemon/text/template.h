/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences of alerts: text with {names}.  `{{` and `}}` are literal braces.
 */
#ifndef TEXT_TEMPLATE_H
#define TEXT_TEMPLATE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

struct template_part {
	bool is_name;
	struct span text; /* literal text, or the name between the braces */
	uint32_t tag;	  /* free for the caller: a slot or built-in */
};

struct template
{
	struct template_part *parts;
	size_t count;
};

/* The largest sentence after filling, in code points. */
#define TEMPLATE_LIMIT 512

/* `ret_error_offset`: the byte where it is wrong. */
bool template_parse(struct arena *arena, struct span text,
    struct template *ret_template, size_t *ret_error_offset, struct error *err);

/* Gives the text for a name; may add nothing. */
typedef void template_lookup(void *context, const struct template_part *part,
    struct buffer *out);

/* Appends the filled sentence, at most TEMPLATE_LIMIT code points; a longer
 * one ends in U+2026.  Control characters become U+FFFD; bad UTF-8 too. */
void template_fill(const struct template *template, template_lookup *lookup,
    void *context, struct buffer *out);

#endif
