/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl/ctl_daemon.h"

/* A reload compiles and tests all rules before it answers. */
#define WAIT_S 300
#define ANSWER_BYTES_MAX (64 * 1024 * 1024)
#define ANSWER_DEPTH 16
#define READ_BYTES 65536

const char *const ctl_daemon_formats[] = { "human", "json", NULL };

static int
connect_to(const char *path)
{
	static const struct timeval wait = { .tv_sec = WAIT_S };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) ==
	    0)
		return fd;
	(void)close(fd);
	return -1;
}

static bool
send_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		bytes = span_make(bytes.ptr + sent, bytes.len - (size_t)sent);
	}
	return true;
}

/* Up to the line feed, which is left out. */
static bool
read_line(int fd, struct buffer *line)
{
	while (line->len < ANSWER_BYTES_MAX) {
		ssize_t got = recv(fd, buffer_reserve(line, READ_BYTES),
		    READ_BYTES, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = ECONNRESET;
		if (got <= 0)
			return false;
		line->len += (size_t)got;
		if (line->ptr[line->len - 1] == '\n') {
			line->len--;
			return true;
		}
	}
	errno = EMSGSIZE;
	return false;
}

static bool
exchange(const char *path, const char *request, struct buffer *answer)
{
	int fd = connect_to(path);
	bool ok;

	if (fd < 0) {
		fprintf(stderr, "integrityctl: %s: %s%s\n", path,
		    strerror(errno),
		    errno == ENOENT || errno == ECONNREFUSED ?
			"; is integrityd running?" :
			"");
		return false;
	}
	/* Who is not allowed to ask is told so without being heard. */
	(void)send_all(fd, span_of(request));
	ok = read_line(fd, answer);
	if (!ok)
		fprintf(stderr, "integrityctl: %s: no answer: %s\n", path,
		    strerror(errno));
	(void)close(fd);
	return ok;
}

bool
ctl_daemon_ask(const struct ctl_daemon_options *options, const char *request,
    struct ctl_daemon_answer *ret_answer)
{
	const char *path = options->socket != NULL ? options->socket :
						     CONFIG_CONTROL_SOCKET;
	struct ctl_daemon_answer *answer = ret_answer;
	struct error err = ERROR_NONE;

	*answer = (struct ctl_daemon_answer){ 0 };
	answer->reader = json_reader_new(ANSWER_BYTES_MAX, ANSWER_DEPTH);
	if (!exchange(path, request, &answer->line)) {
		ctl_daemon_done(answer);
		return false;
	}
	if (json_read(answer->reader, buffer_span(&answer->line), false,
		&answer->root, &err) != JSON_OK ||
	    json_value_kind(answer->root) != JSON_KIND_OBJECT) {
		fprintf(stderr, "integrityctl: %s: no answer of integrityd\n",
		    path);
		ctl_daemon_done(answer);
		return false;
	}
	answer->ok = ctl_daemon_bool(answer->root, "ok");
	return true;
}

void
ctl_daemon_done(struct ctl_daemon_answer *answer)
{
	json_reader_free(answer->reader);
	buffer_done(&answer->line);
}

bool
ctl_daemon_print_json(const struct ctl_daemon_options *options,
    struct ctl_daemon_answer *answer)
{
	struct buffer copy = BUFFER_INIT;

	if (options->format != CTL_JSON)
		return false;
	buffer_add_span(&copy, buffer_span(&answer->line));
	buffer_add_char(&copy, '\n');
	ctl_print(&copy, STDOUT_FILENO);
	return true;
}

void
ctl_daemon_print_message(const struct ctl_daemon_answer *answer)
{
	struct span message = ctl_daemon_text(answer->root, "message");

	if (message.len > 0)
		fprintf(answer->ok ? stdout : stderr, "%s" SPAN_FMT "\n",
		    answer->ok ? "" : "integrityctl: ", SPAN_ARG(message));
}

/* ---- Members ---- */

struct span
ctl_daemon_text(struct json_value object, const char *key)
{
	struct json_value value;

	if (!json_member(object, span_of(key), &value) ||
	    json_value_kind(value) != JSON_KIND_STRING)
		return SPAN_NONE;
	return json_value_string(value);
}

double
ctl_daemon_number(struct json_value object, const char *key)
{
	struct json_value value;

	if (!json_member(object, span_of(key), &value))
		return 0;
	switch (json_value_kind(value)) {
	case JSON_KIND_INT:
		return (double)json_value_int(value);
	case JSON_KIND_UINT:
		return (double)json_value_uint(value);
	case JSON_KIND_REAL:
		return json_value_real(value);
	default:
		return 0;
	}
}

bool
ctl_daemon_bool(struct json_value object, const char *key)
{
	struct json_value value;

	return json_member(object, span_of(key), &value) &&
	    json_value_kind(value) == JSON_KIND_BOOL && json_value_bool(value);
}

bool
ctl_daemon_is_null(struct json_value object, const char *key)
{
	struct json_value value;

	return !json_member(object, span_of(key), &value) ||
	    json_value_kind(value) == JSON_KIND_NULL;
}

struct json_iterator
ctl_daemon_list(struct json_value object, const char *key)
{
	struct json_iterator none = { .end = 0 };
	struct json_value value;

	if (!json_member(object, span_of(key), &value) ||
	    json_value_kind(value) != JSON_KIND_ARRAY)
		return none;
	return json_iterate(value);
}
