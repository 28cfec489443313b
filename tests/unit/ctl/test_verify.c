/* SPDX-License-Identifier: Apache-2.0 */
/* The chain is computed here by another library. */
#include <stdio.h>

#include <openssl/evp.h>

#include "support/testing.h"

#include "base/buffer.h"
#include "base/mem.h"

#include "ctl/verify.h"

#define RECORDS 5
#define HEX 65

/* What a topic of five alerts holds, and the chain after each. */
struct stream {
	char records[RECORDS + 1][256];
	char chains[RECORDS + 1][HEX];
	struct buffer log;
	struct verify *verify;
};

static void
compute_chain(struct stream *stream)
{
	unsigned char value[32] = { 0 };
	unsigned len;

	for (unsigned i = 0; i <= RECORDS; i++) {
		EVP_MD_CTX *context = EVP_MD_CTX_new();

		EVP_DigestInit_ex(context, EVP_sha256(), NULL);
		EVP_DigestUpdate(context, value, 32);
		EVP_DigestUpdate(context, stream->records[i],
		    strlen(stream->records[i]));
		if (i > 0)
			EVP_DigestFinal_ex(context, value, &len);
		EVP_MD_CTX_free(context);
		for (unsigned j = 0; j < 32; j++)
			snprintf(stream->chains[i] + 2 * (size_t)j, 3, "%02x",
			    value[j]);
	}
}

/* Record 3 is no alert. */
static struct stream *
stream_new(void)
{
	struct stream *stream = mem_zalloc(sizeof(*stream));

	for (int i = 1; i <= RECORDS; i++)
		snprintf(stream->records[i], sizeof(stream->records[0]),
		    i == 3 ? "{\"n\":%d}" :
			     "{\"alert\":\"ir-%d\",\"kind\":\"open\","
			     "\"sentence\":\"s\",\"rule\":{\"name\":\"r\","
			     "\"level\":\"high\"}}",
		    i);
	compute_chain(stream);
	stream->verify = verify_new();
	return stream;
}

static void
stream_free(struct stream *stream)
{
	buffer_done(&stream->log);
	verify_free(stream->verify);
	mem_free(stream);
}

static void
give_topic(struct stream *stream)
{
	for (int i = 1; i <= RECORDS; i++)
		verify_record(stream->verify, 10 * i,
		    span_of(stream->records[i]));
}

static void
add(struct stream *stream, const char *alert, unsigned sequence,
    const char *chain, const char *part)
{
	buffer_printf(&stream->log,
	    "<107>1 2026-03-02T21:15:08.752Z mon1 integrityd 77 open "
	    "[integrity@32473%s%s%s sequence=\"%u\" chain=\"%s\"%s] {}\n",
	    alert != NULL ? " alert=\"" : "", alert != NULL ? alert : "",
	    alert != NULL ? "\"" : "", sequence, chain, part);
}

static void
frame(struct stream *stream, unsigned sequence)
{
	char alert[16];

	snprintf(alert, sizeof(alert), "ir-%u", sequence);
	add(stream, alert, sequence, stream->chains[sequence], "");
}

static void
beat(struct stream *stream, unsigned sequence)
{
	add(stream, NULL, sequence, stream->chains[sequence], "");
}

static const struct verify_result *
judge(struct stream *stream)
{
	verify_log(stream->verify, buffer_span(&stream->log));
	return verify_end(stream->verify);
}

static void
want_none(const struct verify_result *result)
{
	if (result->break_count > 0)
		testing_fail("break", "%s at line %zu: expected %s, found %s",
		    verify_kind_names[result->breaks[0].kind],
		    result->breaks[0].line, result->breaks[0].expected,
		    result->breaks[0].found);
}

static void
want_one(const struct verify_result *result, enum verify_kind kind, size_t line,
    uint64_t sequence, const char *expected, const char *found)
{
	const struct verify_break *got = &result->breaks[0];

	assert_int_equal(result->break_count, 1);
	assert_string_equal(verify_kind_names[got->kind],
	    verify_kind_names[kind]);
	assert_int_equal(got->line, line);
	assert_int_equal(got->sequence, sequence);
	assert_string_equal(got->expected, expected);
	assert_string_equal(got->found, found);
}

/* ---- Logs by themselves ---- */

static void
test_whole(void **state)
{
	struct stream *stream = stream_new();
	const struct verify_result *result;

	(void)state;
	give_topic(stream);
	beat(stream, 0);
	frame(stream, 1);
	frame(stream, 2);
	buffer_add_string(&stream->log, "<13>1 - other app - - - text\n\n");
	frame(stream, 2);
	frame(stream, 4);
	add(stream, "ir-5", 5, stream->chains[5], " part=\"1/2\"");
	add(stream, "ir-5", 5, stream->chains[5], " part=\"2/2\"");
	beat(stream, 5);
	result = judge(stream);
	want_none(result);
	assert_int_equal(result->records, 5);
	assert_int_equal(result->frames, 6);
	assert_int_equal(result->alerts, 4);
	assert_int_equal(result->repeated, 1);
	assert_int_equal(result->heartbeats, 2);
	assert_int_equal(result->foreign, 1);
	assert_int_equal(result->first, 0);
	assert_int_equal(result->last, 5);
	stream_free(stream);
}

/* Without the topic a record that is no alert cannot be told from a loss. */
static void
test_gap(void **state)
{
	struct stream *stream = stream_new();

	(void)state;
	frame(stream, 2);
	frame(stream, 5);
	want_one(judge(stream), VERIFY_MISSING, 2, 3, "sequences 3 to 4",
	    "none");
	stream_free(stream);

	stream = stream_new();
	give_topic(stream);
	frame(stream, 2);
	frame(stream, 5);
	want_one(judge(stream), VERIFY_MISSING, 2, 4, "sequence 4", "none");
	stream_free(stream);
}

/* The end is missing, and only a heartbeat tells. */
static void
test_gap_before_a_heartbeat(void **state)
{
	struct stream *stream = stream_new();

	(void)state;
	frame(stream, 1);
	beat(stream, 1);
	beat(stream, 2);
	want_one(judge(stream), VERIFY_MISSING, 3, 2, "sequence 2", "none");
	stream_free(stream);

	/* A log that begins with one begins there. */
	stream = stream_new();
	beat(stream, 4);
	frame(stream, 5);
	want_none(judge(stream));
	stream_free(stream);
}

static void
test_repeated_with_another(void **state)
{
	struct stream *stream = stream_new();

	(void)state;
	frame(stream, 1);
	frame(stream, 2);
	add(stream, "ir-9", 1, stream->chains[1], "");
	want_one(judge(stream), VERIFY_ALERT, 3, 1, "ir-1", "ir-9");
	stream_free(stream);

	stream = stream_new();
	frame(stream, 1);
	add(stream, "ir-1", 1, stream->chains[2], "");
	want_one(judge(stream), VERIFY_CHAIN, 2, 1, stream->chains[1],
	    stream->chains[2]);
	stream_free(stream);
}

static void
test_part_is_missing(void **state)
{
	struct stream *stream = stream_new();

	(void)state;
	add(stream, "ir-1", 1, stream->chains[1], " part=\"1/3\"");
	add(stream, "ir-1", 1, stream->chains[1], " part=\"3/3\"");
	want_one(judge(stream), VERIFY_PART, 1, 1, "part 2 of 3", "none");
	stream_free(stream);
}

/* ---- Against the topic ---- */

static void
test_against_the_topic(void **state)
{
	struct stream *stream = stream_new();

	(void)state;
	give_topic(stream);
	frame(stream, 1);
	add(stream, "ir-2", 2, stream->chains[1], "");
	want_one(judge(stream), VERIFY_CHAIN, 2, 2, stream->chains[2],
	    stream->chains[1]);
	stream_free(stream);

	stream = stream_new();
	give_topic(stream);
	add(stream, "ir-7", 2, stream->chains[2], "");
	want_one(judge(stream), VERIFY_ALERT, 1, 2, "ir-2", "ir-7");
	stream_free(stream);

	stream = stream_new();
	give_topic(stream);
	frame(stream, 5);
	add(stream, "ir-6", 6, stream->chains[1], "");
	want_one(judge(stream), VERIFY_UNKNOWN, 2, 6, "at most sequence 5",
	    "sequence 6");
	stream_free(stream);

	/* A heartbeat that tells another chain. */
	stream = stream_new();
	give_topic(stream);
	add(stream, NULL, 0, stream->chains[1], "");
	want_one(judge(stream), VERIFY_CHAIN, 1, 0, stream->chains[0],
	    stream->chains[1]);
	stream_free(stream);
}

/* Records stand at the offsets 10, 20, .., 50. */
static void
test_position(void **state)
{
	static const struct {
		const char *name;
		int64_t offset;
		int sequence;		      /* told */
		int chain;		      /* told */
		const char *expected, *found; /* NULL: right, or a chain */
	} cases[] = {
		{ "none yet", 0, 0, 0, NULL, NULL },
		{ "behind the second", 21, 2, 2, NULL, NULL },
		{ "and behind a marker", 29, 2, 2, NULL, NULL },
		{ "behind the last", 51, 5, 5, NULL, NULL },
		{ "one too many", 21, 3, 3, "sequence 2", "sequence 3" },
		{ "another chain", 21, 2, 1, NULL, NULL },
	};
	char metadata[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stream *stream = stream_new();
		bool is_right = cases[i].expected == NULL &&
		    cases[i].sequence == cases[i].chain;

		give_topic(stream);
		snprintf(metadata, sizeof(metadata), "v1 %d %s",
		    cases[i].sequence, stream->chains[cases[i].chain]);
		if (verify_position(stream->verify, cases[i].offset,
			span_of(metadata)) != is_right)
			testing_fail(cases[i].name, "got %s",
			    is_right ? "a break" : "no break");
		if (cases[i].expected != NULL)
			want_one(verify_end(stream->verify), VERIFY_POSITION, 0,
			    2, cases[i].expected, cases[i].found);
		else if (!is_right)
			want_one(verify_end(stream->verify), VERIFY_POSITION, 0,
			    2, stream->chains[2], stream->chains[1]);
		stream_free(stream);
	}
}

static void
test_position_unreadable(void **state)
{
	struct stream *stream = stream_new();

	(void)state;
	give_topic(stream);
	assert_false(verify_position(stream->verify, 21, SPAN("v2 x")));
	want_one(verify_end(stream->verify), VERIFY_POSITION, 0, 2,
	    "v1 SEQUENCE CHAIN", "metadata `v2 x`");
	stream_free(stream);
}

/* ---- Forms of a log ---- */

static void
test_forms(void **state)
{
	static const char *const forms[] = {
		/* as rsyslog writes a property */
		"{\"msgid\":\"open\",\"structured_data\":\"[other@1 "
		"a=\\\"b\\\"]"
		"[integrity@32473 alert=\\\"ir-1\\\" sequence=\\\"1\\\" "
		"chain=\\\"%s\\\"]\"}\n",
		/* as format-json of syslog-ng does */
		"{\"_SDATA\":{\"meta\":{\"sequenceId\":\"4\"},"
		"\"integrity@32473\":{\"alert\":\"ir-1\","
		"\"sequence\":\"1\",\"chain\":\"%s\"}}}\n",
		/* or numbers as such */
		"{\"_SDATA\":{\"integrity@32473\":{\"alert\":\"ir-1\","
		"\"sequence\":1,\"chain\":\"%s\"}}}\n",
		"{\"rawmsg\":\"<107>1 - - - - - [integrity@32473 "
		"alert=\\\"ir-1\\\" sequence=\\\"1\\\" chain=\\\"%s\\\"]\"}\n",
		"<107>1 - - - - - [integrity@32473 alert=\"ir-1\" "
		"sequence=\"1\" chain=\"%s\"]\r\n",
		"145 <107>1 - - - - - [integrity@32473 alert=\"ir-1\" "
		"sequence=\"1\" chain=\"%s\"] {\"a\":\"]\nb\"}",
	};
	char line[512];

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct stream *stream = stream_new();
		const struct verify_result *result;

		give_topic(stream);
		for (int twice = 0; twice < 2; twice++) {
			snprintf(line, sizeof(line), forms[i],
			    stream->chains[1]);
			buffer_add_string(&stream->log, line);
		}
		result = judge(stream);
		want_none(result);
		if (result->frames != 2 || result->foreign != 0)
			testing_fail(forms[i], "%llu frames, %llu foreign",
			    (unsigned long long)result->frames,
			    (unsigned long long)result->foreign);
		stream_free(stream);
	}
}

/* A frame of ours that cannot be read is never passed over. */
static void
test_bad_forms(void **state)
{
	static const struct {
		const char *line, *found;
	} cases[] = {
		{ "<107>1 - - - - - [integrity@1 alert=\"a\"]\n",
		    "no sequence" },
		{ "<107>1 - - - - - [integrity@1 sequence=\"-1\"]\n",
		    "no sequence" },
		{ "<107>1 - - - - - [integrity@1 sequence=\"1\" "
		  "chain=\"ab\"]\n",
		    "no chain" },
		{ "<107>1 - - - - - [integrity@1 sequence=\"1\n",
		    "STRUCTURED-DATA is wrong" },
		{ "500 <107>1 - - - - -", "the log ends within it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stream *stream = stream_new();

		buffer_add_string(&stream->log, "text\n");
		buffer_add_string(&stream->log, cases[i].line);
		want_one(judge(stream), VERIFY_FORM, 2, 0,
		    "a frame of integrityd", cases[i].found);
		stream_free(stream);
	}
}

/* Text that only speaks of our frames is somebody else's. */
static void
test_foreign(void **state)
{
	static const char *const lines[] = {
		"<107>1 - - - - - - say [integrity@32473 sequence=\"1\"]\n",
		"<107>1 - - - - - [x@1 a=\"[integrity@32473\"] text\n",
		"{\"message\":\"[integrity@32473 sequence=1\"}\n",
		"{\"structured_data\":\"-\"}\n", "[1, 2]\n", "{broken\n",
		"12 monkeys\n", "99999999999999999999 <\n"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct stream *stream = stream_new();
		const struct verify_result *result;

		buffer_add_string(&stream->log, lines[i]);
		result = judge(stream);
		if (result->foreign != 1 || result->break_count != 0)
			testing_fail(lines[i], "%llu foreign, %llu breaks",
			    (unsigned long long)result->foreign,
			    (unsigned long long)result->break_count);
		stream_free(stream);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_gap_before_a_heartbeat),
		cmocka_unit_test(test_repeated_with_another),
		cmocka_unit_test(test_part_is_missing),
		cmocka_unit_test(test_against_the_topic),
		cmocka_unit_test(test_position),
		cmocka_unit_test(test_position_unreadable),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_bad_forms),
		cmocka_unit_test(test_foreign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
