// SPDX-License-Identifier: Apache-2.0
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <new>

#include "text/json_tape.h"

static_assert(JSON_TAPE_PADDING >= simdjson::SIMDJSON_PADDING,
    "simdjson reads further behind the text");

struct json_tape_parser {
	simdjson::dom::parser parser;
	size_t capacity;
	size_t depth;
};

static const size_t SMALLEST = 4096;

struct json_tape_parser *
json_tape_new(unsigned depth_limit)
{
	auto *parser = new (std::nothrow) json_tape_parser;

	if (parser == nullptr)
		return nullptr;
	parser->capacity = 0;
	// simdjson refuses at its depth, not beyond it.
	parser->depth = size_t{ depth_limit } + 1;
	return parser;
}

void
json_tape_free(struct json_tape_parser *parser)
{
	delete parser;
}

static enum json_tape_result
result_of(simdjson::error_code code)
{
	switch (code) {
	case simdjson::SUCCESS:
		return JSON_TAPE_OK;
	case simdjson::EMPTY:
		return JSON_TAPE_EMPTY;
	case simdjson::DEPTH_ERROR:
		return JSON_TAPE_DEPTH;
	case simdjson::CAPACITY:
		return JSON_TAPE_CAPACITY;
	case simdjson::MEMALLOC:
		return JSON_TAPE_MEMORY;
	default:
		return JSON_TAPE_SYNTAX;
	}
}

// simdjson grows to just what a text needs; doubling spares the next ones.
static simdjson::error_code
grow(struct json_tape_parser *parser, size_t len)
{
	size_t capacity = SMALLEST;
	simdjson::error_code code;

	if (len <= parser->capacity)
		return simdjson::SUCCESS;
	while (capacity < len)
		capacity *= 2;
	parser->capacity = 0;
	code = parser->parser.allocate(capacity, parser->depth);
	if (code == simdjson::SUCCESS)
		code = parser->parser.doc.allocate(capacity);
	if (code == simdjson::SUCCESS)
		parser->capacity = capacity;
	return code;
}

enum json_tape_result
json_tape_parse(struct json_tape_parser *parser, const char *text, size_t len,
    struct json_tape *ret_tape, const char **ret_reason)
{
	simdjson::error_code code = grow(parser, len);

	if (code == simdjson::SUCCESS)
		code = parser->parser.parse(text, len, false).error();
	*ret_reason = simdjson::error_message(code);
	if (code != simdjson::SUCCESS)
		return result_of(code);
	ret_tape->words = parser->parser.doc.tape.get();
	ret_tape->strings = reinterpret_cast<const char *>(parser->parser.doc
		.string_buf.get());
	return JSON_TAPE_OK;
}
