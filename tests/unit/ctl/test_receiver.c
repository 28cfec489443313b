/* SPDX-License-Identifier: Apache-2.0 */
/* Octet counting over a real connection, in whatever pieces TCP gives. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "support/testing.h"

#include "ctl/receiver.h"

struct seen {
	struct buffer bodies; /* each with a bar behind it */
};

static void
take(void *context, const struct receiver_message *message)
{
	struct seen *seen = context;

	buffer_add_span(&seen->bodies, message->body);
	buffer_add_char(&seen->bodies, '|');
}

static int
dial(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
			     sizeof(address)),
	    0);
	return fd;
}

#define FRAME "<34>1 - - - - - - " /* 18 bytes */

static const struct {
	const char *name, *bytes, *want;
	uint64_t frames, bad;
} cases[] = {
	{ "one", "20 " FRAME "ab", "ab|", 1, 0 },
	{ "two in a row, a line end inside", "20 " FRAME "ab21 " FRAME "c\nd",
	    "ab|c\nd|", 2, 0 },
	{ "a bad message in between", "20 " FRAME "ab2 xx20 " FRAME "cd",
	    "ab|cd|", 3, 1 },
	{ "half a frame at the end", "20 " FRAME "ab20 " FRAME, "ab|", 1, 1 },
	{ "line ends in place of counts", FRAME "ab\n", "", 0, 1 },
	{ "a count that begins with 0", "020 " FRAME "ab", "", 0, 1 },
	{ "a count beyond the limit", "9999999 x", "", 0, 1 },
	{ "a count of eight digits", "12345678 x", "", 0, 1 },
};

static void
run_case(size_t number, size_t piece)
{
	struct event_base *base = event_base_new();
	struct seen seen = { BUFFER_INIT };
	struct receiver_counts counts;
	struct receiver *receiver;
	struct error err = ERROR_NONE;
	size_t len = strlen(cases[number].bytes);
	int fd;

	assert_true(receiver_open(base, take, &seen, &receiver, &err));
	fd = dial(receiver_port(receiver));
	for (size_t at = 0; at < len; at += piece) {
		size_t count = len - at < piece ? len - at : piece;

		(void)send(fd, cases[number].bytes + at, count, MSG_NOSIGNAL);
		(void)event_base_loop(base, EVLOOP_NONBLOCK);
	}
	(void)shutdown(fd, SHUT_WR);
	receiver_get_counts(receiver, &counts);
	while (counts.bad < cases[number].bad ||
	    counts.frames < cases[number].frames) {
		(void)event_base_loop(base, EVLOOP_ONCE);
		receiver_get_counts(receiver, &counts);
	}
	assert_span_equal_in(cases[number].name, buffer_span(&seen.bodies),
	    span_of(cases[number].want));
	if (counts.frames != cases[number].frames ||
	    counts.bad != cases[number].bad || counts.connections != 1)
		testing_fail(cases[number].name, "got %llu frames, %llu bad",
		    (unsigned long long)counts.frames,
		    (unsigned long long)counts.bad);
	(void)close(fd);
	receiver_close(receiver);
	buffer_done(&seen.bodies);
	event_base_free(base);
}

static void
takes_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		run_case(i, 1);
		run_case(i, 7);
		run_case(i, 1000);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
